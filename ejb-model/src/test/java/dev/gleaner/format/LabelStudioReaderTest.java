package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.Finding.Code;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelStudioReaderTest {

    private static final Path EXPORTS = Path.of("src/test/resources/labelstudio").toAbsolutePath();
    private static final PixelSize SIZE = new PixelSize(200, 100);

    @TempDir
    private Path temp;
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = temp.toRealPath();
        Files.createFile(folder.resolve("a.jpg"));
    }

    /** Whatever Label Studio exports, it is the same boxes on the same pictures. */
    @ParameterizedTest
    @CsvSource({"label-studio, label-studio.json", "label-studio, label-studio-min.json", "csv, label-studio.csv", "coco, coco.json", "coco, result.json", "yolo, classes.txt"})
    void allItsExportsHoldTheSameBoxes(String format, String file) throws IOException {
        SourceFormat source = SourceFormat.named(format).orElseThrow();
        List<SourceItem> items = Sources.all(source.open(EXPORTS.resolve(file), EXPORTS.resolve("images"), List.of(EXPORTS)));

        List<String> names = items.stream().filter(SourceCategory.class::isInstance).map(item -> ((SourceCategory) item).name()).toList();
        assertThat(names).containsExactlyInAnyOrder("car", "cat", "dog", "person");
        assertThat(items).filteredOn(SourceBox.class::isInstance).hasSize(12);
        SourceImage first = items.stream().filter(SourceImage.class::isInstance).map(SourceImage.class::cast)
                .filter(image -> image.fileName().equals("18f784a3-shape_1.png")).findFirst().orElseThrow();
        assertThat(first.file()).isPresent();
        assertThat(items.stream().filter(SourceBox.class::isInstance).map(SourceBox.class::cast).filter(box -> box.imageId().equals(first.id()))
                .map(box -> box.relative().map(part -> part.in(new PixelSize(160, 120))).orElse(box.box())))
                .containsExactly(Box.xywh(9.6, 12, 48, 30), Box.xywh(25.6, 18, 48, 30));
        assertThat(items).filteredOn(Finding.class::isInstance).extracting(item -> ((Finding) item).code()).isSubsetOf(Code.FILE_NAME_MENDED);
    }

    /** Its VOC counts from 0 and ends behind the last pixel; what it cuts off the decimals is lost. */
    @Test
    void itsVocIsWithinAPixelOfTheOthers() throws IOException {
        List<SourceItem> items = Sources.all(SourceFormat.VOC.open(EXPORTS.resolve("Annotations"), EXPORTS.resolve("images"), List.of(EXPORTS)));

        assertThat(items).contains(new SourceBox("object 1", "18f784a3-shape_1.xml", "person", Box.xywh(9, 12, 48, 30), false));
        assertThat(items).filteredOn(SourceBox.class::isInstance).hasSize(12);
    }

    @Test
    void readsRegionsInPercent() throws IOException {
        write(task("", region("rectanglelabels", "\"x\": 10, \"y\": 20, \"width\": 50.5, \"height\": 80, \"rotation\": 0, \"rectanglelabels\": [\"cat\", \"dog\"]")));

        assertThat(read()).contains(new SourceImage("task 1", "a.jpg", Optional.of(folder.resolve("a.jpg")), Optional.of(SIZE)),
                new SourceCategory("cat", "cat"), new SourceCategory("dog", "dog"));
        assertThat(boxes()).containsExactly("cat " + Box.xywh(20, 20, 101, 80), "dog " + Box.xywh(20, 20, 101, 80));
        assertThat(findings()).isEmpty();
    }

    @Test
    void takesTheBoxAroundOtherShapesAndSaysSo() throws IOException {
        write(task("", region("rectanglelabels", "\"x\": 50, \"y\": 20, \"width\": 10, \"height\": 10, \"rotation\": 90, \"rectanglelabels\": [\"cat\"]"),
                region("polygonlabels", "\"points\": [[10, 20], [30, 5.5], [20, 40]], \"polygonlabels\": [\"cat\"]"),
                region("ellipselabels", "\"x\": 50, \"y\": 50, \"radiusX\": 5, \"radiusY\": 10, \"rotation\": 0, \"ellipselabels\": [\"cat\"]")));

        assertThat(boxes().subList(1, 3)).containsExactly("cat " + Box.xywh(20, 5.5, 40, 34.5), "cat " + Box.xywh(90, 40, 20, 20));
        List<SourceBox> all = read().stream().filter(SourceBox.class::isInstance).map(SourceBox.class::cast).toList();
        assertThat(all.get(0).box().iou(Box.xywh(90, 20, 10, 20))).isGreaterThan(0.999999);
        assertThat(findings()).extracting(Finding::message).containsExactly(
                "region 1 of task 1 is a rectangle turned by 90 degrees; the upright box around it was taken",
                "region 2 of task 1 is a polygon; the upright box around it was taken",
                "region 3 of task 1 is a ellipse; the upright box around it was taken");
    }

    @Test
    void saysWhatHasNoPlaceInADataset() throws IOException {
        write(task("\"predictions\": [{\"result\": []}], ", "{\"type\": \"choices\", \"value\": {\"choices\": [\"day\"]}}",
                region("rectanglelabels", "\"x\": 1, \"y\": 2, \"width\": 3, \"height\": 4"),
                region("rectanglelabels", "\"x\": \"left\", \"y\": 2, \"width\": 3, \"height\": 4, \"rectanglelabels\": [\"cat\"]"),
                "{\"type\": \"rectanglelabels\", \"image_rotation\": 90, \"value\": {\"x\": 1, \"y\": 2, \"width\": 3, \"height\": 4, \"rectanglelabels\": [\"cat\"]}}"));

        assertThat(findings()).extracting(finding -> finding.code() + ": " + finding.message()).satisfiesExactly(
                message -> assertThat(message).isEqualTo("NOT_TAKEN: task 1 (id 7) has predictions; only annotations were taken"),
                message -> assertThat(message).isEqualTo("NOT_TAKEN: region 1 of task 1 is of type choices, which is no labelled box; it was left out"),
                message -> assertThat(message).isEqualTo("NOT_TAKEN: region 2 of task 1 has no label; it was left out"),
                message -> assertThat(message).startsWith("INVALID_BOX: region 3 of task 1: value is {\"x\":\"left\"").endsWith("x, y, width and height in percent"),
                message -> assertThat(message).startsWith("INVALID_BOX: region 4 of task 1: image_rotation is 90; expected 0"));
        assertThat(boxes()).isEmpty();
    }

    @Test
    void ofSeveralAnnotationsTheGroundTruthOrTheLatestCounts() throws IOException {
        String cat = region("rectanglelabels", "\"x\": 0, \"y\": 0, \"width\": 1, \"height\": 1, \"rectanglelabels\": [\"cat\"]");
        String dog = cat.replace("cat", "dog");
        write("[{\"id\": 7, \"data\": {\"image\": \"a.jpg\"}, \"annotations\": [{\"updated_at\": \"2026-01-02\", \"result\": [" + cat + "]},"
                + "{\"updated_at\": \"2026-01-01\", \"result\": [" + dog + "]}, {\"was_cancelled\": true, \"updated_at\": \"2026-01-03\", \"result\": []}]}]");
        assertThat(boxes()).singleElement().asString().startsWith("cat");
        assertThat(findings()).extracting(Finding::code).containsExactly(Code.SEVERAL_ANNOTATIONS);

        write("[{\"id\": 7, \"data\": {\"image\": \"a.jpg\"}, \"annotations\": [{\"updated_at\": \"2026-01-02\", \"result\": [" + cat + "]},"
                + "{\"updated_at\": \"2026-01-01\", \"ground_truth\": true, \"result\": [" + dog + "]}]}]");
        assertThat(boxes()).singleElement().asString().startsWith("dog");
    }

    @ParameterizedTest
    @CsvSource({"/data/upload/3/18f784a3-a.jpg", "/data/local-files/?d=photos/a.jpg", "https://host/x/a.jpg?token=1", "s3://bucket/set/a.jpg", "a.jpg"})
    void findsTheFileBehindAnAddress(String address) throws IOException {
        write("[{\"id\": 1, \"data\": {\"text\": \"no image\", \"image\": \"" + address + "\"}, \"annotations\": []}]");

        assertThat(read()).contains(new SourceImage("task 1", "a.jpg", Optional.of(folder.resolve("a.jpg")), Optional.empty()));
        assertThat(findings()).isEmpty();
    }

    @Test
    void refusesWhatIsNoListOfTasks() throws IOException {
        assertRefused("{\"images\": []}", "line 1, column 1: it begins with {; expected a list of tasks");
        assertRefused("[{\"data\"", "line 1, column ");
        assertRefused("[", "line 1, column ");
        write("[3, {\"data\": {\"text\": \"hello\"}}]");
        assertThat(findings()).extracting(Finding::message).startsWith("task 1 is 3; expected an object",
                "task 2 (id missing): there is no image in its data; expected one such as \"image\": \"/data/upload/1/a.jpg\"");
    }

    private void assertRefused(String json, String why) throws IOException {
        write(json);
        assertThat(findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(Code.MALFORMED_DOCUMENT);
            assertThat(finding.message()).startsWith(why);
        });
    }

    private static String task(String more, String... regions) {
        return "[{\"id\": 7, \"data\": {\"image\": \"/data/upload/1/a.jpg\"}, " + more + "\"annotations\": [{\"result\": [" + String.join(", ", regions) + "]}]}]";
    }

    private static String region(String type, String value) {
        return "{\"id\": \"r\", \"type\": \"" + type + "\", \"original_width\": 200, \"original_height\": 100, \"image_rotation\": 0, \"value\": {" + value + "}}";
    }

    private void write(String json) throws IOException {
        Files.writeString(folder.resolve("tasks.json"), json);
    }

    private List<SourceItem> read() throws IOException {
        return Sources.all(SourceFormat.LABEL_STUDIO.open(folder.resolve("tasks.json"), folder, List.of(folder)));
    }

    private List<String> boxes() throws IOException {
        Stream<SourceBox> boxes = read().stream().filter(SourceBox.class::isInstance).map(SourceBox.class::cast);
        return boxes.map(box -> box.categoryId() + " " + box.relative().map(part -> part.in(SIZE)).orElse(box.box())).toList();
    }

    private List<Finding> findings() throws IOException {
        return read().stream().filter(Finding.class::isInstance).map(Finding.class::cast).toList();
    }
}
