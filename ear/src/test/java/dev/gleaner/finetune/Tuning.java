package dev.gleaner.finetune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.GleanerServer;
import dev.gleaner.evaluationrun.Evaluating;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a user of the REST interface does to have a model trained, and to see how it goes. */
final class Tuning {

    private static final Set<String> ACTIVE = Set.of("STARTING", "RUNNING");
    private static final ObjectMapper JSON = new ObjectMapper();

    final GleanerServer server;
    final Evaluating evaluating;

    /** In a project of its own, with the tiny model. */
    Tuning(GleanerServer server) {
        this.server = server;
        evaluating = new Evaluating(server);
    }

    long register(String name, Map<String, String> source) {
        return evaluating.register(name, source);
    }

    /** The ids of the dataset's first images. */
    List<Long> images(long dataset, int count) {
        return evaluating.items("/api/datasets/" + dataset + "/images", 500).stream().limit(count).map(image -> image.get("id").longValue()).toList();
    }

    /** Orders a fine-tune of the tiny model; its id. */
    long start(String name, long dataset, Map<String, Object> more) {
        Map<String, Object> order = new HashMap<>(Map.of("name", name, "dataset", dataset, "modelVersion", evaluating.model));
        order.putAll(more);
        return Evaluating.id(server.post("/api/fine-tunes", order).expect(202).json());
    }

    JsonNode get(long fineTune) {
        return evaluating.get("/api/fine-tunes/" + fineTune);
    }

    JsonNode await(long fineTune, String what, Predicate<JsonNode> condition) {
        JsonNode[] last = new JsonNode[1];
        server.await("fine-tune " + fineTune + " " + what, () -> {
            last[0] = get(fineTune);
            return condition.test(last[0]);
        });
        return last[0];
    }

    JsonNode awaitRest(long fineTune) {
        return await(fineTune, "is at rest", view -> !ACTIVE.contains(view.get("status").textValue()));
    }

    JsonNode awaitCompleted(long fineTune) {
        JsonNode view = awaitRest(fineTune);
        if (!view.get("status").textValue().equals("COMPLETED")) {
            throw new AssertionError(view.toString());
        }
        return view;
    }

    /** What each step did, from all pages. */
    List<JsonNode> losses(long fineTune) {
        List<JsonNode> steps = new ArrayList<>();
        JsonNode page;
        int after = 0;
        do {
            page = evaluating.get("/api/fine-tunes/" + fineTune + "/losses?limit=7&after=" + after);
            page.get("items").forEach(steps::add);
            after = page.path("next").intValue();
        } while (page.hasNonNull("next"));
        return steps;
    }

    JsonNode modelVersion(JsonNode fineTune) {
        return evaluating.get("/api/model-versions/" + fineTune.get("modelVersion"));
    }

    /** The data of all events until the stream ends. */
    List<JsonNode> follow(long fineTune) {
        try (Stream<String> lines = HttpClient.newHttpClient().send(server.request("/api/fine-tunes/" + fineTune + "/events").GET().build(),
                BodyHandlers.ofLines()).body()) {
            return lines.filter(line -> line.startsWith("data:")).map(line -> read(line.substring("data:".length()))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while following", e);
        }
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
