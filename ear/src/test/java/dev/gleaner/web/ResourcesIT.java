package dev.gleaner.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Answer;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Each resource does what its route says. */
@ExtendWith(GleanerServerExtension.class)
class ResourcesIT {

    private static final int IMAGES = 5;

    private static String project;
    private static Path folder;
    private static long dataset;
    private static long model;
    private static long run;

    @BeforeAll
    static void labelAFewImages(GleanerServer server, @TempDir Path temporary) {
        project = Fixtures.project(server);
        folder = Fixtures.images(temporary.resolve("images"), IMAGES - 1);
        Fixtures.turnedImage(folder.resolve("turned.jpg"));
        dataset = Fixtures.dataset(server, project, folder);
        model = Fixtures.model(server, project);
        run = Fixtures.run(server, dataset, model);
        Fixtures.awaitEnd(server, run);
    }

    @Test
    void aNewProjectIsAtTheAddressItsAnswerNames(GleanerServer server) {
        Answer created = server.post("/api/projects", Map.of("name", "fresh " + System.nanoTime())).expect(201);
        URI address = URI.create(created.headers().firstValue("Location").orElseThrow());
        assertThat(server.get(address.getPath()).expect(200).json()).isEqualTo(created.json());
        assertThat(address.getPath()).isEqualTo("/api/projects/" + created.json().get("id").asLong());
    }

    @Test
    void theDefaultProjectIsThere(GleanerServer server) {
        assertThat(server.get("/api/projects").expect(200).json().get("items").findValuesAsText("name")).contains("default", project);
    }

    @Test
    void aDatasetTellsWhatItHolds(GleanerServer server) {
        JsonNode shown = server.get("/api/datasets/" + dataset).expect(200).json();
        assertThat(shown.get("status").asText()).isEqualTo("READY");
        assertThat(shown.get("images").asInt()).isEqualTo(IMAGES);
        assertThat(shown.get("annotations").asInt()).isZero();
        assertThat(shown.at("/source/type").asText()).isEqualTo("folder");
        assertThat(shown.at("/preflight/errors").asInt()).isZero();
    }

    @Test
    void theSameContentIsTheSameDataset(GleanerServer server) {
        Answer again = server.post("/api/datasets", Map.of("name", "again", "project", project,
                "source", Map.of("type", "folder", "path", folder.toString()))).expect(202);
        assertThat(again.json().get("id").asLong()).isEqualTo(dataset);
    }

    @Test
    void aSourceThatCannotBeUsedIsRejectedWithAReport(GleanerServer server, @TempDir Path temporary) throws IOException {
        Path images = Fixtures.images(temporary.resolve("images"), 1);
        Path coco = temporary.resolve("coco.json");
        Files.writeString(coco, """
                {"categories":[],"annotations":[],"images":[
                {"id":1,"file_name":"image-0.png","width":120,"height":80},{"id":2,"file_name":"none.png","width":120,"height":80}]}""");
        long rejected = Fixtures.dataset(server, project, "broken", Map.of("type", "coco", "path", coco.toString(), "images", images.toString()));
        JsonNode shown = server.get("/api/datasets/" + rejected).expect(200).json();
        assertThat(shown.get("status").asText()).isEqualTo("REJECTED");
        assertThat(shown.at("/preflight/groups/0/code").asText()).isEqualTo("MISSING_FILE");
        assertThat(shown.at("/preflight/groups/0/samples/0/file").asText()).isEqualTo("none.png");
        assertThat(server.get("/api/datasets/" + rejected + "/images").expect(200).json().get("items")).isEmpty();
    }

    @Test
    void imagesComeInPagesThatMeetWithoutGapOrOverlap(GleanerServer server) {
        List<String> names = new ArrayList<>();
        long after = 0;
        int pages = 0;
        JsonNode page;
        do {
            page = server.get("/api/datasets/" + dataset + "/images?limit=2&after=" + after).expect(200).json();
            page.get("items").forEach(image -> names.add(image.get("fileName").asText()));
            after = page.path("next").asLong();
            pages++;
        } while (after != 0);
        assertThat(names).containsExactly("image-0.png", "image-1.png", "image-2.png", "image-3.png", "turned.jpg");
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void annotationsTellWhereTheyCameFrom(GleanerServer server) {
        JsonNode boxes = server.get("/api/datasets/" + dataset + "/annotations?status=proposed").expect(200).json().get("items");
        assertThat(boxes).isNotEmpty();
        for (JsonNode box : boxes) {
            assertThat(box.get("labelingRun").asLong()).isEqualTo(run);
            assertThat(box.get("modelVersion").asLong()).isEqualTo(model);
            assertThat(box.get("score").asDouble()).isBetween(0.1, 1.0);
            assertThat(box.get("bbox")).hasSize(4);
            assertThat(box.get("phrase").asText()).isEqualTo(box.get("category").asText().equals("circle") ? "red circle" : "umbrella");
        }
        assertThat(server.get("/api/datasets/" + dataset + "/annotations?status=ACCEPTED&status=REJECTED").expect(200).json().get("items")).isEmpty();
    }

    @Test
    void imagesCanComeWithTheirBoxesOrOnlyWhereTheyHaveSome(GleanerServer server) {
        JsonNode images = server.get("/api/datasets/" + dataset + "/images?boxes=true").expect(200).json().get("items");
        assertThat(images).hasSize(IMAGES);
        for (JsonNode image : images) {
            JsonNode alone = server.get("/api/images/" + image.get("id").asLong()).expect(200).json();
            assertThat(image.get("boxes")).isEqualTo(alone.get("boxes"));
        }
        assertThat(server.get("/api/datasets/" + dataset + "/images?status=IMPORTED").expect(200).json().get("items")).isEmpty();
        assertThat(server.get("/api/datasets/" + dataset + "/images").expect(200).json().at("/items/0").has("boxes")).isFalse();
    }

    @Test
    void picturesAreUprightAndThumbnailsSmall(GleanerServer server) throws Exception {
        JsonNode images = server.get("/api/datasets/" + dataset + "/images").expect(200).json().get("items");
        JsonNode plain = images.get(0);
        assertThat(bytes(server, "/api/images/" + plain.get("id").asLong() + "/picture").body())
                .as("a plain PNG is served as it is").isEqualTo(Files.readAllBytes(folder.resolve("image-0.png")));

        JsonNode turned = images.get(IMAGES - 1);
        assertThat(turned.get("width").asInt()).isEqualTo(80);
        assertThat(turned.get("height").asInt()).isEqualTo(120);
        for (String kind : List.of("picture", "thumbnail")) {
            HttpResponse<byte[]> answer = bytes(server, "/api/images/" + turned.get("id").asLong() + "/" + kind);
            BufferedImage shown = ImageIO.read(new ByteArrayInputStream(answer.body()));
            assertThat(shown.getWidth()).as(kind).isEqualTo(80);
            assertThat(shown.getHeight()).as(kind).isEqualTo(120);
            // The circle lies left of the middle and high in the stored picture; turned to the right it lies high and right.
            assertThat(shown.getRGB(80 - 25, 26) >> 16 & 0xff).as(kind).isCloseTo(200, within(25));
            assertThat(answer.headers().firstValue("Content-Type")).contains("image/jpeg");
        }
    }

    @Test
    void aPictureTheBrowserHasIsNotSentAgain(GleanerServer server) throws Exception {
        long image = server.get("/api/datasets/" + dataset + "/images?limit=1").json().at("/items/0/id").asLong();
        String tag = bytes(server, "/api/images/" + image + "/thumbnail").headers().firstValue("ETag").orElseThrow();
        server.send(server.request("/api/images/" + image + "/thumbnail").header("If-None-Match", tag).GET()).expect(304);
    }

    private static HttpResponse<byte[]> bytes(GleanerServer server, String path) throws Exception {
        HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(server.request(path).GET().build(), BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return answer;
    }

    @Test
    void exportsAsCoco(GleanerServer server) {
        Answer export = server.get("/api/datasets/" + dataset + "/export?format=coco").expect(200);
        assertThat(export.headers().firstValue("Content-Disposition").orElse("")).contains("attachment").contains("coco.json");
        JsonNode coco = export.json();
        assertThat(coco.get("images")).hasSize(IMAGES);
        assertThat(coco.get("categories").findValuesAsText("name")).containsExactlyInAnyOrder("umbrella", "circle");
        assertThat(coco.get("annotations")).hasSameSizeAs(server.get("/api/datasets/" + dataset + "/annotations?limit=500").json().get("items"));
    }

    @Test
    void aRunTellsWhatItDid(GleanerServer server) {
        JsonNode shown = server.get("/api/labeling-runs/" + run).expect(200).json();
        assertThat(shown.get("status").asText()).isEqualTo("COMPLETED");
        assertThat(shown.get("done").asInt()).isEqualTo(IMAGES);
        assertThat(shown.get("total").asInt()).isEqualTo(IMAGES);
        assertThat(shown.get("quarantined").asInt()).isZero();
        assertThat(shown.at("/thresholds/default").asDouble()).isEqualTo(0.1);
        assertThat(shown.at("/prompts/0/phrase").asText()).as("the category stands in for the phrase").isEqualTo("umbrella");
        assertThat(server.get("/api/labeling-runs").expect(200).json().at("/items/0/id").asLong()).isGreaterThanOrEqualTo(run);
        server.send(server.request("/api/labeling-runs/" + run + "/stop").POST(BodyPublishers.noBody())).expect(409);
        server.send(server.request("/api/labeling-runs/" + run + "/restart").POST(BodyPublishers.noBody())).expect(409);
    }

    @Test
    void eventsFollowARunToItsEndAndThenStop(GleanerServer server, @TempDir Path temporary) throws Exception {
        long other = Fixtures.dataset(server, project, Fixtures.images(temporary.resolve("more"), 30));
        long followed = Fixtures.run(server, other, model);
        HttpRequest request = server.request("/api/labeling-runs/" + followed + "/events").GET().build();
        List<String> lines = HttpClient.newHttpClient().send(request, BodyHandlers.ofLines()).body().toList();

        List<String> events = lines.stream().filter(line -> line.startsWith("event: ")).map(line -> line.substring(7)).toList();
        assertThat(events.subList(0, events.size() - 1)).isNotEmpty().containsOnly("progress");
        assertThat(events.get(events.size() - 1)).isEqualTo("end");
        List<JsonNode> data = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("data: ")) {
                data.add(new ObjectMapper().readTree(line.substring(6)));
            }
        }
        assertThat(data).extracting(run -> run.get("done").asInt()).isSorted();
        JsonNode last = data.get(data.size() - 1);
        assertThat(last.get("status").asText()).isEqualTo("COMPLETED");
        assertThat(last.get("done").asInt()).isEqualTo(30);
        assertThat(server.get("/api/labeling-runs/" + followed).json().get("status").asText()).isEqualTo("COMPLETED");
    }

    @Test
    void anImageThatCannotBeLabeledIsInQuarantineWithTheReason(GleanerServer server, @TempDir Path temporary) throws IOException {
        Path images = Fixtures.images(temporary.resolve("vanishing"), 3);
        long other = Fixtures.dataset(server, project, images);
        Files.delete(images.resolve("image-1.png"));
        long broken = Fixtures.run(server, other, model);
        Fixtures.awaitEnd(server, broken);
        JsonNode quarantine = server.get("/api/labeling-runs/" + broken + "/quarantine").expect(200).json().get("items");
        assertThat(quarantine).hasSize(1);
        assertThat(quarantine.at("/0/fileName").asText()).isEqualTo("image-1.png");
        assertThat(quarantine.at("/0/reason").asText()).contains("gone since it was imported");
        server.get("/api/images/" + quarantine.at("/0/image").asLong() + "/picture").expect(404);
        server.get("/api/images/" + quarantine.at("/0/image").asLong() + "/thumbnail").expect(404);

        Answer restarted = server.send(server.request("/api/labeling-runs/" + broken + "/restart").POST(BodyPublishers.noBody())).expect(202);
        assertThat(restarted.json().get("quarantined").asInt()).as("it is tried again").isZero();
        Fixtures.awaitEnd(server, broken);
    }

    @Test
    void detectsInAnUploadAndInAStoredImageAlike(GleanerServer server) {
        long image = server.get("/api/datasets/" + dataset + "/images?limit=1").json().at("/items/0/id").asLong();
        String prompts = "[{\"category\":\"circle\",\"phrase\":\"red circle\"}]";
        JsonNode uploaded = server.postMultipart("/api/detect", Map.of("image", folder.resolve("image-0.png"), "modelVersion", model,
                "prompts", prompts, "thresholds", "{\"default\":0.1}")).expect(200).json().get("detections");
        JsonNode stored = server.postMultipart("/api/detect", Map.of("imageId", image, "modelVersion", model,
                "prompts", prompts, "thresholds", "{\"default\":0.1}")).expect(200).json().get("detections");
        assertThat(uploaded).isNotEmpty().isEqualTo(stored);
        assertThat(uploaded.at("/0/category").asText()).isEqualTo("circle");
        assertThat(uploaded.at("/0/phrase").asText()).isEqualTo("red circle");
        assertThat(uploaded.at("/0/bbox")).hasSize(4);
    }

    @Test
    void detectsByCaption(GleanerServer server) {
        JsonNode found = server.postMultipart("/api/detect", Map.of("image", folder.resolve("image-0.png"), "modelVersion", model,
                "caption", "a red circle and an umbrella", "thresholds", "{\"default\":0}")).expect(200).json().get("detections");
        assertThat(found).isNotEmpty();
        assertThat(found.findValuesAsText("phrase")).allMatch(phrase -> phrase.contains("circle") || phrase.contains("umbrella"));
    }

    @Test
    void uploadsAndPathsGiveTheSameModel(GleanerServer server) {
        Answer uploaded = server.postMultipart("/api/model-versions", Map.of("name", "uploaded", "project", project,
                "checkpoint", Fixtures.TINY.resolve("tiny.pth"), "config", Fixtures.TINY.resolve("tiny.yaml"),
                "vocabulary", Fixtures.TINY.resolve("vocab.txt"), "languageConfig", Fixtures.TINY.resolve("bert_config.json"))).expect(201);
        JsonNode imported = server.get("/api/model-versions/" + model).expect(200).json();
        assertThat(uploaded.json().get("sha256")).isEqualTo(imported.get("sha256"));
        assertThat(uploaded.json().at("/provenance/sources")).isEqualTo(imported.at("/provenance/sources"));
        assertThat(uploaded.json().at("/provenance/madeBy").asText()).matches("Gleaner \\d.*");
        assertThat(server.home().resolve("uploads")).isEmptyDirectory();
    }

    @Test
    void anUploadThatDoesNotFitIsNamedAsItsSenderNamesIt(GleanerServer server) {
        JsonNode fault = server.postMultipart("/api/model-versions", Map.of("name", "unfit", "project", project,
                "checkpoint", folder.resolve("image-0.png"), "config", Fixtures.TINY.resolve("tiny.yaml"),
                "vocabulary", Fixtures.TINY.resolve("vocab.txt"), "languageConfig", Fixtures.TINY.resolve("bert_config.json"))).expect(400).json().at("/errors/0");
        assertThat(fault.get("field").asText()).isEqualTo("checkpoint");
        assertThat(fault.get("value").asText()).isEqualTo("image-0.png");
        assertThat(server.home().resolve("uploads")).isEmptyDirectory();
    }

    @Test
    void championsArePromotedAndRolledBack(GleanerServer server) {
        String other = Fixtures.project(server);
        long first = Fixtures.model(server, other);
        long second = server.post("/api/model-versions", Fixtures.modelFiles(other, "second")).expect(201).json().get("id").asLong();
        assertThat(command(server, first, "promote").expect(200).json().get("status").asText()).isEqualTo("CHAMPION");
        command(server, second, "promote").expect(200);
        assertThat(Fixtures.status(server, "/api/model-versions/" + first)).isEqualTo("RETIRED");
        command(server, second, "promote").expect(409);
        command(server, first, "rollback").expect(409);
        assertThat(command(server, second, "rollback").expect(200).json().get("id").asLong()).isEqualTo(first);
        assertThat(Fixtures.status(server, "/api/model-versions/" + first)).isEqualTo("CHAMPION");
    }

    private static Answer command(GleanerServer server, long version, String name) {
        return server.send(server.request("/api/model-versions/" + version + "/" + name).POST(BodyPublishers.noBody()));
    }
}
