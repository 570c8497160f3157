package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.Finding.Code;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YoloReaderTest {

    private static final PixelSize SIZE = new PixelSize(100, 200);

    @TempDir
    private Path temp;
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = temp.toRealPath();
    }

    @Test
    void readsUltralyticsSplits() throws IOException {
        file("data.yaml", "path: /home/someone/sets/coco8\ntrain: images/train\nval: images/val\ntest:\nnc: 2\nnames:\n  1: dog\n  0: cat\n");
        file("images/train/a.jpg", "");
        file("labels/train/a.txt", "1 0.5 0.5 0.2 0.4\n0 0.25 0.5 0.5 1 7\n");
        file("images/val/b.png", "");

        assertThat(images()).containsExactlyInAnyOrder("train/a.jpg", "val/b.png");
        assertThat(boxes()).containsExactly("train/a.jpg line 1: 1 " + Box.xywh(40, 60, 20, 80), "train/a.jpg line 2: 0 " + Box.xywh(0, 0, 50, 200));
        assertThat(categories()).containsExactly("0 cat", "1 dog");
        assertThat(findings()).isEmpty();
    }

    @Test
    void readsRoboflowsFoldersThoughTheirPathsLeadOut() throws IOException {
        file("data.yaml", "train: ../train/images\nval: ../valid/images\nnc: 1\nnames: ['cat']\n");
        file("train/images/a.jpg", "");
        file("train/labels/a.txt", "0 0.5 0.5 1 1");
        file("valid/images/b.jpg", "");
        file("valid/labels/b.txt", "");

        assertThat(images()).containsExactlyInAnyOrder("train/images/a.jpg", "valid/images/b.jpg");
        assertThat(boxes()).containsExactly("train/images/a.jpg line 1: 0 " + Box.xywh(0, 0, 100, 200));
        assertThat(findings()).isEmpty();
    }

    @Test
    void trainAndValOfOneFolderAreReadOnce() throws IOException {
        file("data.yaml", "train: images\nval: images\nnames: [cat]\n");
        file("images/a.jpg", "");
        file("labels/a.txt", "0 0.5 0.5 1 1");

        assertThat(images()).containsExactly("a.jpg");
    }

    @Test
    void readsDarknetAsCvatWritesIt() throws IOException {
        file("obj.data", "classes = 2\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n");
        file("obj.names", "cat\ntraffic light\n");
        file("train.txt", "data/obj_train_data/a.jpg\ndata/obj_train_data/sub/b.jpg\n");
        file("obj_train_data/a.jpg", "");
        file("obj_train_data/a.txt", "1 0.5 0.5 0.2 0.4");
        file("obj_train_data/sub/b.jpg", "");

        assertThat(images()).containsExactly("a.jpg", "sub/b.jpg");
        assertThat(boxes()).containsExactly("a.jpg line 1: 1 " + Box.xywh(40, 60, 20, 80));
        assertThat(categories()).containsExactly("0 cat", "1 traffic light");
        assertThat(findings()).isEmpty();
    }

    @Test
    void labelsFindImagesThatLieElsewhere() throws IOException {
        file("set/classes.txt", "cat\n");
        file("set/labels/a.b.txt", "0 0.5 0.5 1 1");
        file("set/labels/c.txt", "0 0.5 0.5 1 1");
        file("photos/a.b.jpg", "");
        file("photos/a.jpg", "");

        List<SourceItem> items = Sources.all(SourceFormat.YOLO.open(folder.resolve("set/classes.txt"), folder.resolve("photos"), List.of(folder)));

        assertThat(items).filteredOn(SourceImage.class::isInstance).extracting(item -> ((SourceImage) item).fileName()).containsExactlyInAnyOrder("a.b.jpg", "c");
        assertThat(items).filteredOn(Finding.class::isInstance).extracting(item -> ((Finding) item).code())
                .containsExactlyInAnyOrder(Code.MISSING_FILE, Code.IMAGES_NOT_NAMED);
    }

    @Test
    void takesTheBoxAroundAnOutline() throws IOException {
        one("0 0.1 0.2 0.5 0.1 0.3 0.9 0.2 0.4");

        assertThat(boxes()).containsExactly("a.jpg line 1: 0 " + Box.xywh(10, 20, 40, 160));
        assertThat(findings()).containsExactly(new Finding(Code.SHAPE_BOXED, "labels/a.txt", "line 1 is an outline of 4 points; the box around it was taken"));
    }

    @Test
    void saysWhatIsWrongWithALine() throws IOException {
        one("0 0.5 0.5 0.1\ncat 0.5 0.5 0.1 0.1\n0 0.5 nan 0.1 0.1\n0 320 240 64 48\n-1 0.5 0.5 0.1 0.1\n0 1 2 3 4 5 6 7\n\n0 0.5 0.5 1 1\n");

        assertThat(findings()).extracting(Finding::message).containsExactly(
                "line 1 is \"0 0.5 0.5 0.1\"; expected class, x, y, width and height",
                "line 2 is \"cat 0.5 0.5 0.1 0.1\"; expected a class number from 0, and numbers behind it",
                "line 3 is \"0 0.5 nan 0.1 0.1\"; expected a class number from 0, and numbers behind it",
                "line 4 is \"0 320 240 64 48\"; expected fractions of the image, 0 to 1, not pixels",
                "line 5 is \"-1 0.5 0.5 0.1 0.1\"; expected a class number from 0, and numbers behind it",
                "line 6 is \"0 1 2 3 4 5 6 7\"; expected class, x, y, width and height, or class and the points of an outline");
        assertThat(boxes()).containsExactly("a.jpg line 8: 0 " + Box.xywh(0, 0, 100, 200));
    }

    @Test
    void refusesImagesWithoutASingleLabelFile() throws IOException {
        file("data.yaml", "train: images\nnames: [cat]\n");
        file("images/a.jpg", "");

        assertThat(findings()).extracting(Finding::code).containsExactly(Code.NO_LABELS);
    }

    @Test
    void reportsLabelsWithoutTheirImage() throws IOException {
        one("0 0.5 0.5 1 1");
        file("labels/gone.txt", "0 0.5 0.5 1 1");

        assertThat(findings()).containsExactly(new Finding(Code.MISSING_FILE, "labels/gone.txt",
                "there is no image of this label file; expected one such as images/gone.jpg"));
    }

    @Test
    void refusesDescriptionsThatContradictThemselves() throws IOException {
        assertRefused("data.yaml", "names: [cat, dog]\nnc: 3\ntrain: images\n", "nc is 3, but names has 2; expected as many");
        assertRefused("data.yaml", "names: {cat: 0}\ntrain: images\n", "names has the key cat; expected class numbers from 0");
        assertRefused("data.yaml", "train: images\n", "names is null; expected the classes' names");
        assertRefused("data.yaml", "- cat\n", "it holds [cat]; expected fields");
        assertRefused("data.yaml", "names: [cat\ntrain: images\n", "line 2: ");
        assertRefused("data.yaml", "names: !!javax.script.ScriptEngineManager []\n", "line 1: ");
        Files.delete(folder.resolve("data.yaml"));
        file("obj.names", "cat\n");
        assertRefused("obj.data", "classes = 2\nnames = data/obj.names\ntrain = train.txt", "classes is 2, but obj.names has 1 names");
        assertRefused("obj.data", "classes = 2\nnames = none\n", "names is none; expected the file of the classes' names");
    }

    @Test
    void aSplitThatIsNotThereIsReported() throws IOException {
        one("0 0.5 0.5 1 1");
        file("data.yaml", "train: images\nval: images/val\nnames: [cat]\n");

        assertThat(findings()).singleElement().satisfies(finding -> assertThat(finding.toString()).contains("MISSING_FILE", "val is images/val; expected a folder"));
    }

    @Test
    void followsNoLinkOutOfTheRoots() throws IOException {
        Path outside = Files.createTempFile("outside", ".txt");
        try {
            file("root/data.yaml", "train: images\nnames: [cat]\n");
            file("root/images/a.jpg", "");
            Files.createDirectories(folder.resolve("root/labels"));
            Files.createSymbolicLink(folder.resolve("root/labels/a.txt"), outside);

            assertThat(Sources.all(SourceFormat.YOLO.open(folder.resolve("root/data.yaml"), folder.resolve("root/images"), List.of(folder))))
                    .filteredOn(Finding.class::isInstance).extracting(item -> ((Finding) item).code()).contains(Code.FILE_OUTSIDE_ROOTS);
        } finally {
            Files.delete(outside);
        }
    }

    @Test
    void readsWhatLabelStudioExports() throws IOException {
        folder = Path.of("src/test/resources/labelstudio").toRealPath();

        assertThat(images()).hasSize(6).contains("18f784a3-shape_1.png");
        assertThat(categories()).containsExactly("0 car", "1 cat", "2 dog", "3 person");
        List<SourceBox> boxes = items(SourceBox.class).filter(box -> box.imageId().equals("18f784a3-shape_1.png")).toList();
        assertThat(boxes).extracting(SourceBox::categoryId).containsExactly("3", "2");
        assertThat(boxes).extracting(box -> box.relative().orElseThrow().in(new PixelSize(160, 120)))
                .containsExactly(Box.xywh(9.6, 12, 48, 30), Box.xywh(25.6, 18, 48, 30));
        assertThat(findings()).isEmpty();
    }

    @Test
    void classesAreCalledAsTheyAreWritten() throws IOException {
        one("1 0.5 0.5 0.1 0.1\r\n\r\n");
        file("data.yaml", "\ufefftrain: images\r\ntest: # optional\r\nnc: 4\r\nnames: [no, 1.0, 0x1F, on]\r\n");

        assertThat(categories()).containsExactly("0 no", "1 1.0", "2 0x1F", "3 on");
        assertThat(boxes()).hasSize(1);
        assertThat(findings()).isEmpty();
    }

    @Test
    void readsLabelsOfWindowsAndOfPrinters() throws IOException {
        one("\ufeff0 5e-1 0.5 1.0E-01 0.1\r\n0.0 0.5 0.5 0.1 0.1 0.98\r\n \r\n\r\n");

        assertThat(boxes()).hasSize(2);
        assertThat(findings()).isEmpty();
    }

    @Test
    void saysWhichLineHasCommasInItsNumbers() throws IOException {
        one("0 0,5 0,5 0,1 0,1\n0,0.5,0.5,0.1,0.1\n-1 0.5 0.5 0.1 0.1\n");

        assertThat(findings()).extracting(Finding::message).containsExactly(
                "line 1 is \"0 0,5 0,5 0,1 0,1\"; expected a class number from 0, and numbers behind it",
                "line 2 is \"0,0.5,0.5,0.1,0.1\"; expected class, x, y, width and height",
                "line 3 is \"-1 0.5 0.5 0.1 0.1\"; expected a class number from 0, and numbers behind it");
    }

    /** Ultralytics' poses: the box, then x and y, and with a third number whether it can be seen, for each point. */
    @ParameterizedTest
    @ValueSource(strings = {"0 0.5 0.5 0.2 0.4 0.1 0.1 0.9 0.9", "0 0.5 0.5 0.2 0.4 0 0 0 0.9 0.9 2"})
    void thePointsOfAPoseAreNoOutline(String line) throws IOException {
        one(line);
        file("data.yaml", "train: images\nkpt_shape: [2, 3]\nnames: [cat]\n");

        assertThat(boxes()).containsExactly("a.jpg line 1: 0 " + Box.xywh(40, 60, 20, 80));
        assertThat(findings()).isEmpty();
    }

    @Test
    void passesOverTextsThatAreNoLabels() throws IOException {
        one("0 0.5 0.5 1 1");
        file("labels/classes.txt", "cat\n");
        file("README.dataset.txt", "Exported by a tool");

        assertThat(findings()).isEmpty();
    }

    @Test
    void reportsLabelsWithoutTheirImageInEverySplit() throws IOException {
        file("data.yaml", "train: ../train/images\nval: ../valid/images\nnames: [cat]\n");
        file("train/images/a.webp", "");
        file("train/labels/a.txt", "0 0.5 0.5 1 1");
        file("valid/images/deep/b.JPG", "");
        file("valid/labels/deep/b.txt", "");
        file("valid/labels/gone.txt", "");

        assertThat(images()).containsExactlyInAnyOrder("train/images/a.webp", "valid/images/deep/b.JPG");
        assertThat(findings()).containsExactly(new Finding(Code.MISSING_FILE, "valid/labels/gone.txt",
                "there is no image of this label file; expected one such as valid/images/gone.jpg"));
    }

    private void assertRefused(String name, String text, String why) throws IOException {
        file(name, text);
        List<SourceItem> items = Sources.all(SourceFormat.YOLO.open(folder.resolve(name), folder, List.of(folder)));
        assertThat(items).filteredOn(Finding.class::isInstance).singleElement().satisfies(finding -> {
            assertThat(((Finding) finding).code()).isEqualTo(Code.MALFORMED_DOCUMENT);
            assertThat(((Finding) finding).message()).contains(why);
        });
        assertThat(items).noneMatch(SourceImage.class::isInstance);
    }

    /** One image with this label file. */
    private void one(String labels) throws IOException {
        file("data.yaml", "train: images\nnames: [cat]\n");
        file("images/a.jpg", "");
        file("labels/a.txt", labels);
    }

    private void file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private <T extends SourceItem> Stream<T> items(Class<T> type) throws IOException {
        Path description = SourceFormat.YOLO.annotations(folder).orElseThrow();
        Path images = SourceFormat.YOLO.images(description).orElseThrow();
        return Sources.all(SourceFormat.YOLO.open(description, images, List.of(folder))).stream().filter(type::isInstance).map(type::cast);
    }

    private List<String> images() throws IOException {
        return items(SourceImage.class).map(SourceImage::fileName).toList();
    }

    private List<String> categories() throws IOException {
        return items(SourceCategory.class).map(category -> category.id() + " " + category.name()).toList();
    }

    private List<String> boxes() throws IOException {
        return items(SourceBox.class).map(box -> box.imageId() + " " + box.id() + ": " + box.categoryId() + " " + box.relative().orElseThrow().in(SIZE)).toList();
    }

    private List<Finding> findings() throws IOException {
        return items(Finding.class).toList();
    }
}
