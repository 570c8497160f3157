package dev.gleaner.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Answer;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.RealPhotos;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Imports and exports through REST, carried out by the batch job on the deployed application. */
@ExtendWith(GleanerServerExtension.class)
class DatasetImportIT {

    @TempDir
    private Path folder;

    @Test
    void realPhotosAreRegisteredOnceAndExportedForTheCocoTools(GleanerServer server) {
        Path raccoons = RealPhotos.raccoons();
        Map<String, Object> source = Map.of("type", "voc", "path", raccoons.resolve("Annotations").toString(),
                "images", raccoons.resolve("JPEGImages").toString());
        long id = register(server, "raccoons of the import test", source);
        JsonNode dataset = awaitImport(server, id);

        assertThat(dataset.path("status").textValue()).as(dataset.toString()).isEqualTo("READY");
        assertThat(dataset.path("images").intValue()).isEqualTo(160);
        assertThat(dataset.path("annotations").intValue()).isEqualTo(173);
        assertThat(register(server, "the same under another name", source)).isEqualTo(id);

        JsonNode coco = server.get("/api/datasets/" + id + "/export?format=coco").expect(200).json();
        CocoRules.assertKept(coco);
        assertThat(coco.path("images")).hasSize(160);
        assertThat(coco.path("annotations")).hasSizeGreaterThanOrEqualTo(173);
        assertThat(boxesOf(coco, "raccoon-1.jpg")).contains("[80.0,87.0,442.0,321.0]");
    }

    @Test
    void whatIsWrongIsReportedAndNothingIsKept(GleanerServer server) throws IOException {
        picture("a.png", 0);
        Files.writeString(folder.resolve("b.png"), "no picture");
        Path json = Files.writeString(folder.resolve("coco.json"), """
                {"images": [{"id": 1, "file_name": "a.png", "width": 32, "height": 24}, {"id": 2, "file_name": "b.png", "width": 32, "height": 24},
                            {"id": 3, "file_name": "c.png", "width": 32, "height": 24}],
                 "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [90, 90, 5, 5]}],
                 "categories": [{"id": 1, "name": "a category that must not stay"}]}""");

        long id = register(server, "broken", Map.of("type", "coco", "path", json.toString()));
        JsonNode dataset = awaitImport(server, id);

        assertThat(dataset.path("status").textValue()).isEqualTo("REJECTED");
        assertThat(dataset.path("preflight").path("errors").intValue()).isEqualTo(3);
        assertThat(dataset.path("preflight").findValuesAsText("code")).containsExactlyInAnyOrder("UNREADABLE_IMAGE", "MISSING_FILE", "BOX_OUTSIDE");
        assertThat(server.get("/api/datasets/" + id + "/images").expect(200).json().path("items")).isEmpty();
        assertThat(server.get("/api/datasets/" + id + "/export?format=coco").status()).isEqualTo(409);
        assertThat(server.get("/api/projects").expect(200).body()).doesNotContain("a category that must not stay");
    }

    @Test
    void aFormatThatCannotBeWrittenIsNamed(GleanerServer server) throws IOException {
        picture("a.png", 1);
        long id = register(server, "one image", Map.of("type", "folder", "path", folder.toString()));
        assertThat(awaitImport(server, id).path("status").textValue()).isEqualTo("READY");

        assertThat(server.get("/api/datasets/" + id + "/export?format=tfrecord").expect(400).body())
                .contains("format", "tfrecord", "one of [coco");
    }

    @Test
    void anArchiveOfLabelStudioComesInAndGoesOutForCvatInTheConsole(GleanerServer server) throws IOException {
        Path exports = Path.of("../ejb-model/src/test/resources/labelstudio").toRealPath();
        Path zip = folder.resolve("labelstudio.zip");
        try (ZipOutputStream archive = new ZipOutputStream(Files.newOutputStream(zip)); Stream<Path> files = Files.walk(exports)) {
            for (Path file : files.filter(Files::isRegularFile).filter(f -> f.toString().matches(".*/(images/.*|labels/.*|classes.txt)")).toList()) {
                archive.putNextEntry(new ZipEntry("set/" + exports.relativize(file)));
                Files.copy(file, archive);
            }
        }
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/datasets/new");
            browser.button("YOLO").click();
            browser.find("input[name=name]").sendKeys("of Label Studio");
            browser.find("input[name=path]").sendKeys(zip.toString());
            assertThat(browser.barriers()).isEmpty();
            browser.pictures("new-dataset-yolo");
            browser.button("Register").click();
            browser.awaitText("#export summary", "Export");
            browser.find("#export summary").click();
            browser.find("select[name=export-format] option[value=cvat]").click();
            browser.find("input[name=export-images]").click();
            browser.await(() -> browser.find("#export a.button").getDomAttribute("href").endsWith("format=cvat&images=true"));
            assertThat(browser.barriers()).isEmpty();
            browser.pictures("dataset-export");
            assertThat(browser.complaints()).isEmpty();

            Answer whole = server.get(browser.find("#export a.button").getDomAttribute("href")).expect(200);
            assertThat(whole.headers().firstValue("Content-Type")).contains("application/zip");
            assertThat(whole.headers().firstValue("Content-Disposition").orElseThrow()).matches("attachment; filename=\"dataset-[0-9]+-cvat.zip\"");
            browser.find("input[name=export-images]").click();
            browser.await(() -> browser.find("#export a.button").getDomAttribute("href").endsWith("format=cvat"));
            Answer xml = server.get(browser.find("#export a.button").getDomAttribute("href")).expect(200);
            assertThat(xml.headers().firstValue("Content-Type")).contains("application/xml");
            assertThat(xml.body()).contains("<image id=\"0\" name=\"18f784a3-shape_1.png\" width=\"160\" height=\"120\">",
                    "label=\"person\" source=\"manual\" occluded=\"0\" xtl=\"9.60\" ytl=\"12.00\" xbr=\"57.60\" ybr=\"42.00\"");

            String dataset = browser.driver().getCurrentUrl().replaceFirst(".*/", "");
            JsonNode difference = server.post("/api/datasets/" + dataset + "/updates/preview",
                    Map.of("source", Map.of("type", "label-studio", "path", exports.resolve("label-studio.json").toString()))).expect(200).json();
            assertThat(difference.path("images").intValue()).isEqualTo(6);
            assertThat(difference.path("differences").intValue()).as(difference.toString()).isZero();
        }
    }

    @Test
    void aSourceThatIsNotThereIsRefusedAtOnce(GleanerServer server) {
        String body = server.post("/api/datasets", Map.of("name", "nothing", "source", Map.of("type", "folder", "path", folder + "/nowhere")))
                .expect(400).body();

        assertThat(body).contains("source.path", folder + "/nowhere", "under one of");
        assertThat(server.get("/api/datasets?limit=500").expect(200).json().path("items").findValuesAsText("name")).doesNotContain("nothing");
    }

    @Test
    void pagesHoldEveryImageOnce(GleanerServer server) throws IOException {
        for (int i = 0; i < 25; i++) {
            picture("page " + i + ".png", 1000 + i);
        }
        long id = register(server, "pages", Map.of("type", "folder", "path", folder.toString()));
        assertThat(awaitImport(server, id).path("images").intValue()).isEqualTo(25);

        assertThat(imageNames(server, id, 10)).hasSize(25);
        assertThat(server.get("/api/datasets/" + id + "/images?limit=500").expect(200).json().path("items")).hasSize(25);
    }

    @Test
    void aKilledImportIsFinishedByTheNextServer(@TempDir Path home) throws IOException {
        int images = 3000;
        for (int i = 0; i < images; i++) {
            picture("killed " + i + ".png", 5000 + i);
        }
        try (GleanerServer server = GleanerServer.start(home, Map.of())) {
            long id = register(server, "killed", Map.of("type", "folder", "path", folder.toString()));
            server.await("some images are inspected", () -> done(server, id) > 0);
            server.kill9();

            JsonNode dataset = awaitImport(server, id);

            assertThat(dataset.path("status").textValue()).as(dataset.toString()).isEqualTo("READY");
            assertThat(dataset.path("images").intValue()).isEqualTo(images);
            assertThat(dataset.path("progress").path("done").intValue()).isEqualTo(images);
            assertThat(imageNames(server, id, 500)).hasSize(images);
        }
    }

    private static int done(GleanerServer server, long id) {
        return server.get("/api/datasets/" + id).expect(200).json().path("progress").path("done").intValue();
    }

    private static long register(GleanerServer server, String name, Map<String, Object> source) {
        return server.post("/api/datasets", Map.of("name", name, "source", source)).expect(202).json().path("id").longValue();
    }

    private static JsonNode awaitImport(GleanerServer server, long id) {
        server.await("dataset " + id + " is imported",
                () -> !server.get("/api/datasets/" + id).expect(200).json().path("status").textValue().equals("IMPORTING"));
        return server.get("/api/datasets/" + id).expect(200).json();
    }

    /** Reads all pages, and fails when a name comes twice. */
    private static Set<String> imageNames(GleanerServer server, long id, int limit) {
        Set<String> names = new HashSet<>();
        String next = "0";
        do {
            JsonNode page = server.get("/api/datasets/" + id + "/images?limit=" + limit + "&after=" + next).expect(200).json();
            for (JsonNode image : page.path("items")) {
                assertThat(names.add(image.path("fileName").textValue())).as(image.toString()).isTrue();
            }
            next = page.path("next").asText("null");
        } while (!next.equals("null"));
        return names;
    }

    private static Set<String> boxesOf(JsonNode coco, String fileName) {
        Set<String> boxes = new HashSet<>();
        for (JsonNode image : coco.path("images")) {
            for (JsonNode box : coco.path("annotations")) {
                if (image.path("file_name").textValue().equals(fileName) && box.path("image_id").equals(image.path("id"))) {
                    boxes.add(box.path("bbox").toString());
                }
            }
        }
        return boxes;
    }

    /** A picture of 32x24 whose bytes no other number has. */
    private void picture(String name, int number) throws IOException {
        BufferedImage image = new BufferedImage(32, 24, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, number);
        ImageIO.write(image, "png", folder.resolve(name).toFile());
    }
}
