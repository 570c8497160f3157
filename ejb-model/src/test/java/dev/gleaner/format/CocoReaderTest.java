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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CocoReaderTest {

    @TempDir
    private Path folder;
    private Path images;

    @BeforeEach
    void makeImages() throws IOException {
        images = Files.createDirectory(folder.resolve("images")).toRealPath();
        Files.createFile(images.resolve("a.jpg"));
    }

    @Test
    void readsImagesCategoriesAndBoxesInTheOrderOfTheFile() throws IOException {
        List<SourceItem> items = read("""
                {"info": {"year": 2017, "nested": [1, {"a": []}]},
                 "annotations": [{"id": 3, "image_id": 5, "category_id": 8, "bbox": [1, 2.5, 3, 4e1], "area": 120, "iscrowd": 0,
                                  "segmentation": [[1, 2, 3, 4, 5, 6]]}],
                 "images": [{"id": 5, "file_name": "a.jpg", "width": 40, "height": 30, "license": 1}],
                 "categories": [{"id": 8, "name": " cat ", "supercategory": "animal"}]}""");

        assertThat(items.subList(0, 3)).containsExactly(
                new SourceBox("3", "5", "8", Box.xywh(1, 2.5, 3, 40), false),
                new SourceImage("5", "a.jpg", Optional.of(images.resolve("a.jpg")), Optional.of(new PixelSize(40, 30))),
                new SourceCategory("8", "cat"));
        assertThat(items).hasSize(4).last().isInstanceOf(SourceDocument.class);
    }

    @Test
    void readsWhatLvisTellsOfOtherCategories() throws IOException {
        List<SourceItem> items = read("""
                {"images": [{"id": 5, "file_name": "a.jpg", "neg_category_ids": [8, 9.0, null], "not_exhaustive_category_ids": ["7"]},
                            {"id": 6, "file_name": "a.jpg", "neg_category_ids": []}, {"id": 7, "file_name": "a.jpg"}],
                 "categories": [{"id": 7, "name": "cat", "frequency": "r"}, {"id": 8, "name": "dog", "frequency": "often"}]}""");

        assertThat(items).filteredOn(SourceImage.class::isInstance).extracting(item -> ((SourceImage) item).known()).containsExactly(
                Optional.of(new SourceImage.Known(List.of("8", "9"), List.of("7"))), Optional.of(new SourceImage.Known(List.of(), List.of())), Optional.empty());
        assertThat(items).contains(new SourceCategory("7", "cat", Optional.of("r")), new SourceCategory("8", "dog"));
    }

    @Test
    void takesTheBoxAroundOneThatCvatHasTurned() throws IOException {
        List<SourceItem> items = read("""
                {"images": [{"id": 1, "file_name": "a.jpg", "width": 320, "height": 256}], "categories": [{"id": 6, "name": "star"}],
                 "annotations": [{"id": 6, "image_id": 1, "category_id": 6, "segmentation": [], "bbox": [100.0, 100.0, 40.0, 20.0], "attributes": {"occluded": false, "rotation": 90.0}},
                                 {"id": 7, "image_id": 1, "category_id": 6, "attributes": {"rotation": 0.0, "list": [1, {"rotation": 5}]}, "bbox": [1, 2, 3, 4]},
                                 {"id": 8, "image_id": 1, "category_id": 6, "attributes": [], "bbox": [5, 6, 7, 8]}]}""");

        assertThat(items).filteredOn(SourceBox.class::isInstance).extracting(item -> ((SourceBox) item).box()).satisfiesExactly(
                turned -> assertThat(List.of(turned.x(), turned.y(), turned.width(), turned.height())).usingElementComparator(CocoReaderTest::nearly)
                        .containsExactly(110.0, 90.0, 20.0, 40.0),
                upright -> assertThat(upright).isEqualTo(Box.xywh(1, 2, 3, 4)), upright -> assertThat(upright).isEqualTo(Box.xywh(5, 6, 7, 8)));
        assertThat(items).contains(new Finding(Code.SHAPE_BOXED, null, "annotation 6 of image 1 is a box turned by 90.0 degrees; the upright box around it was taken"));
    }

    private static int nearly(double a, double b) {
        return Math.abs(a - b) < 1e-9 ? 0 : Double.compare(a, b);
    }

    /** As CVAT exports, and as COCO itself is unpacked. */
    @ParameterizedTest
    @ValueSource(strings = {"images/val_2017", "val_2017"})
    void imagesOfAPartAreInAFolderOfItsName(String part) throws IOException {
        Path parts = Files.createDirectories(folder.resolve("unpacked").resolve(part).resolve("sub dir")).toRealPath().getParent();
        Files.createDirectories(parts.resolveSibling("2017"));
        Path document = Files.createDirectories(folder.resolve("unpacked/annotations")).toRealPath().resolve("instances_val_2017.json");
        Files.createFile(parts.resolve("sub dir/b.jpg"));

        assertThat(SourceFormat.COCO.images(document)).contains(parts);
        images = parts;
        assertThat(read("""
                {"images": [{"id": 1, "file_name": "sub dir/b.jpg"}, {"id": 2, "file_name": "val_2017/sub dir/b.jpg"}], "annotations": [], "categories": []}"""))
                .filteredOn(SourceImage.class::isInstance).extracting(item -> ((SourceImage) item).fileName()).containsExactly("sub dir/b.jpg", "sub dir/b.jpg");
    }

    /** CVAT wants annotations/instances_PART.json, and images in images/PART or by their names alone. */
    @Test
    void anArchiveOfImagesIsFoundWhereItWasWritten() throws IOException {
        Path archive = Files.createDirectory(folder.resolve("archive")).toRealPath();
        Path document = archive.resolve(ExportFormat.COCO.document());
        Files.writeString(Files.createDirectories(document.getParent()).resolve(document.getFileName()), "{}");
        for (String name : List.of("b.jpg", "default/c.jpg", "sub/d.jpg")) {
            Path image = archive.resolve(ExportFormat.COCO.imagePlaces().apply(name));
            Files.createDirectories(image.getParent());
            Files.createFile(image);
        }
        assertThat(ExportFormat.COCO.document()).matches("annotations/instances_[a-z]+\\.json");
        assertThat(SourceFormat.COCO.annotations(archive)).contains(document);
        images = SourceFormat.COCO.images(document).orElseThrow();

        assertThat(read("""
                {"images": [{"id": 1, "file_name": "b.jpg"}, {"id": 2, "file_name": "default/c.jpg"}, {"id": 3, "file_name": "sub/d.jpg"}],
                 "annotations": [], "categories": []}""")).filteredOn(Finding.class::isInstance).isEmpty();
    }

    @Test
    void theDocumentIsHashedToItsLastByte() throws IOException {
        // printf '{"images":[]}  ' | sha256sum
        assertThat(read("{\"images\":[]}  ")).contains(
                new SourceDocument("", "f4d52d5b6105837163977712460c49bdeee7c963e01d6d700e6477db61331552"));
    }

    @Test
    void idsMayBeHugeDecimalsOrStrings() throws IOException {
        List<SourceItem> items = read("""
                {"images": [{"id": 123456789012345678901234567890, "file_name": "a.jpg"}],
                 "annotations": [{"id": "x-1", "image_id": 123456789012345678901234567890, "category_id": 2.0, "bbox": [0, 0, 1, 1]}],
                 "categories": [{"id": "2", "name": "cat"}]}""");

        assertThat(items).contains(new SourceBox("x-1", "123456789012345678901234567890", "2", Box.xywh(0, 0, 1, 1), false),
                new SourceCategory("2", "cat"));
    }

    @Test
    void charactersThatNoDatabaseTakesAreReplaced() throws IOException {
        assertThat(read("{\"images\": [], \"categories\": [{\"id\": \"a\\u0000b\", \"name\": \"c\\u0000d\"}]}")).contains(
                new SourceCategory("a\ufffdb", "c\ufffdd"));
    }

    @Test
    void namesAndIdsHaveALimit() throws IOException {
        List<SourceItem> items = read("{\"images\": [], \"categories\": [{\"id\": 1, \"name\": \"" + "x".repeat(201) + "\"}, {\"id\": "
                + "1".repeat(201) + ", \"name\": \"x\"}, {\"id\": 2, \"name\": \"" + "x".repeat(200) + "\"}]}");

        assertThat(findings(items)).filteredOn(f -> f.code() == Code.MALFORMED_ENTRY).hasSize(2);
        assertThat(items).contains(new SourceCategory("2", "x".repeat(200)));
    }

    @Test
    void readsACrowdAndPassesOverItsMask() throws IOException {
        assertThat(read("""
                {"images": [], "annotations": [
                  {"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 1, "bbox": [1, 2, 3, 4], "segmentation": {"counts": "abc\\\\d", "size": [3, 4]}},
                  {"segmentation": {"counts": [1, 2, 3], "size": [3, 4]}, "id": 2, "image_id": 1, "category_id": 1, "iscrowd": true, "bbox": [1, 2, 3, 4]}]}"""))
                .contains(new SourceBox("1", "1", "1", Box.xywh(1, 2, 3, 4), true), new SourceBox("2", "1", "1", Box.xywh(1, 2, 3, 4), true));
    }

    @Test
    void aMissingFileKeepsItsImage() throws IOException {
        List<SourceItem> items = read("{\"images\": [{\"id\": 1, \"file_name\": \"gone.jpg\", \"width\": 4, \"height\": 3}]}");

        assertThat(items).contains(new SourceImage("1", "gone.jpg", Optional.empty(), Optional.of(new PixelSize(4, 3))));
        assertThat(findings(items)).extracting(Finding::code).containsExactly(Code.MISSING_FILE, Code.IMAGES_NOT_NAMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1, 2, 3]", "[1, 2, 3, 4, 5]", "[1, 2, NaN, 4]", "[1, 2, \"3\", 4]", "[]", "null", "7", "{\"x\": 1}", "[1, 2, Infinity, 4]", "[[1, 2], 3, 4]"})
    void aBoxIsFourFiniteNumbers(String bbox) throws IOException {
        List<SourceItem> items = read("{\"images\": [], \"annotations\": [{\"id\": 9, \"image_id\": 1, \"category_id\": 1, \"bbox\": " + bbox
                + "}, {\"id\": 10, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4]}]}");

        assertThat(findings(items)).filteredOn(f -> f.code() == Code.INVALID_BOX).singleElement().extracting(Finding::message).asString()
                .startsWith("annotation 9 of image 1: bbox is ").endsWith("; expected four finite numbers [x, y, width, height]");
        assertThat(items).contains(new SourceBox("10", "1", "1", Box.xywh(1, 2, 3, 4), false));
    }

    @Test
    void aBoxWithoutNumbersSaysWhatItHas() throws IOException {
        assertThat(findings(read("{\"images\": [], \"annotations\": [{\"id\": 9, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, NaN]},"
                + " {\"id\": 8, \"image_id\": 1, \"category_id\": 1}]}"))).extracting(Finding::message).contains(
                "annotation 9 of image 1: bbox is [1, 2, NaN]; expected four finite numbers [x, y, width, height]",
                "annotation 8 of image 1: bbox is missing; expected four finite numbers [x, y, width, height]");
    }

    @Test
    void entriesThatLackAPartAreReportedAndTheRestIsRead() throws IOException {
        List<SourceItem> items = read("""
                {"images": [{"id": 1}, 7, {"file_name": "a.jpg"}, {"id": 2, "file_name": "a.jpg", "width": 0, "height": "tall"}],
                 "annotations": [{"id": 4, "bbox": [1, 2, 3, 4]}], "categories": [{"id": 1}, {"id": {"no": 1}, "name": "x"}]}""");

        assertThat(findings(items)).filteredOn(f -> f.code() == Code.MALFORMED_ENTRY).extracting(Finding::message).containsExactly(
                "image: id is 1, file_name is null; expected both",
                "an entry of \"images\" is a number; expected an object",
                "image: id is null, file_name is a.jpg; expected both",
                "annotation 4: image_id is null, category_id is null; expected both",
                "category: id is 1, name is null; expected both, of at most 200 characters",
                "category: id is null, name is x; expected both, of at most 200 characters");
        assertThat(items).contains(new SourceImage("2", "a.jpg", Optional.of(images.resolve("a.jpg")), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "7", "{}", "{\"images\": {}}", "{\"images\": [", "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\"},",
        "{\"images\": []", "{\"images\": []} {}", "{images: []}", "{\"annotations\": []}", "{\"images\": null}"})
    void anythingElseIsRefusedAndHasNoHash(String json) throws IOException {
        List<SourceItem> items = read(json);

        assertThat(findings(items)).filteredOn(f -> f.code() == Code.MALFORMED_DOCUMENT).hasSize(1);
        assertThat(items).noneMatch(SourceDocument.class::isInstance);
    }

    @Test
    void saysWhereTheDocumentBreaks() throws IOException {
        assertThat(findings(read("{\"images\": [],\n \"annotations\": [}"))).singleElement().extracting(Finding::message).asString()
                .isEqualTo("line 2, column 18: Unexpected close marker '}': expected ']'");
    }

    @Test
    void namesAFileOfResults() throws IOException {
        assertThat(findings(read("[{\"image_id\": 1, \"score\": 0.5}]"))).singleElement().extracting(Finding::message).asString()
                .isEqualTo("line 1, column 1: it holds a list; expected one object with the lists \"images\", \"annotations\" and \"categories\"");
    }

    @Test
    void saysWhenTheFolderHoldsMoreThanIsNamed() throws IOException {
        Files.createFile(images.resolve("b.png"));

        assertThat(findings(read("{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\"}]}"))).containsExactly(new Finding(Code.IMAGES_NOT_NAMED, null,
                "the folder of images holds 2 images, of which the annotations name 1; the others were left out"));
    }

    @Test
    void takesTheBoxAroundAMaskWhereThereIsNoBox() throws IOException {
        // A mask of 4 x 3 pixels with object pixels (x 1, y 1 and 2) and (x 2, y 0): columns downwards, 4 empty, 3 full, 5 empty.
        List<SourceItem> items = read("""
                {"images": [], "categories": [{"id": 1, "name": "cat"}], "annotations": [
                  {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[10, 20, 30.5, 20, 30.5, 60], [5, 25, 6, 26, 7, 27]]},
                  {"id": 2, "image_id": 1, "category_id": 1, "bbox": [], "segmentation": [10, 20, 30, 60, 12, 14]},
                  {"id": 3, "image_id": 1, "category_id": 1, "bbox": null, "iscrowd": "1", "segmentation": {"counts": [4, 3, 5], "size": [3, 4]}},
                  {"id": 4, "image_id": 1, "category_id": 1, "segmentation": {"size": [3, 4], "counts": "435"}},
                  {"id": 5, "image_id": 1, "category_id": 1, "segmentation": {"size": [3, 4], "counts": [4, 3, 99]}},
                  {"id": 6, "image_id": 1, "category_id": 1, "segmentation": []},
                  {"id": 7, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3], "segmentation": [[10, 20, 30, 20, 30, 60]]},
                  {"id": 8, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "segmentation": [[10, 20, 30, 20, 30, 60]]}]}""");

        assertThat(items).filteredOn(SourceBox.class::isInstance).containsExactly(
                new SourceBox("1", "1", "1", Box.xywh(5, 20, 25.5, 40), false), new SourceBox("2", "1", "1", Box.xywh(10, 14, 20, 46), false),
                new SourceBox("3", "1", "1", Box.xywh(1, 0, 2, 3), true), new SourceBox("4", "1", "1", Box.xywh(1, 0, 2, 3), false),
                new SourceBox("8", "1", "1", Box.xywh(1, 2, 3, 4), false));
        assertThat(findings(items)).filteredOn(f -> f.code() == Code.SHAPE_BOXED).hasSize(4)
                .first().extracting(Finding::message).isEqualTo("annotation 1 of image 1: bbox is missing; the box around its segmentation was taken");
        assertThat(findings(items)).filteredOn(f -> f.code() == Code.INVALID_BOX).hasSize(3);
    }

    /** Runs with differences and signs: 200, 3, 197, 3, 194 of which the fourth and fifth are written as 0 and -3. */
    @Test
    void readsCompressedRunsThatAreDifferences() throws IOException {
        assertThat(read("{\"images\": [], \"annotations\": [{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"segmentation\": {\"size\": [200, 3], \"counts\": \"X63U60M\"}}]}"))
                .contains(new SourceBox("1", "1", "1", Box.xywh(1, 0, 2, 3), false));
    }

    @Test
    void leavesOutTheSupercategoryThatRoboflowPutsInFront() throws IOException {
        String categories = "{\"images\": [], \"categories\": [{\"id\": 0, \"name\": \"animals\", \"supercategory\": \"none\"},"
                + "{\"id\": 1, \"name\": \"cat\", \"supercategory\": \"animals\"}, {\"id\": 2, \"name\": \"sky\", \"supercategory\": \"none\"}]";

        List<SourceItem> unused = read(categories + "}");
        assertThat(unused).filteredOn(SourceCategory.class::isInstance).containsExactly(new SourceCategory("1", "cat"), new SourceCategory("2", "sky"));
        assertThat(findings(unused)).extracting(Finding::code).contains(Code.NOT_TAKEN);
        assertThat(findings(unused)).extracting(Finding::message)
                .contains("category 0 \"animals\" is only the supercategory of others, and no annotation is of it; it was left out");

        List<SourceItem> used = read(categories + ", \"annotations\": [{\"id\": 1, \"image_id\": 1, \"category_id\": 0, \"bbox\": [1, 2, 3, 4]}]}");
        assertThat(used).contains(new SourceCategory("0", "animals"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../media/upload/1/a.jpg", "C:\\\\data\\\\set\\\\a.jpg", "https://host/set/a.jpg?token=1#top", "set/%61.jpg", "a.PNG", "a"})
    void findsFilesByNamesFromElsewhere(String name) throws IOException {
        List<SourceItem> items = read("{\"images\": [{\"id\": 1, \"file_name\": \"" + name + "\"}]}");

        assertThat(items).contains(new SourceImage("1", "a.jpg", Optional.of(images.resolve("a.jpg")), Optional.empty()));
        assertThat(findings(items)).extracting(Finding::code).containsExactly(Code.FILE_NAME_MENDED);
    }

    @Test
    void findsFilesWhoseAccentsAMacTookApart() throws IOException {
        Files.createFile(images.resolve("caf\u00e9.jpg"));

        assertThat(read("{\"images\": [{\"id\": 1, \"file_name\": \"cafe\u0301.jpg\"}]}")).filteredOn(SourceImage.class::isInstance)
                .extracting(item -> ((SourceImage) item).fileName()).containsExactly("caf\u00e9.jpg");
    }

    @Test
    void readsWhatPythonWrites() throws IOException {
        List<SourceItem> items = read("\ufeff{\"images\": [{\"id\": 9007199254740993, \"file_name\": \"a.jpg\", \"width\": 40.0, \"height\": \"30\", \"license\": null,"
                + " \"flickr_url\": NaN}], \"annotations\": [{\"id\": NaN, \"image_id\": 9007199254740993, \"category_id\": 1, \"bbox\": [1, 2, 3, 4],"
                + " \"area\": -Infinity, \"iscrowd\": null, \"segmentation\": NaN}]}");

        assertThat(items).contains(new SourceImage("9007199254740993", "a.jpg", Optional.of(images.resolve("a.jpg")), Optional.of(new PixelSize(40, 30))),
                new SourceBox("NaN", "9007199254740993", "1", Box.xywh(1, 2, 3, 4), false));
        assertThat(findings(items)).isEmpty();
    }

    private static List<Finding> findings(List<SourceItem> items) {
        return items.stream().filter(Finding.class::isInstance).map(Finding.class::cast).toList();
    }

    private List<SourceItem> read(String json) throws IOException {
        Path file = Files.writeString(folder.resolve("coco.json"), json);
        return Sources.all(new CocoReader(file, new ImageFiles(images, List.of(images))));
    }
}
