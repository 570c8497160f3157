package dev.gleaner.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.gleaner.Conflict;
import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.FiledBox;
import dev.gleaner.dataset.CaptionService;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.RequestedSource;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.Finding.Severity;
import dev.gleaner.format.Pictures;
import dev.gleaner.glip.Box;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Imports from registration to the end, step by step as the batch job takes them, on a PostgreSQL of its own. */
class ImportServiceTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @TempDir
    private Path folder;
    private ImportHarness harness;

    @BeforeEach
    void wire() throws Exception {
        harness = new ImportHarness(database, folder);
        Files.createDirectories(folder.resolve("images"));
    }

    @AfterEach
    void emptyTables() throws Exception {
        database.inTransaction(() -> database.entities()
                .createNativeQuery("truncate datasets, dataset_imports, categories restart identity cascade").executeUpdate());
    }

    @Test
    void publishesImagesAndBoxesInUprightPixels() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        Pictures.writeTurned(folder.resolve("images/b.jpg"), 40, 30, 6);
        Path json = write("""
                {"annotations": [
                   {"id": 1, "image_id": 900000000000000001, "category_id": 7, "bbox": [1, 2, 3, 4], "iscrowd": 1,
                    "segmentation": {"counts": [5, 6], "size": [30, 40]}},
                   {"id": 2, "image_id": 5, "category_id": 90, "bbox": [0, 0, 10, 20], "iscrowd": 0}],
                 "images": [{"id": 900000000000000001, "file_name": "a.jpg", "width": 40, "height": 30},
                            {"id": 5, "file_name": "b.jpg", "width": 40, "height": 30}],
                 "categories": [{"id": 90, "name": "cat"}, {"id": 7, "name": "dog"}]}""");

        Dataset dataset = register("turned", json);
        assertThat(dataset.status()).isEqualTo(Dataset.Status.IMPORTING);
        Dataset done = harness.importAll(dataset);

        assertThat(done.status()).isEqualTo(Dataset.Status.READY);
        assertThat(done.imageCount()).isEqualTo(2);
        assertThat(done.annotationCount()).isEqualTo(2);
        assertThat(done.progressDone()).isEqualTo(2);
        assertThat(done.progressTotal()).contains(2);
        assertThat(done.contentHash()).isEqualTo(dataset.contentHash()).isPresent();
        List<Image> images = database.inTransaction(() -> harness.datasets.images(done.id(), 0, 10));
        assertThat(images).extracting(Image::fileName, Image::width, Image::height, Image::orientation)
                .containsExactly(tuple("a.jpg", 40, 30, 1), tuple("b.jpg", 30, 40, 6));
        // b.jpg: a quarter turn clockwise takes the stored top-left corner box (0, 0, 10, 20) of 40x30 to x = 30 - 20, y = 0.
        assertThat(boxes(done)).extracting(b -> b.annotation().imageId(), FiledBox::category, b -> b.annotation().box(),
                        b -> b.annotation().isCrowd(), b -> b.annotation().status())
                .containsExactly(tuple(images.get(0).id(), "dog", Box.xywh(1, 2, 3, 4), true, Annotation.Status.IMPORTED),
                        tuple(images.get(1).id(), "cat", Box.xywh(10, 0, 20, 10), false, Annotation.Status.IMPORTED));
        assertThat(codes(done)).containsExactly(Code.EXIF_ORIENTATION);
        assertThat(stagedRows()).isZero();
    }

    /** As exported by Label Studio 1.23.2: the size of the file as it is stored, and boxes as its editor shows the picture. */
    @Test
    void boxesOfLabelStudiosCocoAreUprightWhateverSizeItGives() throws Exception {
        Pictures.writeTurned(folder.resolve("images/b.jpg"), 40, 30, 6);
        Path json = write("""
                {"images": [{"width": 40, "height": 30, "id": 0, "file_name": "images\\/b.jpg"}], "categories": [{"id": 0, "name": "cat"}],
                 "annotations": [{"id": 0, "image_id": 0, "category_id": 0, "segmentation": [], "bbox": [2, 31, 20, 8], "ignore": 0, "iscrowd": 0, "area": 160}],
                 "info": {"year": 2026, "version": "1.0", "description": "", "contributor": "Label Studio", "url": "", "date_created": "2026-11-30 10:10:48.992100"}}""");

        Dataset done = harness.importAll(register("label-studio", json));

        assertThat(boxes(done)).extracting(b -> b.annotation().box()).containsExactly(Box.xywh(2, 31, 20, 8));
        assertThat(codes(done)).contains(Code.EXIF_ORIENTATION).doesNotContain(Code.BOX_CLIPPED);
    }

    @Test
    void keepsWhatLvisTellsOfOtherCategories() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        Pictures.write(folder.resolve("images/b.jpg"), 40, 30);
        Path json = write("""
                {"images": [{"id": 1, "file_name": "a.jpg", "neg_category_ids": [9, 7, 55], "not_exhaustive_category_ids": [8]},
                            {"id": 2, "file_name": "b.jpg", "neg_category_ids": []}], "annotations": [],
                 "categories": [{"id": 7, "name": "cat", "frequency": "r"}, {"id": 8, "name": "dog", "frequency": "f"}, {"id": 9, "name": "bird"}]}""");

        Dataset done = harness.importAll(register("lvis", json));

        assertThat(done.status()).isEqualTo(Dataset.Status.READY);
        assertThat(database.inTransaction(() -> database.entities().createNativeQuery("""
                        select i.file_name || ' absent ' || (select string_agg(c.name, ',' order by c.id) from categories c where c.id = any(i.absent))
                            || ' not exhaustive ' || (select string_agg(c.name, ',') from categories c where c.id = any(i.not_exhaustive))
                        from images i where i.file_name = 'a.jpg'""", String.class).getResultList())).hasToString("[a.jpg absent cat,bird not exhaustive dog]");
        assertThat(database.count("images where absent = '{}' and not_exhaustive = '{}'")).isOne();
        assertThat(database.inTransaction(() -> database.entities().createNativeQuery("select c.name || d.frequency from dataset_categories d"
                + " join categories c on c.id = d.category_id order by c.id", String.class).getResultList())).hasToString("[catr, dogf]");
    }

    @Test
    void anErrorKeepsEverythingOutAndIsInTheReport() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        Path json = coco("a.jpg", "gone.jpg");

        Dataset done = harness.importAll(register("broken", json));

        assertThat(done.status()).isEqualTo(Dataset.Status.REJECTED);
        assertThat(done.preflight().orElseThrow().errors()).isEqualTo(1);
        assertThat(done.preflight().orElseThrow().groups().get(0).samples().get(0).file()).isEqualTo("gone.jpg");
        assertThat(database.count("images")).isZero();
        assertThat(database.count("annotations")).isZero();
        assertThat(database.count("categories")).isZero();
        assertThat(stagedRows()).isZero();
    }

    @Test
    void aLenientSourceLeavesOutWhatCannotBeUsed() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        Path json = coco("a.jpg", "gone.jpg");

        Dataset done = harness.importAll(harness.register("lenient",
                new RequestedSource("coco", json.toString(), folder.resolve("images").toString(), true)));

        assertThat(done.status()).isEqualTo(Dataset.Status.READY);
        assertThat(done.imageCount()).isEqualTo(1);
        assertThat(done.annotationCount()).isEqualTo(1);
        assertThat(done.preflight().orElseThrow().groups()).extracting(g -> g.severity(), g -> g.code())
                .containsExactly(tuple(Severity.WARNING, Code.MISSING_FILE));
    }

    @Test
    void aFolderLeavesOutUnreadableImages() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        Files.writeString(folder.resolve("images/b.png"), "no picture");

        Dataset done = harness.importAll(registerFolder("photos"));

        assertThat(done.status()).isEqualTo(Dataset.Status.READY);
        assertThat(done.imageCount()).isEqualTo(1);
        assertThat(codes(done)).containsExactly(Code.UNREADABLE_IMAGE);
    }

    @Test
    void captionsThatLieWithTheImagesComeIn() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        Pictures.write(folder.resolve("images/b.jpg"), 41, 30);
        Pictures.write(folder.resolve("images/c.jpg"), 42, 30);
        Files.writeString(folder.resolve("images/a.txt"), "A cat on a mat.\n");
        Files.writeString(folder.resolve("images/captions.txt"), "image,caption\na.jpg,Not this.\nb.jpg,\"Two dogs, one ball.\"\nb.jpg,Nor this.\ngone.jpg,Nothing\n");

        Dataset done = harness.importAll(registerFolder("captioned"));

        assertThat(done.status()).isEqualTo(Dataset.Status.READY);
        assertThat(database.inTransaction(() -> new CaptionService(harness.datasets).captions(done.id(), 0, 10)))
                .extracting(one -> one.image().fileName(), one -> one.caption().caption(), one -> one.caption().setBy())
                .containsExactly(tuple("a.jpg", "A cat on a mat.", "import"), tuple("b.jpg", "Two dogs, one ball.", "import"));
        assertThat(codes(done)).containsExactly(Code.CAPTIONS_TAKEN, Code.NOT_TAKEN);
        assertThat(stagedRows()).isZero();
    }

    @Test
    void aFolderWithoutAnyImageIsRejected() throws Exception {
        Dataset done = harness.importAll(registerFolder("nothing"));

        assertThat(done.status()).isEqualTo(Dataset.Status.REJECTED);
        assertThat(codes(done)).containsExactly(Code.NO_IMAGES);
    }

    @Test
    void theSameContentIsAnsweredWithTheDatasetThatHasIt() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        Dataset first = registerFolder("first");
        assertThat(registerFolder("while it is imported").id()).isEqualTo(first.id());
        harness.importAll(first);

        Files.createDirectories(folder.resolve("copy"));
        Files.copy(folder.resolve("images/a.jpg"), folder.resolve("copy/a.jpg"));
        Dataset second = harness.register("second", new RequestedSource("folder", folder.resolve("copy").toString(), null, false));

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(harness.submitted).containsExactly(first.id());
        assertThat(database.count("datasets")).isEqualTo(1);
        assertThat(database.count("images")).isEqualTo(1);
    }

    @Test
    void contentThatTurnsOutToBeKnownIsRejectedAndNamesItsDataset() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        Dataset first = harness.importAll(registerFolder("first"));
        Dataset large = database.inTransaction(() -> {
            Dataset unknown = new Dataset(harness.projects.findByName("default").orElseThrow(), "first", first.source(), null);
            harness.datasets.add(unknown);
            return unknown;
        });

        Dataset done = harness.importAll(large);

        assertThat(done.status()).isEqualTo(Dataset.Status.REJECTED);
        assertThat(done.duplicateOf()).contains(first.id());
        assertThat(codes(done)).containsExactly(Code.DUPLICATE_DATASET);
        assertThat(database.count("images")).isEqualTo(1);
    }

    @Test
    void aNameIsOneContent() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        harness.importAll(registerFolder("photos"));
        Pictures.write(folder.resolve("images/b.jpg"), 40, 30);

        assertThatThrownBy(() -> registerFolder("photos")).isInstanceOf(Conflict.class).hasMessageContaining("\"photos\"");
        assertThat(harness.submitted).hasSize(1);
    }

    @Test
    void aRejectedDatasetsNameIsFreeAgain() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        harness.importAll(register("set", coco("a.jpg", "b.jpg")));
        Pictures.write(folder.resolve("images/b.jpg"), 50, 30);

        Dataset mended = harness.importAll(register("set", coco("a.jpg", "b.jpg")));

        assertThat(mended.status()).isEqualTo(Dataset.Status.REJECTED);
        assertThat(codes(mended)).containsExactly(Code.SIZE_DIFFERS);
    }

    @Test
    void findsWhatNoSingleEntryShows() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        Files.copy(folder.resolve("images/a.jpg"), folder.resolve("images/b.jpg"));
        Path json = write("""
                {"images": [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30},
                            {"id": 1, "file_name": "b.jpg", "width": 40, "height": 30},
                            {"id": 2, "file_name": "b.jpg", "width": 40, "height": 30}],
                 "annotations": [{"id": 3, "image_id": 2, "category_id": 8, "bbox": [1, 1, 5, 5]},
                                 {"id": 3, "image_id": 2, "category_id": 9, "bbox": [1, 1, 5, 5]},
                                 {"id": 4, "image_id": 77, "category_id": 9, "bbox": [1, 1, 5, 5]},
                                 {"id": 5, "image_id": 2, "category_id": 66, "bbox": [1, 1, 5, 5]}],
                 "categories": [{"id": 8, "name": "x"}, {"id": 8, "name": "y"}, {"id": 9, "name": "x"}]}""");

        Dataset done = harness.importAll(register("mess", json));

        assertThat(done.status()).isEqualTo(Dataset.Status.REJECTED);
        assertThat(messages(done)).containsOnly(
                Map.entry(Code.DUPLICATE_IMAGE_ID, "image id 1 is given 2 times (a.jpg, b.jpg); expected once"),
                Map.entry(Code.DUPLICATE_FILE_NAME, "named by 2 entries (1, 2); expected one"),
                Map.entry(Code.DUPLICATE_PHOTO, "the same bytes as a.jpg and 1 more"),
                Map.entry(Code.DUPLICATE_CATEGORY_ID, "category id 8 is \"x\" and \"y\"; expected one name"),
                Map.entry(Code.DUPLICATE_CATEGORY_NAME, "category \"x\" has 2 entries (ids 8, 9); they became one"),
                Map.entry(Code.DUPLICATE_BOX_ID, "annotation id 3 is given 2 times; expected once"),
                Map.entry(Code.UNKNOWN_IMAGE, "annotation 4: image_id is 77; expected the id of an image"),
                Map.entry(Code.UNKNOWN_CATEGORY, "annotation 5: category_id is 66; expected the id of a category"));
    }

    @Test
    void theReportKeepsTwentySamplesAndCountsAll() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        StringBuilder boxes = new StringBuilder();
        for (int i = 1; i <= 50; i++) {
            boxes.append(i > 1 ? "," : "").append("{\"id\": " + i + ", \"image_id\": 1, \"category_id\": 1, \"bbox\": [100, 1, 5, 5]}");
        }
        Path json = write("{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 40, \"height\": 30}], \"annotations\": [" + boxes
                + "], \"categories\": [{\"id\": 1, \"name\": \"x\"}]}");

        Dataset done = harness.importAll(register("far out", json));

        assertThat(done.preflight().orElseThrow().errors()).isEqualTo(50);
        assertThat(done.preflight().orElseThrow().groups().get(0).samples()).hasSize(20);
    }

    @Test
    void boxesOfAmbiguousImagesFollowTheSourcesOtherTurnedImages() throws Exception {
        Pictures.writeTurned(folder.resolve("images/quarter.jpg"), 40, 30, 6);
        Pictures.writeTurned(folder.resolve("images/half.jpg"), 40, 30, 3);
        Path json = write("""
                {"images": [{"id": 1, "file_name": "quarter.jpg", "width": 40, "height": 30},
                            {"id": 2, "file_name": "half.jpg", "width": 40, "height": 30}],
                 "annotations": [{"id": 1, "image_id": 2, "category_id": 1, "bbox": [0, 0, 10, 5]}],
                 "categories": [{"id": 1, "name": "x"}]}""");

        Dataset done = harness.importAll(register("half", json));

        assertThat(boxes(done)).extracting(b -> b.annotation().box()).containsExactly(Box.xywh(30, 25, 10, 5));
    }

    @Test
    void anInterruptedImportGoesOnAndTurnsNoBoxTwice() throws Exception {
        Pictures.writeTurned(folder.resolve("images/a.jpg"), 40, 30, 6);
        Pictures.writeTurned(folder.resolve("images/b.jpg"), 44, 30, 6);
        Path json = write("""
                {"images": [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30},
                            {"id": 2, "file_name": "b.jpg", "width": 44, "height": 30}],
                 "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 20]},
                                 {"id": 2, "image_id": 2, "category_id": 1, "bbox": [0, 0, 10, 20]}],
                 "categories": [{"id": 1, "name": "x"}]}""");
        long id = register("interrupted", json).id();
        int first = harness.begin(id);
        harness.read(id, first);
        harness.inspect(id, first, 1);
        int second = harness.begin(id);
        assertThat(database.inTransaction(() -> harness.imports.toInspect(id, second, 0, 10))).hasSize(1);
        harness.inspect(id, second, 10);
        harness.fit(id, second, 1);
        int third = harness.begin(id);
        while (harness.fit(id, third, 1) > 0) { }
        harness.conclude(id, third);

        Dataset done = database.inTransaction(() -> harness.datasets.find(id).orElseThrow());
        assertThat(done.status()).isEqualTo(Dataset.Status.READY);
        assertThat(done.progressDone()).isEqualTo(2);
        assertThat(boxes(done)).extracting(b -> b.annotation().box()).containsExactly(Box.xywh(10, 0, 20, 10), Box.xywh(10, 0, 20, 10));
    }

    @Test
    void readingAgainStartsOver() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        long id = registerFolder("twice").id();
        harness.read(id, harness.begin(id));
        int second = harness.begin(id);
        harness.read(id, second);

        assertThat(database.count("import_images")).isEqualTo(1);
    }

    @Test
    void anEarlierAttemptWritesNothingMore() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        long id = registerFolder("fenced").id();
        int first = harness.begin(id);
        harness.begin(id);

        assertThatThrownBy(() -> harness.conclude(id, first)).isInstanceOf(SupersededImport.class);
        assertThatThrownBy(() -> harness.read(id, first)).isInstanceOf(SupersededImport.class);
        assertThat(database.inTransaction(() -> harness.datasets.find(id).orElseThrow().status())).isEqualTo(Dataset.Status.IMPORTING);
    }

    @Test
    void whatIsExportedImportsAgain() throws Exception {
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30);
        Pictures.write(folder.resolve("images/b.jpg"), 44, 30);
        Dataset first = harness.importAll(register("first", coco("a.jpg", "b.jpg")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        database.inTransaction(() -> {
            harness.exports.write(harness.exports.check(first.id(), "coco", Annotation.Status.STANDING, false), out);
            return null;
        });

        Dataset again = harness.importAll(register("again", write(out.toString(StandardCharsets.UTF_8))));

        assertThat(again.status()).isEqualTo(Dataset.Status.READY);
        assertThat(again.id()).isNotEqualTo(first.id());
        assertThat(boxes(again)).extracting(FiledBox::category, b -> b.annotation().box())
                .containsExactlyElementsOf(boxes(first).stream().map(b -> tuple(b.category(), b.annotation().box())).toList());
    }

    private Dataset register(String name, Path json) throws Exception {
        return harness.register(name, new RequestedSource("coco", json.toString(), folder.resolve("images").toString(), false));
    }

    private Dataset registerFolder(String name) throws Exception {
        return harness.register(name, new RequestedSource("folder", folder.resolve("images").toString(), null, false));
    }

    private Path write(String json) throws Exception {
        return Files.writeString(folder.resolve("annotations.json"), json);
    }

    /** A file that names these images as 40x30, each with one box. */
    private Path coco(String... fileNames) throws Exception {
        StringBuilder images = new StringBuilder();
        StringBuilder boxes = new StringBuilder();
        for (int i = 0; i < fileNames.length; i++) {
            int width = fileNames[i].equals("b.jpg") ? 44 : 40;
            images.append(i > 0 ? "," : "").append("{\"id\": " + i + ", \"file_name\": \"" + fileNames[i] + "\", \"width\": " + width + ", \"height\": 30}");
            boxes.append(i > 0 ? "," : "").append("{\"id\": " + i + ", \"image_id\": " + i + ", \"category_id\": 0, \"bbox\": [1.5, 2, 3, 4.25]}");
        }
        return write("{\"images\": [" + images + "], \"annotations\": [" + boxes + "], \"categories\": [{\"id\": 0, \"name\": \"thing\"}]}");
    }

    private List<FiledBox> boxes(Dataset dataset) throws Exception {
        return database.inTransaction(() -> harness.annotations.filed(dataset.id(), List.of(Annotation.Status.values()), 0, 100));
    }

    private static List<Code> codes(Dataset dataset) {
        return dataset.preflight().orElseThrow().groups().stream().map(g -> g.code()).toList();
    }

    private static List<Map.Entry<Code, String>> messages(Dataset dataset) {
        return dataset.preflight().orElseThrow().groups().stream()
                .flatMap(g -> g.samples().stream().map(s -> Map.entry(g.code(), s.message()))).toList();
    }

    private static long stagedRows() throws Exception {
        long rows = 0;
        for (String table : List.of("dataset_imports", "import_documents", "import_categories", "import_images", "import_boxes", "import_captions", "import_findings")) {
            rows += database.count(table);
        }
        return rows;
    }
}
