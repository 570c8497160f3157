package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Answer;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.evaluationrun.Shapes;
import dev.gleaner.labeling.Database;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reviewing through the interface of the packaged product: what a labeling run proposed is handed out, decided, undone and told of. */
@ExtendWith(GleanerServerExtension.class)
class ReviewIT {

    private static final Path TINY = Path.of(System.getProperty("gleaner.reference")).resolve("tiny").toAbsolutePath().normalize();
    private static final int IMAGES = 6;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Database database;
    private static String project;
    private static long projectId;
    private static long dataset;
    private static long model;
    /** For a second run, which would set the proposals of the first one aside. */
    private static long other;
    private static String ann;
    private static String bob;
    /** Held by Ann while bad input is sent. */
    private static JsonNode waiting;

    @BeforeAll
    static void label(GleanerServer server, @TempDir Path temporary) {
        database = Database.of(server);
        project = "review " + UUID.randomUUID();
        projectId = server.post("/api/projects", Map.of("name", project)).expect(201).json().get("id").asLong();
        model = server.post("/api/model-versions", Map.of("project", project, "name", "tiny", "checkpoint", TINY.resolve("tiny.pth").toString(),
                "config", TINY.resolve("tiny.yaml").toString(), "vocabulary", TINY.resolve("vocab.txt").toString(),
                "languageConfig", TINY.resolve("bert_config.json").toString())).expect(201).json().get("id").asLong();
        dataset = register(server, temporary, "shapes", IMAGES);
        other = register(server, temporary, "others", 1);
        long run = order(server, dataset, Map.of("default", 0.1)).get("id").asLong();
        server.await("run " + run + " ends", () -> get(server, "/api/labeling-runs/" + run).get("status").asText().equals("COMPLETED"));
        ann = token("ann");
        bob = token("bob");
    }

    private static long register(GleanerServer server, Path folder, String name, int images) {
        Map<String, String> drawn = Shapes.draw(folder.resolve(name), images, 60 + images);
        long id = server.post("/api/datasets", Map.of("project", project, "name", name, "source",
                Map.of("type", "folder", "path", drawn.get("images")))).expect(202).json().get("id").asLong();
        server.await("dataset " + id + " is imported", () -> get(server, "/api/datasets/" + id).get("status").asText().equals("READY"));
        return id;
    }

    private static JsonNode order(GleanerServer server, long dataset, Map<String, Double> thresholds) {
        Map<String, Object> order = new HashMap<>(Map.of("dataset", dataset, "modelVersion", model,
                "prompts", List.of(Map.of("category", "disc", "phrase", "red circle"), Map.of("category", "square", "phrase", "blue square"))));
        if (thresholds != null) {
            order.put("thresholds", thresholds);
        }
        return server.post("/api/labeling-runs", order).expect(202).json();
    }

    /** Of an account that only this test has; gives its name. */
    private static String token(String name) {
        String unique = name + " " + UUID.randomUUID();
        database.update("insert into api_tokens (name, sha256, role) values ('%s', encode(sha256('%s'), 'hex'), 'administrator')".formatted(unique, unique));
        return unique;
    }

    @AfterAll
    static void close() {
        database.update("delete from api_tokens where name in ('%s', '%s')".formatted(ann, bob));
        database.close();
    }

    private static JsonNode get(GleanerServer server, String path) {
        return server.get(path).expect(200).json();
    }

    /** As one of the reviewers; a body that is none is sent as it is. */
    private static Answer as(GleanerServer server, String reviewer, String method, String path, Object body) {
        try {
            String json = body instanceof String text ? text : JSON.writeValueAsString(body);
            return server.send(server.anonymousRequest(path).header("Authorization", "Bearer " + reviewer).header("Content-Type", "application/json")
                    .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long queue(GleanerServer server, Map<String, Object> different) {
        Map<String, Object> order = new HashMap<>(Map.of("name", "queue", "dataset", dataset, "seed", 5));
        order.putAll(different);
        return server.post("/api/review-queues", order).expect(201).json().get("id").asLong();
    }

    private static List<JsonNode> claim(GleanerServer server, long queue, String reviewer, int count) {
        return list(as(server, reviewer, "POST", "/api/review-queues/" + queue + "/claim", Map.of("count", count)).expect(200).json().get("items"));
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static List<JsonNode> open(JsonNode item) {
        return list(item.get("boxes")).stream().filter(box -> box.get("open").asBoolean()).toList();
    }

    private static Map<String, Object> box(JsonNode box, String action) {
        return Map.of("annotation", box.get("annotation").asLong(), "version", box.get("version").asInt(), "action", action);
    }

    private static Map<String, Object> decision(JsonNode item, String request, Object boxes) {
        return Map.of("version", item.get("version").asInt(), "requestId", request, "boxes", boxes, "seconds", 3.5);
    }

    @Test
    void aQueueIsRankedWithReasonsAndHandedOut(GleanerServer server) {
        long id = queue(server, Map.of());
        JsonNode queue = get(server, "/api/review-queues/" + id);
        assertThat(queue.get("order").asText()).isEqualTo("ranked");
        assertThat(queue.get("images").asInt()).isBetween(2, IMAGES);
        assertThat(queue.at("/counts/open").asInt()).isEqualTo(queue.get("items").asInt());
        assertThat(list(get(server, "/api/review-queues?project=" + projectId + "&limit=500").get("items"))).contains(queue);

        JsonNode items = get(server, "/api/review-queues/" + id + "/items?limit=1");
        assertThat(items.at("/items/0/reason").asText()).containsAnyOf("disc, 0.", "square, 0.");
        assertThat(items.at("/items/0/worth").asDouble()).isPositive();
        assertThat(items.get("next").asInt()).isEqualTo(1);
        assertThat(get(server, "/api/review-queues/" + id + "/items?limit=1&after=1").at("/items/0/place").asInt()).isEqualTo(2);

        JsonNode first = claim(server, id, ann, 1).get(0);
        assertThat(first.get("place").asInt()).isEqualTo(1);
        assertThat(first.get("status").asText()).isEqualTo("CLAIMED");
        assertThat(first.get("reviewer").asText()).isEqualTo(ann);
        assertThat(open(first)).isNotEmpty().allSatisfy(box -> {
            assertThat(box.get("status").asText()).isEqualTo("PROPOSED");
            assertThat(box.get("score").asDouble()).isBetween(0.1, 1.0);
            assertThat(box.get("modelVersion").asLong()).isEqualTo(model);
            assertThat(box.get("phrase").asText()).isNotBlank();
        });
        List<JsonNode> rest = claim(server, id, bob, 10);
        assertThat(rest).hasSize(queue.get("items").asInt() - 1).doesNotContain(first);
        assertThat(claim(server, id, ann, 10)).isEmpty();
        assertThat(list(as(server, ann, "GET", "/api/review-queues/" + id + "/claim", null).expect(200).json().get("items")))
                .extracting(item -> item.get("id").asLong()).containsExactly(first.get("id").asLong());
        as(server, ann, "POST", "/api/review-items/" + first.get("id").asLong() + "/release", null).expect(200);
        assertThat(get(server, "/api/review-queues/" + id).at("/counts/open").asInt()).isEqualTo(1);

        server.delete("/api/review-queues/" + id).expect(409);
        assertThat(as(server, ann, "POST", "/api/review-queues/" + id + "/close", null).expect(200).json().get("status").asText()).isEqualTo("CLOSED");
        as(server, ann, "POST", "/api/review-queues/" + id + "/claim", Map.of()).expect(409);
        rest.forEach(item -> as(server, bob, "POST", "/api/review-items/" + item.get("id").asLong() + "/release", null).expect(200));
        server.delete("/api/review-queues/" + id).expect(204);
        server.get("/api/review-queues/" + id).expect(404);
    }

    @Test
    void aDecisionIsMadeOnceAndUndoneAndAllOfItIsInTheHistory(GleanerServer server) {
        JsonNode item = claim(server, queue(server, Map.of()), ann, 1).get(0);
        String path = "/api/review-items/" + item.get("id").asLong();
        String image = "/api/images/" + item.at("/image/id").asLong();
        JsonNode before = get(server, image + "?status=PROPOSED");
        List<JsonNode> open = open(item);
        List<Map<String, Object>> boxes = new ArrayList<>();
        boxes.add(box(open.get(0), "accept"));
        open.subList(1, open.size()).forEach(box -> boxes.add(box(box, "reject")));
        boxes.add(Map.of("action", "draw", "category", "disc", "bbox", List.of(10, 12.5, 30, 20)));
        String request = UUID.randomUUID().toString();
        JsonNode done = as(server, ann, "PUT", path + "/decision", decision(item, request, boxes)).expect(200).json();
        assertThat(done.get("origin").asText()).isEqualTo("api");
        assertThat(done.at("/boxes/0/before/status").asText()).isEqualTo("PROPOSED");
        assertThat(done.at("/boxes/0/after/decidedBy").asText()).isEqualTo(ann);
        long drawn = done.at("/boxes/" + (boxes.size() - 1) + "/annotation").asLong();
        JsonNode shown = get(server, image + "?status=ACCEPTED");
        assertThat(list(shown.get("boxes"))).extracting(box -> box.get("id").asLong()).containsExactly(open.get(0).get("annotation").asLong(), drawn);

        assertThat(as(server, ann, "PUT", path + "/decision", decision(item, request, boxes)).expect(200).json()).as("sent again").isEqualTo(done);
        assertThat(get(server, image + "?status=ACCEPTED")).isEqualTo(shown);

        JsonNode conflict = as(server, bob, "PUT", path + "/decision", decision(item, UUID.randomUUID().toString(), List.of())).expect(409).json();
        assertThat(conflict.get("detail").asText()).contains("was decided by " + ann);
        assertThat(conflict.at("/current/status").asText()).isEqualTo("DONE");
        assertThat(list(conflict.at("/current/boxes"))).anySatisfy(box -> assertThat(box.get("annotation").asLong()).isEqualTo(drawn));

        JsonNode undone = as(server, ann, "POST", path + "/undo", Map.of("requestId", UUID.randomUUID().toString())).expect(200).json();
        assertThat(undone.get("undoes").asLong()).isEqualTo(done.get("id").asLong());
        assertThat(get(server, image + "?status=PROPOSED")).isEqualTo(before);
        assertThat(list(get(server, image + "?status=ACCEPTED").get("boxes"))).isEmpty();
        JsonNode again = as(server, ann, "GET", path, null).expect(200).json();
        assertThat(again.get("status").asText()).isEqualTo("CLAIMED");
        as(server, ann, "POST", path + "/skip", Map.of("version", again.get("version").asInt(), "requestId", UUID.randomUUID().toString(), "reason", "blurred"))
                .expect(200);

        List<JsonNode> history = list(get(server, image + "/history").get("items"));
        assertThat(history).extracting(entry -> entry.at("/decision/action").asText()).startsWith("skip", "undo", "decide");
        assertThat(history.get(2).get("decision")).isEqualTo(done);
        assertThat(get(server, image + "/history?limit=1").get("next").asLong()).isEqualTo(history.get(0).at("/decision/id").asLong());
    }

    @Test
    void whatTwoReviewersSaidIsCompared(GleanerServer server) {
        long queue = queue(server, Map.of("consensus", 2, "consensusShare", 1, "limit", 1, "order", "random"));
        JsonNode mine = claim(server, queue, ann, 10).get(0);
        List<JsonNode> others = claim(server, queue, bob, 10);
        assertThat(others).hasSize(1);
        JsonNode theirs = others.get(0);
        assertThat(theirs.at("/image/id")).isEqualTo(mine.at("/image/id"));
        Map<String, Object> same = Map.of("action", "draw", "category", "disc", "bbox", List.of(10, 10, 40, 40));
        as(server, bob, "PUT", "/api/review-items/" + theirs.get("id").asLong() + "/decision", decision(theirs, "c" + UUID.randomUUID(), List.of(same,
                Map.of("action", "draw", "category", "disc", "bbox", List.of(100, 60, 20, 20))))).expect(200);
        JsonNode done = as(server, ann, "PUT", "/api/review-items/" + mine.get("id").asLong() + "/decision",
                decision(mine, "c" + UUID.randomUUID(), List.of(same))).expect(200).json();
        JsonNode quality = get(server, "/api/projects/" + projectId + "/review-quality");
        JsonNode bobs = list(quality.get("reviewers")).stream().filter(row -> row.get("reviewer").asText().equals(bob)).findFirst().orElseThrow();
        // One box that both drew, one that only Bob did: 2 / 3.
        assertThat(bobs.at("/agreement/agreed").asInt()).isEqualTo(1);
        assertThat(bobs.at("/agreement/differing").asInt()).isEqualTo(1);
        assertThat(bobs.at("/agreement/f1").asDouble()).isEqualTo(2 / 3.0);
        assertThat(bobs.get("medianSeconds").asDouble()).isEqualTo(3.5);
        as(server, ann, "POST", "/api/review-items/" + mine.get("id").asLong() + "/undo", Map.of("requestId", "u" + UUID.randomUUID())).expect(200);
        assertThat(done.get("boxes")).hasSize(1);
    }

    @Test
    void aGalleryGoesByScoreAndTakesManyDecisionsAtOnce(GleanerServer server) {
        String crops = "/api/datasets/" + dataset + "/crops?category=disc&order=highest&limit=2";
        JsonNode first = get(server, crops);
        assertThat(first.get("total").asInt()).isGreaterThan(2);
        JsonNode second = get(server, crops + "&after=" + first.get("next").asText());
        assertThat(second.at("/items/0/score").asDouble()).isLessThanOrEqualTo(first.at("/items/1/score").asDouble());
        assertThat(first.at("/items/0/imageWidth").asInt()).isEqualTo(160);
        assertThat(get(server, crops.replace("highest", "unlike")).at("/items/0/rank").asDouble()).isPositive();

        List<JsonNode> items = list(first.get("items"));
        String request = UUID.randomUUID().toString();
        Map<String, Object> order = Map.of("requestId", request, "seconds", 2, "boxes", List.of(box(items.get(0), "accept"),
                Map.of("annotation", items.get(1).get("annotation").asLong(), "version", items.get(1).get("version").asInt() + 7, "action", "reject")));
        JsonNode outcome = as(server, ann, "POST", "/api/annotations/decisions", order).expect(200).json();
        assertThat(outcome.get("decisions")).hasSize(1);
        assertThat(outcome.at("/decisions/0/boxes/0/after/status").asText()).isEqualTo("ACCEPTED");
        assertThat(outcome.at("/stale/0/annotation").asLong()).isEqualTo(items.get(1).get("annotation").asLong());
        assertThat(as(server, ann, "POST", "/api/annotations/decisions", order).expect(200).json()).isEqualTo(outcome);
        JsonNode undone = as(server, ann, "POST", "/api/annotations/decisions/undo", Map.of("requestId", UUID.randomUUID().toString(), "undoes", request))
                .expect(200).json();
        assertThat(undone.at("/decisions/0/boxes/0/after/status").asText()).isEqualTo("PROPOSED");
        as(server, ann, "POST", "/api/annotations/decisions/undo", Map.of("requestId", UUID.randomUUID().toString(), "undoes", request)).expect(409);
        assertThat(get(server, crops).get("total")).isEqualTo(first.get("total"));
    }

    @Test
    void thresholdsOfTheProjectAreTakenByRunsWithoutTheirOwn(GleanerServer server) {
        String path = "/api/projects/" + projectId + "/thresholds";
        JsonNode set = server.put(path, Map.of("thresholds", Map.of("square", 0.75))).expect(200).json();
        assertThat(list(set.get("categories"))).anySatisfy(row -> {
            assertThat(row.get("category").asText()).isEqualTo("square");
            assertThat(row.get("threshold").asDouble()).isEqualTo(0.75);
        });
        JsonNode ordered = order(server, other, null);
        long plain = ordered.get("id").asLong();
        assertThat(ordered.at("/thresholds/default").asDouble()).isEqualTo(0.5);
        assertThat(ordered.at("/thresholds/square").asDouble()).isEqualTo(0.75);
        Map<String, Double> none = new HashMap<>();
        none.put("square", null);
        assertThat(list(server.put(path, Map.of("thresholds", none)).expect(200).json().get("categories")))
                .noneSatisfy(row -> assertThat(row.has("threshold")).isTrue());
        server.await("run " + plain + " ends", () -> get(server, "/api/labeling-runs/" + plain).get("status").asText().equals("COMPLETED"));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST | review-queues | {"dataset":$D}                                              | name                  |            | 1 to 200 characters
            POST | review-queues | {"name":"x"}                                                | dataset               |            | READY
            POST | review-queues | {"name":"x","dataset":987654321}                            | dataset               | 987654321  | READY
            POST | review-queues | {"name":"x","dataset":$D,"order":"best"}                    | order                 | best       | ranked, random, stratified
            POST | review-queues | {"name":"x","dataset":$D,"checks":0.2}                      | checks                | 0.2        | 0 to 0.15
            POST | review-queues | {"name":"x","dataset":$D,"consensus":6}                     | consensus             | 6          | 0 to 5
            POST | review-queues | {"name":"x","dataset":$D,"consensusShare":0}                | consensusShare        | 0.0        | above 0
            POST | review-queues | {"name":"x","dataset":$D,"limit":0}                         | limit                 | 0          | 1 to 20000
            POST | review-queues | {"name":"x","dataset":$D,"filter":{"categories":["yak"]}}   | filter.categories[0]  | yak        | a category of the project
            POST | review-queues | {"name":"x","dataset":$D,"filter":{"scores":[0.9,0.1]}}     | filter.scores         | [0.9,0.1]  | [lowest, highest]
            POST | review-queues | {"name":"x","dataset":$D,"filter":{"sizes":["huge"]}}       | filter.sizes[0]       | huge       | small, medium, large
            POST | review-queues | {"name":"x","dataset":$D,"filter":{"modelVersion":987654}}  | filter.modelVersion   | 987654     | a model version of the project
            POST | review-queues | {"name":"x","dataset":$D,"filter":{"run":987654321}}        | filter.run            | 987654321  | labeling run of what
            POST | review-queues | {"name":"x","dataset":$D,"filter":{"round":987654321}}      | filter.round          | 987654321  | a training round
            POST | review-queues | {"name":"x","dataset":$D,"project":$P}                      | project               | $P         | nothing where a dataset is named
            POST | review-queues | {"name":"x","project":987654321}                            | project               | 987654321  | a project with a dataset that is READY
            POST | review-queues/$Q/rulings | {}                                               | image                 |            | about which several reviewers
            POST | review-queues/$Q/claim | {"count":11}                                       | count                 | 11         | 1 to 10
            PUT  | review-items/$I/decision | {"requestId":"a","boxes":[]}                     | version               |            | version of the item
            PUT  | review-items/$I/decision | {"version":1,"boxes":[]}                         | requestId             |            | 1 to 100 characters
            PUT  | review-items/$I/decision | {"version":1,"requestId":"a"}                    | boxes                 |            | a list
            PUT  | review-items/$I/decision | {"version":1,"requestId":"a","boxes":[{"action":"eat"}]}    | boxes[0].action     | eat | accept, reject
            PUT  | review-items/$I/decision | {"version":1,"requestId":"a","boxes":[{"action":"accept"}]} | boxes[0].annotation |     | the id of a box
            PUT  | review-items/$I/decision | {"version":1,"requestId":"a","boxes":[{"action":"accept","annotation":$A}]} | boxes[0].version | | as it was seen
            PUT  | review-items/$I/decision | {"version":1,"requestId":"a","boxes":[{"action":"accept","annotation":$A,"version":0},{"action":"keep","annotation":$A,"version":0}]} | boxes[1].annotation | $A | not named before
            PUT  | review-items/$I/decision | {"version":1,"requestId":"a","boxes":[{"action":"relabel","annotation":$A,"version":0,"category":"yak"}]} | boxes[0].category | yak | a category of the project
            PUT  | review-items/$I/decision | {"version":1,"requestId":"a","boxes":[{"action":"draw","category":"disc","bbox":[150,10,20,20]}]} | boxes[0].bbox | [150.0,10.0,20.0,20.0] | within the image of 160 x 120
            PUT  | review-items/$I/decision | {"version":1,"requestId":"a","boxes":[],"seconds":-1}      | seconds             | -1.0 | 0 to 86400
            POST | review-items/$I/skip     | {"version":1,"requestId":"a"}                              | reason              |      | 1 to 2000 characters
            POST | review-items/$I/undo     | {}                                                         | requestId           |      | 1 to 100 characters
            PUT  | projects/$P/thresholds   | {}                                                         | thresholds          |      | an object
            PUT  | projects/$P/thresholds   | {"thresholds":{"yak":0.5}}                                 | thresholds          | yak  | a category of the project
            PUT  | projects/$P/thresholds   | {"thresholds":{"disc":1.5}}                                | thresholds.disc     | 1.5  | 0 to 1
            GET  | projects/$P/thresholds?precision=1 |                                                  | precision           | 1.0  | between 0 and 1
            GET  | projects/$P/review-quality?days=0  |                                                  | days                | 0    | 1 to 3650
            GET  | review-queues/$Q/items?status=none |                                                  | status              | none | OPEN
            GET  | datasets/$D/crops                  |                                                  | category            |      | a category of the dataset's project
            GET  | datasets/$D/crops?category=disc&order=best |                                          | order               | best | lowest, highest or unlike
            GET  | datasets/$D/crops?category=disc&after=1    |                                          | after               | 1    | next of the page before
            POST | annotations/decisions      | {"requestId":"a","boxes":[]}                             | boxes               | 0 boxes | 1 to 1000
            POST | annotations/decisions      | {"boxes":[{"action":"accept","annotation":$A,"version":0}]} | requestId        |      | 1 to 100 characters
            POST | annotations/decisions      | {"requestId":"a","boxes":[{"action":"draw"}]}            | boxes[0].action     | draw | accept, reject or relabel
            POST | annotations/decisions/undo | {"requestId":"a"}                                        | undoes              |      | the requestId of
            """)
    void badInputIsNamedAndChangesNothing(String method, String path, String body, String field, String value, String expected, GleanerServer server) {
        if (waiting == null) {
            waiting = claim(server, queue(server, Map.of("order", "stratified")), ann, 1).get(0);
        }
        String queues = get(server, "/api/review-queues").toString();
        Answer answer = as(server, ann, method, "/api/" + filled(path), body == null ? null : filled(body)).expect(400);
        JsonNode fault = list(answer.json().get("errors")).stream().filter(error -> error.get("field").asText().equals(field)).findFirst()
                .orElseThrow(() -> new AssertionError("no fault of " + field + ": " + answer.body()));
        assertThat(fault.get("expected").asText()).contains(expected);
        assertThat(fault.has("value") ? fault.get("value").isTextual() ? fault.get("value").asText() : fault.get("value").toString() : null)
                .isEqualTo(value == null ? null : filled(value));
        assertThat(get(server, "/api/review-queues").toString()).isEqualTo(queues);
    }

    private static String filled(String text) {
        return text.replace("$D", Long.toString(dataset)).replace("$P", Long.toString(projectId)).replace("$Q", waiting.get("queue").asText())
                .replace("$I", waiting.get("id").asText()).replace("$A", open(waiting).get(0).get("annotation").asText());
    }

    @ParameterizedTest
    @CsvSource({"GET, review-queues/987654321", "DELETE, review-queues/987654321", "POST, review-queues/987654321/close",
        "GET, review-queues/987654321/items", "GET, review-queues/987654321/claim", "GET, review-items/987654321", "POST, review-items/987654321/release",
        "GET, images/987654321/history", "GET, projects/987654321/review-quality", "GET, projects/987654321/thresholds",
        "GET, projects/987654321/thresholds/changes"})
    void whatIsNotThereIsNotFound(String method, String path, GleanerServer server) {
        as(server, ann, method, "/api/" + path, null).expect(404);
    }

    @Test
    void aQueueOfNothingIsRefused(GleanerServer server) {
        Answer answer = server.post("/api/review-queues", Map.of("name", "x", "dataset", dataset, "filter", Map.of("scores", List.of(0.999999, 1))));
        assertThat(answer.expect(409).json().get("detail").asText()).contains("there is nothing to review");
    }
}
