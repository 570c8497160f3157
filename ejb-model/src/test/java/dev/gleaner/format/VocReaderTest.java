package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.RealPhotos;
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

class VocReaderTest {

    @TempDir
    private Path folder;
    private Path annotations;
    private Path images;

    @BeforeEach
    void makeFolders() throws IOException {
        annotations = Files.createDirectory(folder.resolve("Annotations")).toRealPath();
        images = Files.createDirectory(folder.resolve("JPEGImages")).toRealPath();
        Files.createFile(images.resolve("a.jpg"));
    }

    @Test
    void countsPixelsFromOneAndIncludesTheLast() throws IOException {
        write("a.xml", """
                <annotation verified="yes"><folder>images</folder><filename>a.jpg</filename>
                  <size><width>40</width><height>30</height><depth>3</depth></size>
                  <object><name> cat </name><difficult>0</difficult>
                    <bndbox><ymax>30</ymax><xmin>1</xmin><xmax>1</xmax><ymin>11</ymin></bndbox></object>
                </annotation>""");

        List<SourceItem> items = read();

        assertThat(items).hasSize(4).contains(
                new SourceImage("a.xml", "a.jpg", Optional.of(images.resolve("a.jpg")), Optional.of(new PixelSize(40, 30))),
                new SourceCategory("cat", "cat"),
                new SourceBox("object 1", "a.xml", "cat", Box.xywh(0, 10, 1, 20), false));
        assertThat(items.get(0)).isInstanceOf(SourceDocument.class);
    }

    @Test
    void partsOfAnObjectAreNotObjects() throws IOException {
        write("a.xml", """
                <annotation><object><name>person</name>
                  <part><name>head</name><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>6</xmax><ymax>6</ymax></bndbox></part>
                  <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>10.5</xmax><ymax>20</ymax></bndbox>
                  <part><name>hand</name><bndbox><xmin>7</xmin><ymin>7</ymin><xmax>8</xmax><ymax>8</ymax></bndbox></part>
                </object></annotation>""");

        assertThat(boxes()).containsExactly(new SourceBox("object 1", "a.xml", "person", Box.xywh(0, 1, 10.5, 19), false));
    }

    @Test
    void takesTheImageOfItsOwnNameWhereNoneIsGiven() throws IOException {
        write("a.xml", "<annotation/>");

        assertThat(read()).contains(new SourceImage("a.xml", "a.jpg", Optional.of(images.resolve("a.jpg")), Optional.empty()));
        assertThat(findings()).isEmpty();
    }

    @Test
    void takesANearNameAndSaysSo() throws IOException {
        write("a.xml", "<annotation><filename>IMG_1.png</filename></annotation>");

        assertThat(findings()).containsExactly(
                new Finding(Code.FILE_NAME_MENDED, "a.jpg", "the annotations say \"IMG_1.png\"; \"a.jpg\" was taken"));
    }

    @Test
    void reportsAFileThatIsNotThere() throws IOException {
        write("b.xml", "<annotation><filename>b.jpg</filename></annotation>");

        assertThat(findings()).containsExactly(
                new Finding(Code.MISSING_FILE, "b.jpg", "no such file in the folder of images; expected " + images.resolve("b.jpg")),
                new Finding(Code.IMAGES_NOT_NAMED, null, "the folder of images holds 1 images, of which the annotations name 0; the others were left out"));
    }

    @Test
    void reportsObjectsWithoutNameOrCorners() throws IOException {
        write("a.xml", """
                <annotation><object><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object>
                <object><name>cat</name><robndbox><cx>1</cx></robndbox></object>
                <object><name>cat</name><bndbox><xmin>1</xmin><ymin>one</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>""");

        assertThat(findings()).extracting(Finding::message).containsExactly(
                "object 1: name is null; expected the category in 1 to 200 characters",
                "object 2: bndbox is [null, null, null, null]; expected four finite numbers xmin, ymin, xmax, ymax",
                "object 3: bndbox is [1, one, 2, 2]; expected four finite numbers xmin, ymin, xmax, ymax");
    }

    @Test
    void refusesADocumentTypeAndReadsNothingThroughIt() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret");
        write("a.xml", "<!DOCTYPE annotation [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]><annotation><filename>&x;</filename></annotation>");

        assertThat(findings()).filteredOn(f -> f.code() == Code.UNREADABLE_ANNOTATIONS).singleElement().extracting(Finding::message).asString()
                .contains("document type declaration").doesNotContain("s3cret");
        assertThat(read()).noneMatch(SourceImage.class::isInstance);
    }

    @Test
    void refusesBrokenAndForeignXml() throws IOException {
        write("a.xml", "<annotation><filename>a.jpg</annotation>");
        write("b.xml", "<html/>");
        write("c.xml", "");

        assertThat(findings()).filteredOn(f -> f.code() == Code.UNREADABLE_ANNOTATIONS).extracting(Finding::file)
                .containsExactlyInAnyOrder("a.xml", "b.xml", "c.xml");
        assertThat(findings()).filteredOn(f -> "b.xml".equals(f.file())).singleElement().extracting(Finding::message).asString()
                .contains("its outermost element is <html>; expected <annotation>");
    }

    @Test
    void zeroSizesAreNoSizes() throws IOException {
        write("a.xml", "<annotation><size><width>0</width><height>0</height></size></annotation>");

        assertThat(read()).contains(new SourceImage("a.xml", "a.jpg", Optional.of(images.resolve("a.jpg")), Optional.empty()));
    }

    @Test
    void readsRealPhotosAnnotations() throws IOException {
        Path raccoon = RealPhotos.raccoons();
        Path photos = raccoon.resolve("JPEGImages").toRealPath();

        List<SourceItem> items = Sources.all(new VocReader(raccoon.resolve("Annotations"), new ImageFiles(photos, List.of(photos))));

        assertThat(items).filteredOn(SourceImage.class::isInstance).hasSize(160);
        assertThat(items).filteredOn(SourceBox.class::isInstance).hasSize(173);
        assertThat(items).filteredOn(Finding.class::isInstance).isEmpty();
        assertThat(items).contains(new SourceBox("object 1", "raccoon-1.xml", "raccoon", Box.xywh(80, 87, 442, 321), false));
    }

    /** Datumaro, through which CVAT exports, writes edges from 0: {@code source} gives it away. */
    @Test
    void readsTheEdgesOfDatumaro() throws IOException {
        write("a.xml", """
                <annotation><filename>a.jpg</filename><source><database>Unknown</database><annotation>Unknown</annotation><image>Unknown</image></source>
                <object><name>cat</name><truncated>Unspecified</truncated><bndbox><xmin>10.5</xmin><ymin>20.25</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>""");

        assertThat(boxes()).containsExactly(new SourceBox("object 1", "a.xml", "cat", Box.xywh(10.5, 20.25, 19.5, 19.75), false));
        assertThat(findings()).isEmpty();
    }

    @Test
    void takesTheBoxAroundOneThatCvatHasTurned() throws IOException {
        write("a.xml", """
                <annotation><filename>a.jpg</filename><source><database>Unknown</database><annotation>Unknown</annotation><image>Unknown</image></source>
                <object><name>cat</name><bndbox><xmin>10.0</xmin><ymin>20.0</ymin><xmax>50.0</xmax><ymax>40.0</ymax></bndbox>
                <attributes><attribute><name>rotation</name><value>90.0</value></attribute></attributes></object>
                <object><name>cat</name><bndbox><xmin>1.5</xmin><ymin>2.0</ymin><xmax>3.0</xmax><ymax>4.0</ymax></bndbox>
                <attributes><attribute><name>rotation</name><value>0.0</value></attribute><attribute><name>parked</name><value>90</value></attribute></attributes></object></annotation>""");

        assertThat(boxes()).extracting(SourceBox::box).satisfiesExactly(
                turned -> assertThat(turned.iou(Box.xywh(20, 10, 20, 40))).isGreaterThan(0.999999), upright -> assertThat(upright).isEqualTo(Box.xywh(1.5, 2, 1.5, 2)));
        assertThat(findings()).containsExactly(new Finding(Code.SHAPE_BOXED, "a.jpg", "object 1 is a box turned by 90.0 degrees; the upright box around it was taken"));
    }

    @Test
    void aCornerAtZeroMeansThatPixelsAreCountedFromThere() throws IOException {
        write("a.xml", "<annotation><source><database>Unknown</database></source>" + object(5, 5, 7, 7) + object(0, 3, 10, 10) + "</annotation>");

        assertThat(boxes()).extracting(SourceBox::box).containsExactly(Box.xywh(5, 5, 2, 2), Box.xywh(0, 3, 10, 7));
        assertThat(findings()).containsExactly(new Finding(Code.COUNTED_FROM_ZERO, "a.jpg",
                "a corner in a.xml is at 0, and VOC counts pixels from 1; its boxes were read as from 0, without the last pixel"));
    }

    @Test
    void saysWhichCornersAreTheWrongWayRound() throws IOException {
        write("a.xml", "<annotation>" + object(50, 5, 10, 6) + "</annotation>");

        assertThat(findings()).containsExactly(new Finding(Code.INVALID_BOX, "a.jpg",
                "object 1: bndbox is [50, 5, 10, 6]; expected xmin to be at most xmax, and ymin at most ymax"));
        assertThat(boxes()).isEmpty();
    }

    @Test
    void takesTheBoxAroundPolygonsAndTurnedBoxes() throws IOException {
        write("a.xml", """
                <annotation><path>C:\\data\\elsewhere\\a.jpg</path>
                <object><name>cat</name><polygon><x1>10</x1><y1>20</y1><x2>30</x2><y2>5</y2><x3>20</x3><y3>40</y3></polygon></object>
                <object><name>cat</name><polygon><pt><x>1</x><y>2</y></pt><pt><x>3</x><y>2</y></pt><pt><x>3</x><y>9</y></pt></polygon></object>
                <object><name>cat</name><robndbox><cx>50</cx><cy>40</cy><w>20</w><h>4</h><angle>1.5707963267948966</angle></robndbox></object>
                <object><name>cat</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>4</xmax><ymax>5</ymax></bndbox><polygon><x1>9</x1><y1>9</y1></polygon></object>
                </annotation>""");

        List<Box> boxes = boxes().stream().map(SourceBox::box).toList();
        assertThat(boxes).hasSize(4).startsWith(Box.xywh(10, 5, 20, 35), Box.xywh(1, 2, 2, 7)).endsWith(Box.xywh(1, 2, 3, 3));
        assertThat(boxes.get(2).iou(Box.xywh(48, 30, 4, 20))).isGreaterThan(0.999999);
        assertThat(findings()).extracting(Finding::message).containsExactly("object 1 is a polygon; the upright box around it was taken",
                "object 2 is a polygon; the upright box around it was taken", "object 3 is a turned box; the upright box around it was taken");
    }

    private static String object(int xmin, int ymin, int xmax, int ymax) {
        return "<object><name>cat</name><bndbox><xmin>" + xmin + "</xmin><ymin>" + ymin + "</ymin><xmax>" + xmax + "</xmax><ymax>" + ymax + "</ymax></bndbox></object>";
    }

    private void write(String name, String xml) throws IOException {
        Files.writeString(annotations.resolve(name), xml);
    }

    private List<SourceItem> read() throws IOException {
        return Sources.all(new VocReader(annotations, new ImageFiles(images, List.of(images))));
    }

    private List<Finding> findings() throws IOException {
        return read().stream().filter(Finding.class::isInstance).map(Finding.class::cast).toList();
    }

    private List<SourceBox> boxes() throws IOException {
        return read().stream().filter(SourceBox.class::isInstance).map(SourceBox.class::cast).toList();
    }
}
