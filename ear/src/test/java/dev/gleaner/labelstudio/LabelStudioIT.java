package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gleaner.Answer;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.account.People;
import dev.gleaner.evaluationrun.Shapes;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/**
 * The product as the machine-learning back end of Label Studio: what a real one was recorded to send is sent, and a stand-in for it gives out the
 * images and takes the predictions.
 */
@ExtendWith(GleanerServerExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LabelStudioIT {

    private static final Path TINY = Path.of(System.getProperty("gleaner.reference")).resolve("tiny").toAbsolutePath().normalize();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LABELS = "<Label value=\"disc\" predicted_values=\"red circle\"/><Label value=\"square\" predicted_values=\"blue square\"/>";

    private final String project = "label studio " + UUID.randomUUID();
    private Path folder;
    private GleanerServer server;
    private StandInLabelStudio labelStudio;
    private long model;

    @BeforeAll
    void prepare(GleanerServer shared, @TempDir Path temporary) throws IOException {
        server = shared;
        folder = temporary;
        labelStudio = new StandInLabelStudio();
        String drawn = Shapes.draw(folder.resolve("shapes"), 9, 11).get("images");
        for (JsonNode task : recorded("predict").get("tasks")) {
            labelStudio.image(task.get("data").get("image").asText(), Files.readAllBytes(Path.of(drawn, "shapes-" + task.get("id").asInt() + ".png")));
        }
        server.post("/api/projects", Map.of("name", project)).expect(201);
        model = importModel("tiny");
        server.post("/api/model-versions/" + model + "/promote", Map.of()).expect(200);
    }

    @AfterAll
    void stop() {
        labelStudio.close();
    }

    private long importModel(String name) {
        return server.post("/api/model-versions", Map.of("project", project, "name", name, "checkpoint", TINY.resolve("tiny.pth").toString(),
                "config", TINY.resolve("tiny.yaml").toString(), "vocabulary", TINY.resolve("vocab.txt").toString(),
                "languageConfig", TINY.resolve("bert_config.json").toString())).expect(201).json().get("id").asLong();
    }

    /** A recorded body with the labels of the tiny model. */
    private static ObjectNode recorded(String name) throws IOException {
        ObjectNode body = (ObjectNode) JSON.readTree(Recorded.body(name));
        for (JsonNode holder : List.of(body, body.path("project"))) {
            for (String field : List.of("schema", "label_config")) {
                if (holder.has(field)) {
                    ((ObjectNode) holder).put(field, Pattern.compile("(<RectangleLabels[^>]*>).*?(</RectangleLabels>)", Pattern.DOTALL)
                            .matcher(holder.get(field).asText()).replaceAll("$1" + Matcher.quoteReplacement(LABELS) + "$2"));
                }
            }
        }
        return body;
    }

    /** The recorded introduction, from a project of this identity. */
    private ObjectNode setup(String identity) throws IOException {
        ObjectNode setup = recorded("setup").put("hostname", labelStudio.address()).put("project", identity);
        setup.putObject("extra_params").put("box_threshold", 0.05);
        return setup;
    }

    private String ml(String path) {
        return "/ml/" + URLEncoder.encode(project, StandardCharsets.UTF_8).replace("+", "%20") + path;
    }

    private HttpRequest.Builder call(String path, String password) {
        String pair = Base64.getEncoder().encodeToString(("anybody:" + password).getBytes(StandardCharsets.UTF_8));
        return server.anonymousRequest(path).header("Authorization", "Basic " + pair).header("Content-Type", "application/json");
    }

    private Answer post(String path, JsonNode body) {
        return server.send(call(path, server.token()).POST(BodyPublishers.ofString(body.toString())));
    }

    /** The project of this number in the stand-in that all tests share. */
    private JsonNode connection(long number) {
        return StreamSupport.stream(server.get("/api/label-studio-projects").expect(200).json().get("items").spliterator(), false)
                .filter(one -> one.get("number").asLong() == number && one.path("url").asText().equals(labelStudio.address())).findFirst().orElseThrow();
    }

    private List<JsonNode> images(long dataset) {
        return StreamSupport.stream(server.get("/api/datasets/" + dataset + "/images?limit=500").expect(200).json().get("items").spliterator(), false).toList();
    }

    private static void assertWellFormed(JsonNode region) {
        assertThat(region.get("from_name").asText()).isEqualTo("label");
        assertThat(region.get("to_name").asText()).isEqualTo("image");
        assertThat(region.get("type").asText()).isEqualTo("rectanglelabels");
        assertThat(region.get("original_width").asInt()).isEqualTo(160);
        assertThat(region.get("original_height").asInt()).isEqualTo(120);
        assertThat(region.get("score").isNumber()).isTrue();
        JsonNode value = region.get("value");
        assertThat(value.get("rectanglelabels").get(0).asText()).isIn("disc", "square");
        assertThat(value.get("x").asDouble()).isBetween(0.0, 100.0);
        assertThat(value.get("x").asDouble() + value.get("width").asDouble()).isBetween(0.0, 100.0 + 1e-9);
        assertThat(value.get("y").asDouble() + value.get("height").asDouble()).isBetween(0.0, 100.0 + 1e-9);
    }

    @Test
    void onlyWhoHasATokenIsAnswered() throws IOException {
        Answer refused = server.send(server.anonymousRequest(ml("/health")).GET()).expect(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate").orElseThrow()).startsWith("Basic ");
        server.send(call(ml("/health"), "wrong").GET()).expect(401);
        server.send(server.anonymousRequest(ml("/wrong/health")).GET()).expect(401);
        assertThat(server.send(call(ml("/health"), server.token()).GET()).expect(200).json().get("status").asText()).isEqualTo("UP");
        assertThat(server.send(server.anonymousRequest(ml("/" + server.token() + "/health")).GET()).expect(200).json().get("status").asText()).isEqualTo("UP");
        server.send(call("/ml/health", server.token()).GET()).expect(200);
        server.send(call("/ml/no-such-project/health", server.token()).GET()).expect(404);
        post(ml("/predict"), JSON.createObjectNode().put("tasks", 3)).expect(400);
    }

    @Test
    void theVersionOfSetupChangesWithAPromotion() throws IOException {
        String first = post(ml("/setup"), setup("8.1795432723")).expect(200).json().get("model_version").asText();
        assertThat(first).isEqualTo("tiny (Gleaner " + model + ")");
        long next = importModel("tiny again");
        server.post("/api/model-versions/" + next + "/promote", Map.of()).expect(200);
        try {
            assertThat(post(ml("/setup"), setup("8.1795432723")).expect(200).json().get("model_version").asText()).isEqualTo("tiny again (Gleaner " + next + ")");
            JsonNode versions = server.send(call(ml("/versions"), server.token()).GET()).expect(200).json().get("versions");
            assertThat(versions).extracting(JsonNode::asText).containsExactly("tiny again (Gleaner " + next + ")", first);
        } finally {
            server.post("/api/model-versions/" + next + "/rollback", Map.of()).expect(200);
        }
    }

    @Test
    void aRecordedBatchIsLabeledAndWhatIsDecidedBecomesAReview() throws IOException {
        String version = post(ml("/setup"), setup("1.1795432723")).expect(200).json().get("model_version").asText();

        JsonNode results = post(ml("/predict"), recorded("predict")).expect(200).json().get("results");

        assertThat(results).hasSize(6);
        for (JsonNode result : results) {
            assertThat(result.get("model_version").asText()).isEqualTo(version);
            assertThat(result.get("score").isNumber()).isTrue();
            assertThat(result.get("result")).as("the model finds something").isNotEmpty();
            result.get("result").forEach(LabelStudioIT::assertWellFormed);
        }
        assertThat(labelStudio.authorizations()).contains("Token " + StandInLabelStudio.LEGACY);
        JsonNode connected = connection(1);
        assertThat(connected.get("tasks").toString()).isEqualTo("{\"KNOWN\":6}");
        assertThat(connected.has("error")).isFalse();
        long dataset = connected.get("dataset").asLong();
        assertThat(images(dataset)).hasSize(6);
        server.send(server.request("/api/images/" + images(dataset).get(0).get("id") + "/picture").GET()).expect(200);

        // The annotator keeps the best proposal of task 3, throws the others away, and draws one.
        ObjectNode event = recorded("annotation-created");
        ArrayNode said = ((ObjectNode) event.get("annotation")).putArray("result");
        said.add(results.get(2).get("result").get(0));
        said.add(JSON.readTree("{\"id\":\"drawn\",\"from_name\":\"label\",\"to_name\":\"image\",\"type\":\"rectanglelabels\",\"original_width\":160,"
                + "\"original_height\":120,\"origin\":\"manual\",\"value\":{\"x\":0,\"y\":0,\"width\":2,\"height\":2,\"rotation\":0,\"rectanglelabels\":[\"disc\"]}}"));
        HttpRequest.Builder hook = server.anonymousRequest(ml("/" + server.token() + "/webhook")).header("Content-Type", "application/json");
        for (int time = 0; time < 2; time++) {
            server.send(hook.copy().POST(BodyPublishers.ofString(event.toString()))).expect(200);
        }

        long image = images(dataset).stream().filter(one -> one.get("fileName").asText().startsWith("3/")).findFirst().orElseThrow().get("id").asLong();
        server.await("the decision arrives", () -> !server.get("/api/images/" + image + "/history").expect(200).json().get("items").isEmpty());
        JsonNode history = server.get("/api/images/" + image + "/history").expect(200).json().get("items");
        assertThat(history).hasSize(1);
        JsonNode decision = history.get(0).get("decision");
        assertThat(decision.get("origin").asText()).isEqualTo("label-studio");
        assertThat(decision.get("reviewer").asText()).isEqualTo("label-studio/1");
        assertThat(decision.get("seconds").asDouble()).isEqualTo(4.2);
        List<String> actions = StreamSupport.stream(decision.get("boxes").spliterator(), false).map(box -> box.get("action").asText()).toList();
        assertThat(actions).startsWith("accept", "draw").hasSize(results.get(2).get("result").size() + 1);
        assertThat(actions.subList(2, actions.size())).containsOnly("reject");

        server.send(hook.copy().POST(BodyPublishers.ofString(recorded("annotations-deleted").toString()))).expect(200);
        server.await("it is taken back", () -> server.get("/api/images/" + image + "/history").expect(200).json().get("items").size() == 2);
        assertThat(server.get("/api/datasets/" + dataset + "/annotations?status=ACCEPTED&status=REJECTED").expect(200).json().get("items")).isEmpty();
    }

    @Test
    void aTaskWithTwoImagesGetsBoxesOnEachAndOneThatIsElsewhereIsToldOf() throws IOException {
        String config = "<View><Image name=\"left\" value=\"$left\"/><Image name=\"right\" value=\"$right\"/><RectangleLabels name=\"label\" toName=\"left,right\">"
                + LABELS + "</RectangleLabels></View>";
        post(ml("/setup"), setup("12.1795432723").put("schema", config)).expect(200);
        JsonNode tasks = recorded("predict").get("tasks");
        ObjectNode call = JSON.createObjectNode().put("project", "12.1795432723").put("label_config", config);
        ArrayNode asked = call.putArray("tasks");
        asked.addObject().put("id", 1).putObject("data").set("left", tasks.get(0).at("/data/image"));
        ((ObjectNode) asked.get(0).get("data")).set("right", tasks.get(1).at("/data/image"));
        asked.addObject().put("id", 2).putObject("data").put("left", "http://images.example:8099/a.png").put("right", "http://images.example:8099/b.png");

        JsonNode results = post(ml("/predict"), call).expect(200).json().get("results");

        assertThat(results).hasSize(2);
        assertThat(results.get(0).get("result")).extracting(region -> region.get("to_name").asText()).contains("left", "right");
        assertThat(results.get(1)).as("left open").isEmpty();
        JsonNode connected = connection(12);
        assertThat(images(connected.get("dataset").asLong())).hasSize(2);
        assertThat(connected.get("error").asText()).contains("images.example:8099 is no host that may be asked; expected one of GLEANER_REMOTE_HOSTS");
    }

    @Test
    void aReviewersTokenCannotHaveAnAddressAsked() throws IOException {
        try (StandInLabelStudio other = new StandInLabelStudio(); People people = new People(server)) {
            people.add("reviewer-of-label-studio", "reviewer");
            String session = people.session("reviewer-of-label-studio");
            String token = server.send(people.request(session, "/api/account/tokens").POST(BodyPublishers.ofString("{\"name\":\"back end\"}"))).expect(201).json().get("text").asText();
            server.send(call(ml("/setup"), token).POST(BodyPublishers.ofString(setup("13.1795432723").put("hostname", other.address()).toString()))).expect(200);
            ObjectNode batch = recorded("predict").put("project", "13.1795432723");

            JsonNode results = server.send(call(ml("/predict"), token).POST(BodyPublishers.ofString(batch.toString()))).expect(200).json().get("results");

            assertThat(results).hasSize(6).allMatch(JsonNode::isEmpty);
            assertThat(other.calls()).isEmpty();
            JsonNode known = StreamSupport.stream(server.get("/api/label-studio-projects").expect(200).json().get("items").spliterator(), false)
                    .filter(one -> one.get("number").asLong() == 13).findFirst().orElseThrow();
            assertThat(known.path("url").asText("")).isEmpty();
            assertThat(known.get("error").asText()).contains("6 tasks could not be labeled", "an engineer's token");
        }
    }

    @Test
    void anAnnotatorIsHelpedWithAPromptAndABox() throws IOException {
        post(ml("/setup"), setup("1.1795432723")).expect(200);

        ObjectNode typed = (ObjectNode) JSON.readTree(recorded("interactive-prompt").toString().replace("red box . blue box", "red circle. blue square"));
        JsonNode prompt = post(ml("/predict"), typed).expect(200).json().get("results");
        assertThat(prompt).hasSize(1);
        assertThat(prompt.get(0).get("result")).isNotEmpty();
        prompt.get(0).get("result").forEach(LabelStudioIT::assertWellFormed);

        ObjectNode drawn = (ObjectNode) JSON.readTree(recorded("interactive-box").toString().replace("\"dog\"", "\"disc\"")
                .replace("\"x\":10,\"y\":10,\"width\":30,\"height\":30", "\"x\":0,\"y\":0,\"width\":100,\"height\":100"));
        JsonNode box = post(ml("/predict"), drawn).expect(200).json().get("results");
        assertThat(box.get(0).get("result")).hasSize(1);
        assertThat(box.get(0).get("result").get(0).get("value").get("rectanglelabels").get(0).asText()).isEqualTo("disc");
    }

    @Test
    void aProjectIsConnectedLabeledAndPushedInTheConsole() throws IOException {
        try (StandInLabelStudio other = new StandInLabelStudio(); Browser browser = Browser.start()) {
            Path drawn = Path.of(Shapes.draw(folder.resolve("pushed"), 3, 12).get("images"));
            for (int i = 1; i <= 3; i++) {
                other.image("/data/local-files/?d=shapes/" + i + ".png", Files.readAllBytes(drawn.resolve("shapes-" + i + ".png")));
            }
            other.tasks(3, i -> "/data/local-files/?d=shapes/" + i + ".png");
            other.labelConfig("<View><Image name=\"image\" value=\"$image\"/><RectangleLabels name=\"label\" toName=\"image\">" + LABELS + "</RectangleLabels></View>");
            String pushed = "pushed " + UUID.randomUUID();
            server.post("/api/projects", Map.of("name", pushed)).expect(201);
            long own = server.post("/api/model-versions", Map.of("project", pushed, "name", "tiny", "checkpoint", TINY.resolve("tiny.pth").toString(),
                    "config", TINY.resolve("tiny.yaml").toString(), "vocabulary", TINY.resolve("vocab.txt").toString(),
                    "languageConfig", TINY.resolve("bert_config.json").toString())).expect(201).json().get("id").asLong();
            server.post("/api/model-versions/" + own + "/promote", Map.of()).expect(200);
            browser.signIn(server);
            browser.open(server, "/platforms");
            browser.awaitText("#addresses", "/ml/default/TOKEN");
            browser.find("#connect input[name=url]").sendKeys(other.address());
            browser.find("#connect input[name=remote]").sendKeys("1");
            browser.find("#connect input[name=token]").sendKeys(StandInLabelStudio.PERSONAL);
            browser.findAll("#connect select[name=project] option").stream().filter(option -> option.getText().equals(pushed)).findFirst().orElseThrow().click();
            browser.button("Connect").click();
            browser.awaitText("[role=status]", "“fixtures” is connected");
            long connection = own(pushed);

            button(browser, other, "Import tasks").click();
            browser.awaitText("[role=status]", "3 tasks found");
            server.await("the images are fetched", () -> server.get("/api/label-studio-projects/" + connection).expect(200).json().get("tasks").path("KNOWN").asInt() == 3);
            long dataset = server.get("/api/label-studio-projects/" + connection).expect(200).json().get("dataset").asLong();
            long run = server.post("/api/labeling-runs", Map.of("dataset", dataset, "thresholds", Map.of("default", 0.05),
                    "prompts", List.of(Map.of("category", "disc", "phrase", "red circle"), Map.of("category", "square", "phrase", "blue square"))))
                    .expect(202).json().get("id").asLong();
            server.await("run " + run + " ends", () -> server.get("/api/labeling-runs/" + run).expect(200).json().get("status").asText().equals("COMPLETED"));
            browser.await(() -> button(browser, other, "Push proposals").isEnabled());
            button(browser, other, "Push proposals").click();
            browser.awaitText("[role=status]", "3 tasks are sent");
            server.await("the predictions arrive", () -> other.predictionCount() == 3);

            for (int task = 1; task <= 3; task++) {
                JsonNode prediction = other.predictions(task).get(0);
                assertThat(prediction.get("model_version").asText()).isEqualTo("tiny (Gleaner " + own + ")");
                assertThat(prediction.get("result")).isNotEmpty();
                prediction.get("result").forEach(LabelStudioIT::assertWellFormed);
            }
            assertThat(other.authorizations()).as("neither kind of token goes out as the other").noneMatch(header -> header.startsWith("Token "));
            browser.await(() -> browser.find("#connections").getText().contains("3 sent"));
            browser.pictures("platforms");
            assertThat(browser.barriers()).isEmpty();
            assertThat(browser.complaints()).isEmpty();
            server.delete("/api/label-studio-projects/" + connection).expect(204);
            server.get("/api/datasets/" + dataset).expect(200);
        }
    }

    private long own(String projectName) {
        long id = StreamSupport.stream(server.get("/api/projects").expect(200).json().get("items").spliterator(), false)
                .filter(one -> one.get("name").asText().equals(projectName)).findFirst().orElseThrow().get("id").asLong();
        return StreamSupport.stream(server.get("/api/label-studio-projects").expect(200).json().get("items").spliterator(), false)
                .filter(one -> one.get("project").asLong() == id).findFirst().orElseThrow().get("id").asLong();
    }

    /** The button in the row of the stand-in's address. */
    private static WebElement button(Browser browser, StandInLabelStudio of, String text) {
        return browser.findAll("#connections tbody tr").stream().filter(row -> row.getText().contains(of.address())).findFirst().orElseThrow()
                .findElements(By.tagName("button")).stream().filter(one -> one.getText().equals(text)).findFirst().orElseThrow();
    }
}
