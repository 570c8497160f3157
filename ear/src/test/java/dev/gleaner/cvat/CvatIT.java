package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Answer;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.HmacSha256;
import dev.gleaner.evaluationrun.Shapes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The product beside CVAT: what its server asks is answered on a port of its own, and a stand-in for it gives out frames and decisions and takes
 * proposals. */
@ExtendWith(GleanerServerExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CvatIT {

    private static final Path TINY = Path.of(System.getProperty("gleaner.reference")).resolve("tiny").toAbsolutePath().normalize();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String project = "Cvat " + UUID.randomUUID();
    private GleanerServer server;
    private Path pictures;
    private long projectId;

    private StandInCvat cvat;
    private long model;

    @BeforeAll
    void prepare(GleanerServer shared, @TempDir Path folder) throws IOException {
        server = shared;
        cvat = new StandInCvat();
        projectId = server.post("/api/projects", Map.of("name", project)).expect(201).json().get("id").asLong();
        Map<String, String> source = Shapes.draw(folder.resolve("shapes"), 3, 21);
        pictures = Path.of(source.get("images"));
        long dataset = server.post("/api/datasets", Map.of("name", "shapes", "project", project, "source", source)).expect(202).json().get("id").asLong();
        server.await("the categories are there", () -> server.get("/api/datasets/" + dataset).expect(200).json().get("status").asText().equals("READY"));
        model = server.post("/api/model-versions", Map.of("project", project, "name", "tiny", "checkpoint", TINY.resolve("tiny.pth").toString(),
                "config", TINY.resolve("tiny.yaml").toString(), "vocabulary", TINY.resolve("vocab.txt").toString(),
                "languageConfig", TINY.resolve("bert_config.json").toString())).expect(201).json().get("id").asLong();
        server.post("/api/model-versions/" + model + "/promote", Map.of()).expect(200);
        for (int i = 1; i <= 3; i++) {
            cvat.frame(Files.readAllBytes(pictures.resolve("shapes-" + i + ".png")));
        }
    }

    @AfterAll
    void stop() {
        cvat.close();
    }

    private HttpRequest.Builder atCvatsPort(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.setting("GLEANER_CVAT_PORT") + path)).timeout(Duration.ofMinutes(2));
    }

    private String function() {
        return project.toLowerCase().replace(' ', '-').substring(0, 40).replaceAll("-$", "") + "-" + projectId;
    }

    private Answer invoke(String body) {
        return server.send(atCvatsPort("/api/function_invocations").header("x-nuclio-function-name", function()).header("x-nuclio-path", "/")
                .header("x-nuclio-invoke-via", "domain-name").header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    @Test
    void aFrameIsLabeledByTheProjectsFunction() throws IOException {
        JsonNode listed = server.send(atCvatsPort("/api/functions").GET()).expect(200).json().get(function());
        assertThat(JSON.readTree(listed.at("/metadata/annotations/spec").asText()).findValuesAsText("name")).containsExactlyInAnyOrder("disc", "square");
        assertThat(server.send(atCvatsPort("/api/functions/" + function()).GET()).expect(200).json()).isEqualTo(listed);

        String image = Base64.getEncoder().encodeToString(Files.readAllBytes(pictures.resolve("shapes-1.png")));
        JsonNode found = invoke("{\"image\":\"" + image + "\",\"threshold\":0.01}").expect(200).json();
        assertThat(found).as("the model finds something").isNotEmpty();
        for (JsonNode box : found) {
            assertThat(box.get("label").asText()).isIn("disc", "square");
            assertThat(box.get("type").asText()).isEqualTo("rectangle");
            assertThat(Double.parseDouble(box.get("confidence").textValue())).isBetween(0.01, 1.0);
            List<Double> corners = StreamSupport.stream(box.get("points").spliterator(), false).map(JsonNode::doubleValue).toList();
            assertThat(corners).hasSize(4).allMatch(corner -> corner >= 0);
            assertThat(corners.get(2)).isGreaterThan(corners.get(0)).isLessThanOrEqualTo(160);
            assertThat(corners.get(3)).isGreaterThan(corners.get(1)).isLessThanOrEqualTo(120);
        }
        assertThat(invoke("{\"image\":\"bm90IGFuIGltYWdl\"}").expect(400).json().get("error").asText()).contains("an image that can be decoded");
    }

    @Test
    void nothingElseIsAtItsPortAndTheFunctionsAreNowhereElse() {
        for (String path : List.of("/api/projects", "/api/session", "/ml/default/health", "/health/ready", "/metrics", "/openapi", "/index.html", "/console/app.js")) {
            server.send(atCvatsPort(path).header("Authorization", "Bearer " + server.token()).GET()).expect(404);
        }
        server.get("/api/functions").expect(404);
        server.get("/api/functions/" + function()).expect(404);
        server.post("/api/function_invocations", Map.of("image", "")).expect(404);
    }

    private JsonNode connection(long id) {
        return server.get("/api/platform-connections/" + id).expect(200).json();
    }

    private Answer event(long id, String signature, String body) {
        HttpRequest.Builder request = server.anonymousRequest("/platform-events/cvat/" + id).header("Content-Type", "application/json");
        return server.send((signature == null ? request : request.header("X-Signature-256", signature)).POST(BodyPublishers.ofString(body)));
    }

    /** All frames of the stand-in's task are at this state. */
    private void await(long id, String state) {
        server.await("what is due about the task is done", () -> connection(id).at("/tasks/" + state).asInt() == 3);
    }

    private long connect(String remote, String secret) {
        return server.post("/api/platform-connections", Map.of("platform", "cvat", "project", project, "url", cvat.address(), "token", StandInCvat.TOKEN,
                "remote", remote, "secret", secret)).expect(201).json().get("id").asLong();
    }

    @Test
    void framesComeProposalsGoAndDecisionsComeBackWithSignedEvents() {
        String secret = "webhook " + UUID.randomUUID();
        long id = connect("tasks/5", secret);
        assertThat(connection(id).toString()).doesNotContain(StandInCvat.TOKEN).doesNotContain(secret);

        assertThat(server.post("/api/platform-connections/" + id + "/import", Map.of()).expect(202).json().get("tasks").asInt()).isEqualTo(3);
        await(id, "KNOWN");
        long dataset = connection(id).get("dataset").asLong();
        long run = server.post("/api/labeling-runs", Map.of("dataset", dataset, "modelVersion", model, "thresholds", Map.of("default", 0.05),
                "prompts", List.of(Map.of("category", "disc", "phrase", "red circle"), Map.of("category", "square", "phrase", "blue square"))))
                .expect(202).json().get("id").asLong();
        server.await("run " + run + " ends", () -> server.get("/api/labeling-runs/" + run).expect(200).json().get("status").asText().equals("COMPLETED"));

        assertThat(server.post("/api/platform-connections/" + id + "/push", Map.of()).expect(202).json().get("tasks").asInt()).isEqualTo(3);
        await(id, "SENT");
        int sent = cvat.shapes().size();
        assertThat(sent).isPositive();
        assertThat(cvat.shapes()).allMatch(shape -> shape.get("source").asText().equals("auto") && shape.get("points").size() == 4);

        cvat.clear();
        cvat.shape("{\"frame\":0,\"label_id\":31,\"type\":\"rectangle\",\"source\":\"manual\",\"points\":[1,1,4,4]}");
        cvat.job("ann", "completed");
        String done = "{\"event\":\"update:job\",\"job\":{\"id\":8,\"task_id\":5,\"state\":\"completed\"},\"webhook_id\":1}";
        String signature = HmacSha256.of(secret, done.getBytes(StandardCharsets.UTF_8));
        for (String wrong : new String[] {null, "", "sha256=" + "0".repeat(64), signature.substring(0, 70)}) {
            event(id, wrong, done).expect(401);
        }
        event(id, signature, done + " ").expect(401);
        event(id + 1000, signature, done).expect(401);
        server.send(server.request("/platform-events/cvat/" + id).GET()).expect(401);
        assertThat(connection(id).get("lastEvent").asText()).doesNotContain("update:job");
        event(id, signature, done).expect(204);
        event(id, signature, done).expect(204);
        long image = server.get("/api/datasets/" + dataset + "/images").expect(200).json().at("/items/0/id").asLong();
        server.await("the decision arrives", () -> !history(image).isEmpty());
        assertThat(history(image)).hasSize(1);
        JsonNode decision = history(image).get(0).get("decision");
        assertThat(decision.get("origin").asText()).isEqualTo("cvat");
        assertThat(decision.get("reviewer").asText()).isEqualTo("cvat/ann");
        assertThat(decision.get("boxes")).extracting(box -> box.get("action").asText()).startsWith("draw");
        long pulled = annotationsRead();
        server.post("/api/platform-connections/" + id + "/pull", Map.of()).expect(202);
        server.await("it is pulled again", () -> annotationsRead() > pulled);
        cvat.clear();
        server.post("/api/platform-connections/" + id + "/pull", Map.of()).expect(202);
        server.await("what is said now arrives", () -> history(image).size() > 1);
        assertThat(history(image)).as("what was known was none").hasSize(2);
        server.delete("/api/platform-connections/" + id).expect(204);
        server.get("/api/platform-connections/" + id).expect(404);
        event(id, signature, done).expect(401);
        server.get("/api/datasets/" + dataset).expect(200);
    }

    private long annotationsRead() {
        return cvat.calls().stream().filter(call -> call.equals("GET /api/tasks/5/annotations")).count();
    }

    @Test
    void annotationRequestsOfAFunctionAreTaken() {
        long id = connect("functions/" + StandInCvat.FUNCTION, "secret");
        server.await("an agent listens", () -> cvat.isWatched());
        cvat.request("batch", "r1", "{\"type\":\"annotate_task\",\"task\":5,\"threshold\":0.01,\"mapping\":{}}");
        server.await("an agent labels the task", () -> cvat.completed().size() == 1);
        assertThat(cvat.completed().get(0).at("/annotations/shapes")).isNotEmpty();
        assertThat(cvat.failures()).isEmpty();
        assertThat(cvat.authorizations()).containsOnly("Bearer " + StandInCvat.TOKEN);

        server.delete("/api/platform-connections/" + id).expect(204);
    }

    private JsonNode history(long image) {
        return server.get("/api/images/" + image + "/history").expect(200).json().get("items");
    }
}
