package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Answer;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.evaluationrun.Shapes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The product beside CVAT: what its server asks is answered on a port of its own. */
@ExtendWith(GleanerServerExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CvatIT {

    private static final Path TINY = Path.of(System.getProperty("gleaner.reference")).resolve("tiny").toAbsolutePath().normalize();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String project = "Cvat " + UUID.randomUUID();
    private GleanerServer server;
    private Path pictures;
    private long projectId;

    @BeforeAll
    void prepare(GleanerServer shared, @TempDir Path folder) {
        server = shared;
        projectId = server.post("/api/projects", Map.of("name", project)).expect(201).json().get("id").asLong();
        Map<String, String> source = Shapes.draw(folder.resolve("shapes"), 3, 21);
        pictures = Path.of(source.get("images"));
        long dataset = server.post("/api/datasets", Map.of("name", "shapes", "project", project, "source", source)).expect(202).json().get("id").asLong();
        server.await("the categories are there", () -> server.get("/api/datasets/" + dataset).expect(200).json().get("status").asText().equals("READY"));
        long model = server.post("/api/model-versions", Map.of("project", project, "name", "tiny", "checkpoint", TINY.resolve("tiny.pth").toString(),
                "config", TINY.resolve("tiny.yaml").toString(), "vocabulary", TINY.resolve("vocab.txt").toString(),
                "languageConfig", TINY.resolve("bert_config.json").toString())).expect(201).json().get("id").asLong();
        server.post("/api/model-versions/" + model + "/promote", Map.of()).expect(200);
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
}
