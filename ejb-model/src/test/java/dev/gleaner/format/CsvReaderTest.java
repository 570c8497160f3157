package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.Finding.Code;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvReaderTest {

    @TempDir
    private Path temp;
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = temp.toRealPath();
        Files.createFile(folder.resolve("a.jpg"));
        Files.createFile(folder.resolve("b, c.jpg"));
    }

    @Test
    void readsARowForEachBox() throws IOException {
        write("image,image_width,image_height,category,x,y,width,height,iscrowd\r\na.jpg,40,30,cat,1.5,2,3,4,\r\n\"b, c.jpg\",40,30,,,,,,\r\na.jpg,40,30,\"a \"\"big\"\" dog\",0,0,40,30,1\r\n");

        assertThat(read()).filteredOn(item -> !(item instanceof SourceDocument)).containsExactly(
                new SourceImage("a.jpg", "a.jpg", Optional.of(folder.resolve("a.jpg")), Optional.of(new PixelSize(40, 30))),
                new SourceCategory("cat", "cat"),
                new SourceBox("row 1", "a.jpg", "cat", Box.xywh(1.5, 2, 3, 4), false),
                new SourceImage("b, c.jpg", "b, c.jpg", Optional.of(folder.resolve("b, c.jpg")), Optional.of(new PixelSize(40, 30))),
                new SourceCategory("a \"big\" dog", "a \"big\" dog"),
                new SourceBox("row 3", "a.jpg", "a \"big\" dog", Box.xywh(0, 0, 40, 30), true));
    }

    @Test
    void readsTheTablesOfTensorFlowsExamples() throws IOException {
        write("\ufefffilename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,650,417,raccoon,81,88,522,408\n");

        assertThat(read()).contains(
                new SourceImage("a.jpg", "a.jpg", Optional.of(folder.resolve("a.jpg")), Optional.of(new PixelSize(650, 417))),
                new SourceBox("row 1", "a.jpg", "raccoon", Box.xywh(81, 88, 441, 320), false));
    }

    @Test
    void takesSemicolonsAndTabs() throws IOException {
        write("image;category;x;y;width;height\na.jpg;cat;1;2;3;4\n");
        assertThat(read()).contains(new SourceBox("row 1", "a.jpg", "cat", Box.xywh(1, 2, 3, 4), false));
        write("image\tcategory\tx\ty\twidth\theight\na.jpg\tcat\t1\t2\t3\t4\n");
        assertThat(read()).contains(new SourceBox("row 1", "a.jpg", "cat", Box.xywh(1, 2, 3, 4), false));
    }

    @Test
    void saysWhatIsWrongWithARow() throws IOException {
        write("image,category,x,y,width,height\n,cat,1,2,3,4\na.jpg,cat,1,two,3,4\na.jpg,cat,1\na.jpg,,1,2,3,4\n");

        assertThat(findings()).extracting(finding -> finding.code() + ": " + finding.message()).startsWith(
                "MALFORMED_ENTRY: row 1: image is \"\"; expected the name of a file",
                "INVALID_BOX: row 2: [x, y, width, height] is [1, two, 3, 4]; expected four finite numbers",
                "INVALID_BOX: row 3: [x, y, width, height] is [1, null, null, null]; expected four finite numbers",
                "MALFORMED_ENTRY: row 4: category is \"\"; expected one for the box");
    }

    @Test
    void refusesTablesWithoutItsColumnsAndRowsWithoutEnd() throws IOException {
        assertRefused("file,x\na.jpg,1\n", "there is no column image, category, y, width, height; expected image, category, and x, y, width, height or xmin");
        assertRefused("", "it is empty; expected a line of column names");
        assertRefused("image,category,x,y,width,height\n\"" + "a".repeat(3 << 20), "a row has more than 1048576 characters");
        assertRefused("image,category,x,y,width,height\n\"a\"b,c", "");
    }

    @Test
    void readsOpenImages() throws IOException {
        write("ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n"
                + "a,xclick,/m/01yrx,1,0.25,0.75,0.1,0.5,0,0,1,0,0\n");

        assertThat(read()).contains(new SourceImage("a", "a.jpg", Optional.of(folder.resolve("a.jpg")), Optional.empty()));
        assertThat(boxes()).singleElement().satisfies(box -> {
            assertThat(box.relative().orElseThrow().in(new PixelSize(200, 100))).isEqualTo(Box.xywh(50, 10, 100, 40));
            assertThat(box.categoryId()).isEqualTo("/m/01yrx");
            assertThat(box.crowd()).isTrue();
        });
    }

    @Test
    void readsTheTablesOfTheVggAnnotator() throws IOException {
        write("filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n"
                + via("{'name':'rect','x':1,'y':2,'width':3,'height':4}", "{'class':'cat'}")
                + via("{'name':'polygon','all_points_x':[10,30,20],'all_points_y':[20,5,40]}", "{'note':'blurred','Label':'dog'}")
                + via("{'name':'circle','cx':50,'cy':40,'r':10}", "{'kind':{'cat':true,'dog':false}}")
                + via("{'name':'point','cx':50,'cy':40}", "{'class':'cat'}")
                + via("{'name':'rect','x':1,'y':2,'width':3,'height':4}", "{'colour':'red','size':'big'}")
                + "\"b, c.jpg\",100,\"{}\",0,0,\"{}\",\"{}\"\n");

        assertThat(boxes()).containsExactly(new SourceBox("row 1", "a.jpg", "cat", Box.xywh(1, 2, 3, 4), false),
                new SourceBox("row 2", "a.jpg", "dog", Box.xywh(10, 5, 20, 35), false), new SourceBox("row 3", "a.jpg", "cat", Box.xywh(40, 30, 20, 20), false));
        assertThat(read()).filteredOn(SourceImage.class::isInstance).hasSize(2);
        assertThat(findings()).extracting(finding -> finding.code() + ": " + finding.message()).containsExactly(
                "SHAPE_BOXED: row 2 is a polygon; the upright box around it was taken", "SHAPE_BOXED: row 3 is a circle; the upright box around it was taken",
                "NOT_TAKEN: row 4: region_shape_attributes is {\"name\":\"point\",\"cx\":50,\"cy\":40}, which is no box; it was left out",
                "MALFORMED_ENTRY: row 5: region_attributes is {\"colour\":\"red\",\"size\":\"big\"}; expected one attribute with the category, or one called class or label");
    }

    private static String via(String shape, String attributes) {
        return "a.jpg,100,\"{}\",5,0,\"" + shape.replace("'", "\"\"") + "\",\"" + attributes.replace("'", "\"\"") + "\"\n";
    }

    /** The columns of Label Studio's tables, with what a region's value has. */
    @Test
    void readsTheTablesOfLabelStudio() throws IOException {
        write("\"annotation_id\",\"annotator\",\"created_at\",\"id\",\"image\",\"label\",\"lead_time\",\"updated_at\"\n"
                + "1,\"1\",\"2026-11-23\",1,\"/data/upload/1/18f784a3-a.jpg\",\"[{\"\"rotation\"\":0,\"\"x\"\":6.0,\"\"y\"\":10.0,\"\"width\"\":30.0,\"\"height\"\":25.0,"
                + "\"\"rectanglelabels\"\":[\"\"person\"\"],\"\"original_width\"\":160,\"\"original_height\"\":120}]\",\"\",\"2026-11-23\"\n");

        assertThat(read()).contains(new SourceImage("task 1", "a.jpg", Optional.of(folder.resolve("a.jpg")), Optional.of(new PixelSize(160, 120))));
        assertThat(boxes()).extracting(box -> box.categoryId() + " " + box.relative().orElseThrow().in(new PixelSize(160, 120)))
                .containsExactly("person " + Box.xywh(9.6, 12, 48, 30));
    }

    @Test
    void readsMakesenseAndOtherNamesOfColumns() throws IOException {
        write("label_name,bbox_x,bbox_y,bbox_width,bbox_height,image_name,image_width,image_height\ncat,1,2,3,4,a.jpg,40,30\n");
        assertThat(boxes()).containsExactly(new SourceBox("row 1", "a.jpg", "cat", Box.xywh(1, 2, 3, 4), false));
        write("image_id,Path,x1,y1,x2,y2,Class\n17,a.jpg,1,2,3,4,cat\n");
        assertThat(boxes()).containsExactly(new SourceBox("row 1", "a.jpg", "cat", Box.xywh(1, 2, 2, 2), false));
    }

    @Test
    void commasMaySeparateDecimalsWhereSemicolonsSeparateCells() throws IOException {
        write("image;category;x;y;width;height\na.jpg;cat;1,5;2;3,25;4\n");

        assertThat(boxes()).containsExactly(new SourceBox("row 1", "a.jpg", "cat", Box.xywh(1.5, 2, 3.25, 4), false));
    }

    @Test
    void saysWhichEdgesAreTheWrongWayRound() throws IOException {
        write("image,category,xmin,ymin,xmax,ymax\na.jpg,cat,50,5,10,6\n");

        assertThat(findings()).extracting(Finding::message).startsWith(
                "row 1: [xmin, ymin, xmax, ymax] is [50, 5, 10, 6]; expected xmin below xmax, and ymin below ymax");
    }

    private void assertRefused(String csv, String why) throws IOException {
        write(csv);
        assertThat(findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(Code.MALFORMED_DOCUMENT);
            assertThat(finding.message()).contains(why);
        });
    }

    private void write(String csv) throws IOException {
        Files.writeString(folder.resolve("boxes.csv"), csv);
    }

    private List<SourceItem> read() throws IOException {
        return Sources.all(SourceFormat.CSV.open(SourceFormat.CSV.annotations(folder).orElseThrow(), folder, List.of(folder)));
    }

    private List<SourceBox> boxes() throws IOException {
        return read().stream().filter(SourceBox.class::isInstance).map(SourceBox.class::cast).toList();
    }

    private List<Finding> findings() throws IOException {
        return read().stream().filter(Finding.class::isInstance).map(Finding.class::cast).toList();
    }
}
