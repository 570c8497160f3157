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

    private List<Finding> findings() throws IOException {
        return read().stream().filter(Finding.class::isInstance).map(Finding.class::cast).toList();
    }
}
