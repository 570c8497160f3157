package dev.gleaner.review;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Answer;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.evaluationrun.Shapes;
import dev.gleaner.labeling.Database;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.openqa.selenium.Keys;

/** A dataset with proposals of the tiny model, in a project of its own, and what a reviewer does in the console. */
final class Reviewing {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path TINY = Path.of(System.getProperty("gleaner.reference")).resolve("tiny").toAbsolutePath().normalize();

    final GleanerServer server;
    final long dataset;

    /** Draws this many small images, with discs and squares. */
    Reviewing(GleanerServer server, Path folder, int images) {
        this(server, Shapes.draw(folder.resolve("shapes"), images, 7).get("images"));
    }

    /** @param images a folder of them */
    Reviewing(GleanerServer server, String images) {
        this.server = server;
        String project = "review " + UUID.randomUUID();
        server.post("/api/projects", Map.of("name", project)).expect(201);
        long model = server.post("/api/model-versions", Map.of("project", project, "name", "tiny", "checkpoint", TINY.resolve("tiny.pth").toString(),
                "config", TINY.resolve("tiny.yaml").toString(), "vocabulary", TINY.resolve("vocab.txt").toString(),
                "languageConfig", TINY.resolve("bert_config.json").toString())).expect(201).json().get("id").asLong();
        dataset = server.post("/api/datasets", Map.of("project", project, "name", "shapes " + UUID.randomUUID(),
                "source", Map.of("type", "folder", "path", images))).expect(202).json().get("id").asLong();
        server.await("dataset " + dataset + " is imported", () -> get("/api/datasets/" + dataset).get("status").asText().equals("READY"));
        long run = server.post("/api/labeling-runs", Map.of("dataset", dataset, "modelVersion", model, "thresholds", Map.of("default", 0.1),
                "prompts", List.of(Map.of("category", "disc", "phrase", "red circle"), Map.of("category", "square", "phrase", "blue square"))))
                .expect(202).json().get("id").asLong();
        server.await("run " + run + " ends", () -> get("/api/labeling-runs/" + run).get("status").asText().equals("COMPLETED"));
    }

    JsonNode get(String path) {
        return server.get(path).expect(200).json();
    }

    /** A request of one of the accounts that {@link #token} makes. */
    Answer as(String reviewer, String method, String path, Object body) {
        try {
            return server.send(server.anonymousRequest(path).header("Authorization", "Bearer " + reviewer).header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(JSON.writeValueAsString(body))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    long queue(String name) {
        return server.post("/api/review-queues", Map.of("name", name, "dataset", dataset, "seed", 5)).expect(201).json().get("id").asLong();
    }

    /** The queue's items as a list shows them, in its order. */
    List<JsonNode> items(long queue) {
        return list(get("/api/review-queues/" + queue + "/items?limit=500").get("items"));
    }

    /** What was decided about an item, newest first. */
    List<JsonNode> history(JsonNode item) {
        return list(get("/api/images/" + item.get("image") + "/history").get("items")).stream().map(entry -> entry.get("decision"))
                .filter(decision -> decision.path("item").asLong() == item.get("id").asLong()).toList();
    }

    static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    /** The token of an account that only this test has; its name is the same. */
    static String token(Database database, String name) {
        String unique = name + " " + UUID.randomUUID();
        database.update("insert into api_tokens (name, sha256, role) values ('%s', encode(sha256('%s'), 'hex'), 'administrator')".formatted(unique, unique));
        return unique;
    }

    /** Opens a queue and waits for its first image. */
    static void begin(Browser browser, GleanerServer server, long queue) {
        browser.open(server, "/review/" + queue);
        browser.find("box-editor svg image");
    }

    /** Presses keys that end with the image, and waits for the next one. */
    static void finish(Browser browser, CharSequence... keys) {
        String before = place(browser);
        browser.press(keys);
        browser.await(() -> !place(browser).isEmpty() && !place(browser).equals(before));
    }

    /** Which image of the queue is shown; empty after the last. */
    static String place(Browser browser) {
        return browser.driver().executeScript("return document.querySelector('#place')?.textContent ?? ''").toString();
    }

    static void awaitSaved(Browser browser) {
        browser.awaitText("#saving", "All saved");
    }

    static void acceptAll(Browser browser) {
        finish(browser, Keys.chord(Keys.SHIFT, Keys.ENTER));
    }

    /** What the chosen box is said to be. */
    static String chosen(Browser browser) {
        return browser.find(".choices button[aria-pressed=true]").getText();
    }
}
