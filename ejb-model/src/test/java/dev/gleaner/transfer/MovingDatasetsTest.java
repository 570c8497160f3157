package dev.gleaner.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.FiledBox;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.RequestedSource;
import dev.gleaner.format.ExportFormat;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.Pictures;
import dev.gleaner.format.SourceFormat;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A dataset goes out in each format as an archive with its images, and comes back as another dataset of the same content. */
class MovingDatasetsTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @TempDir
    private static Path folder;
    private static ImportHarness harness;
    private static Dataset original;

    @BeforeAll
    static void importTheOriginal() throws Exception {
        harness = new ImportHarness(database, folder);
        Files.createDirectories(folder.resolve("photos/sub"));
        StringBuilder images = new StringBuilder();
        StringBuilder boxes = new StringBuilder();
        for (int exif = 1; exif <= 8; exif++) {
            String name = exif == 8 ? "sub/\u00e4 turned & 8.jpg" : "turned " + exif + ".jpg";
            Pictures.writeTurned(folder.resolve("photos").resolve(name), 43, 31, exif);
            int width = exif >= 5 ? 31 : 43;
            int height = exif >= 5 ? 43 : 31;
            images.append("{\"id\": ").append(exif).append(", \"file_name\": \"").append(name).append("\", \"width\": ").append(width).append(", \"height\": ").append(height).append("},");
            boxes.append("{\"id\": ").append(exif).append(", \"image_id\": ").append(exif).append(", \"category_id\": 1, \"bbox\": [0, 0, ").append(width).append(", ").append(height)
                    .append("]}, {\"id\": 2").append(exif).append(", \"image_id\": ").append(exif).append(", \"category_id\": 9, \"bbox\": [").append(exif / 3.0).append(", 1.1, 7.77, ")
                    .append(exif * 1.7).append("]},");
        }
        Path json = Files.writeString(folder.resolve("photos/coco.json"), "{\"images\": [" + images + "{\"id\": 0, \"file_name\": \"none.png\"}], \"annotations\": [" + boxes
                + "{\"id\": 99, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4], \"iscrowd\": 1, \"segmentation\": {\"size\": [31, 43], \"counts\": [1, 2, 3]}}],"
                + "\"categories\": [{\"id\": 9, \"name\": \"\u4ea4\u901a\u706f\"}, {\"id\": 1, \"name\": \"a \\\"cat\\\", or so\"}]}");
        Pictures.write(folder.resolve("photos/none.png"), 5, 5);
        original = harness.importAll(harness.register("original", new RequestedSource("coco", json.toString(), null, false)));
        assertThat(original.status()).isEqualTo(Dataset.Status.READY);
    }

    @Test
    void everyFormatBringsBackWhatItTook() throws Exception {
        Map<String, List<String>> taken = boxes(original);
        assertThat(taken).hasSize(9);
        assertThat(taken.get("turned 1.jpg")).hasSize(3);
        for (ExportFormat format : ExportFormat.values()) {
            Path zip = export(format);

            Dataset moved = harness.importAll(harness.register("moved as " + format, source(format, zip)));

            assertThat(moved.status()).as(format + ": " + moved.preflight()).isEqualTo(Dataset.Status.READY);
            boolean crowds = format != ExportFormat.YOLO && format != ExportFormat.YOLO_DARKNET;
            assertThat(boxes(moved)).as(format.toString()).isEqualTo(crowds ? taken : without(taken, "crowd"));
            assertThat(moved.preflight().orElseThrow().groups()).as(format.toString()).extracting(group -> group.code()).isSubsetOf(Code.EXIF_ORIENTATION, Code.SIZE_MISSING);
        }
    }

    @Test
    void theSameArchiveAgainChangesNothing() throws Exception {
        Path zip = export(ExportFormat.VOC);
        Dataset first = harness.importAll(harness.register("first", source(ExportFormat.VOC, zip)));
        Dataset known = harness.get(first.duplicateOf().orElse(first.id()));
        long boxes = database.count("annotations");
        long images = database.count("images");

        Dataset again = harness.importAll(harness.register("again", source(ExportFormat.VOC, zip)));

        assertThat(again.status()).isEqualTo(Dataset.Status.REJECTED);
        assertThat(again.duplicateOf()).contains(known.id());
        assertThat(database.count("annotations")).isEqualTo(boxes);
        assertThat(database.count("images")).isEqualTo(images);
    }

    @Test
    void anArchiveThatLeadsOutIsRejectedWithTheReason() throws Exception {
        Path zip = folder.resolve("evil.zip");
        try (OutputStream out = Files.newOutputStream(zip); ZipOutputStream archive = new ZipOutputStream(out)) {
            archive.putNextEntry(new ZipEntry("../../evil.txt"));
        }

        Dataset evil = harness.importAll(harness.register("evil", new RequestedSource("folder", zip.toString(), null, false)));

        assertThat(evil.status()).isEqualTo(Dataset.Status.REJECTED);
        assertThat(evil.preflight().orElseThrow().groups()).extracting(group -> group.code()).contains(Code.REFUSED_ARCHIVE);
        assertThat(folder.resolve("home/evil.txt")).doesNotExist();
    }

    private static RequestedSource source(ExportFormat format, Path zip) {
        String type = format == ExportFormat.YOLO_DARKNET ? SourceFormat.YOLO.label() : format.label();
        return new RequestedSource(type, zip.toString(), null, false);
    }

    private static Path export(ExportFormat format) throws Exception {
        Path zip = folder.resolve(format + ".zip");
        try (OutputStream out = Files.newOutputStream(zip)) {
            database.inTransaction(() -> {
                harness.exports.write(harness.exports.check(original.id(), format.label(), Annotation.Status.STANDING, true), out);
                return null;
            });
        }
        return zip;
    }

    /** By name of the image: its size, and its boxes in their order. */
    private static Map<String, List<String>> boxes(Dataset dataset) throws Exception {
        return database.inTransaction(() -> {
            List<Image> images = harness.datasets.images(dataset.id(), 0, 100);
            Map<Long, Image> byId = images.stream().collect(Collectors.toMap(Image::id, Function.identity()));
            Map<String, List<String>> boxes = new TreeMap<>();
            images.forEach(image -> boxes.put(image.fileName(), new ArrayList<>()));
            for (FiledBox box : harness.annotations.filed(dataset.id(), List.of(Annotation.Status.IMPORTED), 0, 1000)) {
                Image image = byId.get(box.annotation().imageId());
                boxes.get(image.fileName()).add(image.width() + "x" + image.height() + " " + box.category() + " " + box.annotation().box()
                        + (box.annotation().isCrowd() ? " crowd" : ""));
            }
            return boxes;
        });
    }

    private static Map<String, List<String>> without(Map<String, List<String>> boxes, String mark) {
        Map<String, List<String>> rest = new TreeMap<>();
        boxes.forEach((image, all) -> rest.put(image, all.stream().filter(box -> !box.endsWith(mark)).toList()));
        return rest;
    }
}
