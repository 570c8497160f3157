package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.Finding.Code;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** "CVAT for video 1.1". */
class CvatVideoReaderTest {

    private static final String META = "<version>1.1</version><meta><task><id>5</id><size>6</size><mode>interpolation</mode><start_frame>0</start_frame>"
            + "<stop_frame>5</stop_frame><frame_filter></frame_filter><labels><label><name>cat</name></label><label><name>dog</name></label></labels>"
            + "<segments><segment><id>9</id><start>0</start><stop>5</stop></segment></segments><original_size><width>100</width><height>80</height></original_size>"
            + "</task></meta>";

    @TempDir
    private Path temp;
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = temp.toRealPath();
        Files.createDirectory(folder.resolve("images"));
        for (int i = 0; i < 6; i++) {
            Files.createFile(folder.resolve("images/frame_%06d.PNG".formatted(i)));
        }
    }

    private static String box(int frame, int left, int outside) {
        return "<box frame=\"%d\" outside=\"%d\" occluded=\"0\" keyframe=\"1\" xtl=\"%d.00\" ytl=\"10.00\" xbr=\"%d.00\" ybr=\"30.00\" z_order=\"0\"/>"
                .formatted(frame, outside, left, left + 20);
    }

    private List<SourceItem> read(String tracks) throws IOException {
        return read(META, tracks);
    }

    private List<SourceItem> read(String meta, String tracks) throws IOException {
        Files.writeString(folder.resolve("annotations.xml"), "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>" + meta + tracks + "</annotations>");
        return Sources.all(SourceFormat.CVAT.open(SourceFormat.CVAT.annotations(folder).orElseThrow(), folder, List.of(folder)));
    }

    private static Map<String, Box> boxes(List<SourceItem> read) {
        return read.stream().filter(SourceBox.class::isInstance).map(SourceBox.class::cast).collect(Collectors.toMap(SourceBox::id, SourceBox::box));
    }

    private static List<String> findings(List<SourceItem> read) {
        return read.stream().filter(Finding.class::isInstance).map(Finding.class::cast).map(one -> one.code() + ": " + one.message()).toList();
    }

    @Test
    void aTrackGivesEachOfItsFramesABox() throws IOException {
        List<SourceItem> read = read("<track id=\"0\" label=\"dog\" source=\"manual\">" + box(0, 10, 0) + box(2, 20, 0) + box(3, 20, 1) + box(4, 50, 0) + "</track>");

        assertThat(boxes(read)).as("between key frames, not outside, and to the end").isEqualTo(Map.of(
                "track 0 frame 0", Box.xywh(10, 10, 20, 20), "track 0 frame 1", Box.xywh(15, 10, 20, 20), "track 0 frame 2", Box.xywh(20, 10, 20, 20),
                "track 0 frame 4", Box.xywh(50, 10, 20, 20), "track 0 frame 5", Box.xywh(50, 10, 20, 20)));
        assertThat(read).filteredOn(SourceImage.class::isInstance).hasSize(5).contains(new SourceImage("images/frame_000001.PNG", "images/frame_000001.PNG",
                Optional.of(folder.resolve("images/frame_000001.PNG")), Optional.of(new PixelSize(100, 80))));
        assertThat(read).filteredOn(SourceCategory.class::isInstance).hasSize(2);
        assertThat(findings(read)).allMatch(one -> one.startsWith("IMAGES_NOT_NAMED")).as("frame 3 shows nothing").hasSize(1);
    }

    @Test
    void severalTracksShareTheImages() throws IOException {
        List<SourceItem> read = read("<track id=\"0\" label=\"dog\">" + box(0, 10, 0) + "</track><track id=\"1\" label=\"cat\">" + box(0, 40, 0) + "</track>");
        assertThat(read).filteredOn(SourceImage.class::isInstance).hasSize(6);
        assertThat(boxes(read)).hasSize(12);
        assertThat(findings(read)).isEmpty();
        assertThat(read("<track id=\"0\" label=\"dog\">" + box(0, 10, 0) + "</track>")).as("the same ids each time")
                .isEqualTo(read("<track id=\"0\" label=\"dog\">" + box(0, 10, 0) + "</track>"));
    }

    @Test
    void framesThatAreNoImagesAreReported() throws IOException {
        for (int gone : new int[] {1, 3, 4}) {
            Files.delete(folder.resolve("images/frame_%06d.PNG".formatted(gone)));
        }
        List<SourceItem> read = read("<track id=\"7\" label=\"dog\">" + box(0, 10, 0) + "</track>");
        assertThat(boxes(read)).containsOnlyKeys("track 7 frame 0", "track 7 frame 2", "track 7 frame 5");
        assertThat(findings(read)).containsExactly("UNKNOWN_IMAGE: track 7 of \"dog\": no image is frame 1, 3 to 4; expected frame_000001 with the extension of an"
                + " image in the folder of images");
    }

    @Test
    void imagesThatTheFileNumbersAreTheFrames() throws IOException {
        Files.createFile(folder.resolve("a.jpg"));
        List<SourceItem> read = read("", "<image id=\"3\" name=\"a.jpg\" width=\"100\" height=\"80\"/><track id=\"0\" label=\"dog\">" + box(3, 10, 0) + box(4, 10, 1) + "</track>");
        assertThat(read).filteredOn(SourceBox.class::isInstance).containsExactly(new SourceBox("track 0 frame 3", "a.jpg", "dog", Box.xywh(10, 10, 20, 20), false));
    }

    @Test
    void framesThatTheTaskLeavesOutHaveNoBoxes() throws IOException {
        List<SourceItem> read = read(META.replace("<frame_filter>", "<frame_filter>step=2"), "<track id=\"0\" label=\"dog\">" + box(0, 10, 0) + "</track>");
        assertThat(boxes(read)).containsOnlyKeys("track 0 frame 0", "track 0 frame 2", "track 0 frame 4");
    }

    @Test
    void turnedBoxesTurnByTheShorterWayAndOtherShapesAreBoxed() throws IOException {
        String turned = "<box frame=\"%d\" outside=\"0\" keyframe=\"1\" xtl=\"30\" ytl=\"30\" xbr=\"70\" ybr=\"50\" rotation=\"%s\"/>";
        List<SourceItem> read = read("<track id=\"0\" label=\"dog\">" + turned.formatted(0, "270.00") + turned.formatted(2, "-90") + turned.formatted(4, "0.0") + "</track>"
                + "<track id=\"1\" label=\"cat\"><polygon frame=\"0\" outside=\"0\" keyframe=\"1\" points=\"1,2;11,2;1,12\"/><polygon frame=\"1\" outside=\"1\" keyframe=\"1\""
                + " points=\"1,2;11,2;1,12\"/></track><track id=\"2\" label=\"cat\"><points frame=\"0\" points=\"1,2\"/></track>");
        // Worked by hand: 40 x 20 about (50, 40) upright is (40, 20) to (60, 60); at 45 degrees it is (40 + 20) / sqrt 2 = 42.426 wide and high.
        assertThat(boxes(read).get("track 0 frame 1").iou(Box.xywh(40, 20, 20, 40))).isGreaterThan(0.999999);
        assertThat(boxes(read).get("track 0 frame 3").iou(Box.xywh(50 - 21.2132, 40 - 21.2132, 42.4264, 42.4264))).isGreaterThan(0.9999);
        assertThat(boxes(read).get("track 1 frame 0")).isEqualTo(Box.xywh(1, 2, 10, 10));
        assertThat(boxes(read)).doesNotContainKey("track 1 frame 1");
        assertThat(findings(read)).contains("SHAPE_BOXED: track 1 has a polygon; the upright box around it was taken",
                "NOT_TAKEN: track 2: a points of \"cat\" is no box; it was left out");
    }

    @Test
    void whatCannotBeReadIsSaid() throws IOException {
        assertThat(findings(read("<track id=\"0\" label=\"dog\"><box frame=\"-1\" xtl=\"1\" ytl=\"1\" xbr=\"2\" ybr=\"2\"/>"
                + "<box frame=\"1\" xtl=\"one\" ytl=\"1\" xbr=\"2\" ybr=\"2\"/></track><track id=\"1\">" + box(0, 10, 0) + "</track>")))
                .contains("MALFORMED_ENTRY: track 0: frame is -1; expected the number of a frame",
                        "INVALID_BOX: track 0, frame 1: box is [one, 1, 2, 2]; expected finite numbers",
                        "MALFORMED_ENTRY: track 1: label is null; expected one of 1 to 200 characters");
        assertThat(findings(read("<track id=\"0\" label=\"dog\">" + box(999_999_999, 10, 0) + "</track>")))
                .anyMatch(one -> one.startsWith(Code.MALFORMED_ENTRY + ": track 0 goes up to frame 999999999; expected at most 1000000 frames"));
        assertThat(findings(read("<meta><project><tasks><task><id>1</id></task><task><id>2</id></task></tasks></project></meta>",
                "<track id=\"0\" label=\"dog\" task_id=\"1\">" + box(0, 10, 0) + "</track>"))).anyMatch(one -> one.contains("is of one of several tasks"));
    }
}
