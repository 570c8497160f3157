package dev.gleaner.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Registers the demo set, labels it and tells how far that has come, all through the REST interface. What an earlier start has done is found again,
 * so that each step happens once.
 */
final class Demo {

    private static final String NAME = "demo";
    private static final String MODEL = "starter";
    private static final double THRESHOLD = 0.5;
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final URI base;
    private final String token;
    private final Consumer<String> say;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    Demo(URI base, String token, Consumer<String> say) {
        this.base = base;
        this.token = token;
        this.say = say;
    }

    /** @param coco the demo set's COCO file */
    void run(Path coco) throws IOException, InterruptedException {
        long dataset = dataset(coco);
        long run = run(dataset, coco);
        follow(run);
        say.accept("demo: " + base.resolve("/runs/" + run));
    }

    private long dataset(Path coco) throws IOException, InterruptedException {
        JsonNode dataset = post("/api/datasets", Map.of("name", NAME, "source", Map.of("type", "coco", "path", coco.toString())));
        if (dataset.path("status").asText().equals("IMPORTING")) {
            say.accept("registering the demo set ...");
        }
        while (dataset.path("status").asText().equals("IMPORTING")) {
            Thread.sleep(PAUSE.toMillis());
            dataset = get("/api/datasets/" + dataset.path("id").asLong());
        }
        if (!dataset.path("status").asText().equals("READY")) {
            throw new IOException("the demo set is " + dataset.path("status").asText() + ": " + dataset.path("preflight"));
        }
        return dataset.path("id").asLong();
    }

    private long run(long dataset, Path coco) throws IOException, InterruptedException {
        Optional<JsonNode> earlier = find("/api/labeling-runs", run -> run.path("dataset").asLong() == dataset);
        if (earlier.isPresent()) {
            return earlier.get().path("id").asLong();
        }
        long model = find("/api/model-versions", version -> version.path("name").asText().equals(MODEL))
                .orElseThrow(() -> new IOException("the starter model is gone")).path("id").asLong();
        List<Map<String, String>> prompts = json.readTree(coco.toFile()).path("categories").findValuesAsText("name").stream()
                .map(name -> Map.of("category", name, "phrase", name)).toList();
        return post("/api/labeling-runs", Map.of("dataset", dataset, "modelVersion", model, "prompts", prompts,
                "thresholds", Map.of("default", THRESHOLD))).path("id").asLong();
    }

    /** The last match on the pages of a list: of runs, which come newest first, the one that was ordered first. */
    private Optional<JsonNode> find(String list, Predicate<JsonNode> wanted) throws IOException, InterruptedException {
        Optional<JsonNode> found = Optional.empty();
        String after = "";
        while (true) {
            JsonNode page = get(list + "?limit=500" + after);
            for (JsonNode item : page.path("items")) {
                if (wanted.test(item)) {
                    found = Optional.of(item);
                }
            }
            if (!page.hasNonNull("next")) {
                return found;
            }
            after = "&after=" + page.path("next").asLong();
        }
    }

    private void follow(long run) throws IOException, InterruptedException {
        String told = "";
        while (true) {
            JsonNode state = get("/api/labeling-runs/" + run);
            String status = state.path("status").asText();
            String line = "labeling the demo set: %d of %d images".formatted(state.path("done").asInt(), state.path("total").asInt());
            if (!line.equals(told) && List.of("STARTING", "RUNNING").contains(status)) {
                double rate = state.path("imagesPerSecond").asDouble();
                say.accept(rate > 0 ? "%s, %.1f a second".formatted(line, rate) : line);
                told = line;
            }
            if (!List.of("STARTING", "RUNNING").contains(status)) {
                say.accept("labeling the demo set: " + status.toLowerCase() + ", " + state.path("done").asInt() + " of " + state.path("total").asInt() + " images");
                return;
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(base.resolve(path)).GET());
    }

    private JsonNode post(String path, Object body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(base.resolve(path)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body))));
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.header("Authorization", "Bearer " + token).timeout(Duration.ofMinutes(1)).build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException("status " + response.statusCode() + ": " + response.body());
        }
        return json.readTree(response.body());
    }
}
