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

class CvatReaderTest {

    @TempDir
    private Path temp;
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = temp.toRealPath();
        Files.createFile(folder.resolve("a.jpg"));
    }

    @Test
    void readsBoxesBetweenTheirEdges() throws IOException {
        write("""
                <?xml version="1.0" encoding="utf-8"?>
                <annotations><version>1.1</version><meta><job><labels><label><name>cat</name><type>rectangle</type><attributes>
                    <attribute><name>colour</name><values>red</values></attribute></attributes></label><label><name>dog</name></label></labels></job></meta>
                  <image id="0" name="a.jpg" subset="train" task_id="4" width="100" height="80">
                    <box label="dog" source="manual" occluded="0" xtl="10.50" ytl="20.00" xbr="30.25" ybr="60.00" z_order="0"></box>
                    <box label="cat" xtl="0" ytl="0" xbr="100" ybr="80"><attribute name="colour">red</attribute><attribute name="is_crowd">true</attribute></box>
                  </image></annotations>""");

        assertThat(read()).filteredOn(item -> !(item instanceof SourceDocument)).containsExactly(
                new SourceCategory("cat", "cat"), new SourceCategory("dog", "dog"),
                new SourceImage("a.jpg", "a.jpg", Optional.of(folder.resolve("a.jpg")), Optional.of(new PixelSize(100, 80))),
                new SourceBox("shape 1", "a.jpg", "dog", Box.xywh(10.5, 20, 19.75, 40), false),
                new SourceBox("shape 2", "a.jpg", "cat", Box.xywh(0, 0, 100, 80), true));
    }

    @Test
    void imagesOfAProjectAreInFoldersOfItsParts() throws IOException {
        for (String part : List.of("Train", "Validation")) {
            Files.createFile(Files.createDirectory(folder.resolve(part)).resolve("b.jpg"));
        }
        write("""
                <annotations>
                  <image id="0" name="b.jpg" subset="Train" task_id="4" width="100" height="80"><box label="cat" xtl="1" ytl="2" xbr="4" ybr="6"/></image>
                  <image id="0" name="b.jpg" subset="Validation" task_id="5" width="100" height="80"><box label="cat" xtl="5" ytl="6" xbr="8" ybr="9"/></image>
                  <image id="1" name="a.jpg" subset="Validation" task_id="5" width="100" height="80"></image></annotations>""");

        assertThat(read()).filteredOn(SourceImage.class::isInstance).extracting(item -> ((SourceImage) item).fileName())
                .containsExactly("Train/b.jpg", "Validation/b.jpg", "a.jpg");
        assertThat(read()).filteredOn(SourceBox.class::isInstance).extracting(item -> ((SourceBox) item).imageId()).containsExactly("Train/b.jpg", "Validation/b.jpg");
        assertThat(findings()).isEmpty();
    }

    @Test
    void takesTheBoxAroundOtherShapesAndSaysSo() throws IOException {
        image("""
                <polygon label="cat" points="10.00,20.00;30.00,5.00;20.00,40.00"/>
                <ellipse label="cat" cx="50" cy="40" rx="10" ry="5"/>
                <mask label="cat" rle="1, 2" left="3" top="4" width="5" height="6"/>
                <box label="cat" xtl="40" ytl="38" xbr="60" ybr="42" rotation="90.00"/>""");

        List<SourceBox> boxes = read().stream().filter(SourceBox.class::isInstance).map(SourceBox.class::cast).toList();
        assertThat(boxes).extracting(SourceBox::box).startsWith(Box.xywh(10, 5, 20, 35), Box.xywh(40, 35, 20, 10), Box.xywh(3, 4, 5, 6));
        assertThat(boxes.get(3).box().iou(Box.xywh(48, 30, 4, 20))).isGreaterThan(0.999999);
        assertThat(findings()).extracting(Finding::code).containsOnly(Code.SHAPE_BOXED);
        assertThat(findings()).extracting(Finding::message).contains("shape 4 is a box turned by 90.00 degrees; the upright box around it was taken");
    }

    @Test
    void saysWhatItLeavesOut() throws IOException {
        image("<points label=\"cat\" points=\"1,2\"/><tag label=\"cat\"/><box label=\"cat\" xtl=\"1\" ytl=\"2\" xbr=\"three\" ybr=\"4\"/>"
                + "<box xtl=\"1\" ytl=\"2\" xbr=\"3\" ybr=\"4\"/></image><track id=\"7\" label=\"cat\"><box frame=\"5\" xtl=\"1\" ytl=\"1\" xbr=\"2\" ybr=\"2\"/></track><image id=\"2\">");

        assertThat(findings()).extracting(finding -> finding.code() + ": " + finding.message()).containsExactly(
                "NOT_TAKEN: a points of \"cat\" is no box; it was left out",
                "NOT_TAKEN: a tag of \"cat\" is no box; it was left out",
                "INVALID_BOX: shape 1: box is [1, 2, three, 4]; expected finite numbers",
                "MALFORMED_ENTRY: shape 2: label is null; expected one of 1 to 200 characters",
                "UNKNOWN_IMAGE: track 7 of \"cat\": no image is frame 5; expected frame_000005 with the extension of an image in the folder of images",
                "MALFORMED_ENTRY: image 2: name is null; expected that of its file");
        assertThat(read()).noneMatch(SourceBox.class::isInstance);
    }

    @Test
    void refusesWhatIsNotCvat() throws IOException {
        assertRefused("<annotation/>", "its outermost element is <annotation>; expected <annotations>");
        assertRefused("<annotations><image", "");
        assertRefused("", "");
    }

    @Test
    void refusesADocumentTypeAndReadsNothingThroughIt() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret");
        assertRefused("<!DOCTYPE annotations [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]><annotations><image id=\"1\" name=\"&x;\"/></annotations>",
                "document type declaration");
    }

    private void assertRefused(String xml, String why) throws IOException {
        write(xml);
        assertThat(findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(Code.MALFORMED_DOCUMENT);
            assertThat(finding.message()).contains(why).doesNotContain("s3cret");
        });
    }

    private void image(String shapes) throws IOException {
        write("<annotations><image id=\"0\" name=\"a.jpg\" width=\"100\" height=\"80\">" + shapes + "</image></annotations>");
    }

    private void write(String xml) throws IOException {
        Files.writeString(folder.resolve("annotations.xml"), xml);
    }

    private List<SourceItem> read() throws IOException {
        return Sources.all(SourceFormat.CVAT.open(SourceFormat.CVAT.annotations(folder).orElseThrow(), folder, List.of(folder)));
    }

    private List<Finding> findings() throws IOException {
        return read().stream().filter(Finding.class::isInstance).map(Finding.class::cast).toList();
    }
}
