package dev.gleaner.labeling;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Answer;
import dev.gleaner.GleanerServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** What a user of the REST interface does to have a dataset labeled, and to see what came of it. */
final class Labeling {

    static final Path TINY = Path.of(System.getProperty("gleaner.reference")).resolve("tiny").toAbsolutePath().normalize();
    static final List<Map<String, String>> PROMPTS = List.of(
            Map.of("category", "disc", "phrase", "red circle"),
            Map.of("category", "square", "phrase", "blue square"),
            Map.of("category", "square", "phrase", "square"));
    static final Map<String, Double> THRESHOLDS = Map.of("default", 0.1, "square", 0.12);

    private static final Set<String> AT_REST = Set.of("STOPPED", "COMPLETED", "FAILED");

    private final GleanerServer server;

    Labeling(GleanerServer server) {
        this.server = server;
    }

    /** A proposal: the image's id, the prompt that fired, {@code [x, y, width, height]} and the score, all as the server wrote them. */
    record Proposal(long image, String category, String phrase, List<Double> bbox, double score) {

        static Proposal of(long image, JsonNode box) {
            return new Proposal(image, box.get("category").asText(), box.get("phrase").asText(),
                    StreamSupport.stream(box.get("bbox").spliterator(), false).map(JsonNode::asDouble).toList(),
                    box.get("score").asDouble());
        }
    }

    static Map<String, Object> tinyModel(String name) {
        return new HashMap<>(Map.of("name", name, "checkpoint", TINY.resolve("tiny.pth").toString(),
                "config", TINY.resolve("tiny.yaml").toString(),
                "vocabulary", TINY.resolve("vocab.txt").toString(),
                "languageConfig", TINY.resolve("bert_config.json").toString()));
    }

    /** Imports the tiny reference model; its id. */
    long importTiny(String name) {
        return server.post("/api/model-versions", tinyModel(name)).expect(201).json().get("id").asLong();
    }

    /** Registers a source and waits until it is READY; the dataset's id. */
    long register(String name, Map<String, String> source) {
        long dataset = server.post("/api/datasets", Map.of("name", name, "source", source)).expect(202).json().get("id").asLong();
        server.await(name + " is imported", () -> {
            String status = get("/api/datasets/" + dataset).get("status").asText();
            if (status.equals("REJECTED")) {
                throw new AssertionError(get("/api/datasets/" + dataset).toString());
            }
            return status.equals("READY");
        });
        return dataset;
    }

    long registerFolder(String name, Path folder) {
        return register(name, Map.of("type", "folder", "path", folder.toString()));
    }

    /** Orders a run of {@link #PROMPTS}; its id. */
    long start(long dataset, long model) {
        return server.post("/api/labeling-runs",
                        Map.of("dataset", dataset, "modelVersion", model, "prompts", PROMPTS, "thresholds", THRESHOLDS))
                .expect(202).json().get("id").asLong();
    }

    JsonNode run(long run) {
        return get("/api/labeling-runs/" + run);
    }

    /** Waits until the run is at rest. */
    JsonNode awaitRest(long run) {
        return await(run, "is at rest", view -> AT_REST.contains(view.get("status").asText()));
    }

    /** Waits until the run is completed. */
    JsonNode awaitCompleted(long run) {
        JsonNode view = awaitRest(run);
        if (!view.get("status").asText().equals("COMPLETED")) {
            throw new AssertionError(view.toString());
        }
        return view;
    }

    JsonNode await(long run, String what, Predicate<JsonNode> condition) {
        JsonNode[] last = new JsonNode[1];
        server.await("labeling run " + run + " " + what, () -> {
            last[0] = run(run);
            return condition.test(last[0]);
        });
        return last[0];
    }

    /** A run's proposals in the dataset, of any status, by image in the order of their scores. */
    Map<Long, List<Proposal>> proposals(long dataset, long run) {
        Map<Long, List<Proposal>> byImage = new TreeMap<>();
        for (JsonNode box : pages("/api/datasets/" + dataset + "/annotations?status=PROPOSED&status=SUPERSEDED")) {
            if (box.path("labelingRun").asLong() == run) {
                byImage.computeIfAbsent(box.get("image").asLong(), image -> new ArrayList<>()).add(Proposal.of(box.get("image").asLong(), box));
            }
        }
        return byImage;
    }

    /** What {@code /api/detect} says of a stored image with a run's prompts and thresholds. */
    List<Proposal> detect(long image, Path file, long model) {
        try {
            ObjectMapper json = new ObjectMapper();
            Answer answer = server.postMultipart("/api/detect", Map.of("image", file, "modelVersion", model,
                    "prompts", json.writeValueAsString(PROMPTS), "thresholds", json.writeValueAsString(THRESHOLDS)));
            return StreamSupport.stream(answer.expect(200).json().get("detections").spliterator(), false)
                    .map(box -> Proposal.of(image, box)).toList();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The dataset's images: file name by id. */
    Map<Long, String> images(long dataset) {
        Map<Long, String> names = new TreeMap<>();
        pages("/api/datasets/" + dataset + "/images").forEach(image -> names.put(image.get("id").asLong(), image.get("fileName").asText()));
        return names;
    }

    /** The items of all pages. */
    List<JsonNode> pages(String path) {
        List<JsonNode> items = new ArrayList<>();
        long after = 0;
        while (true) {
            JsonNode page = get(path + (path.contains("?") ? "&" : "?") + "limit=500&after=" + after);
            page.get("items").forEach(items::add);
            if (!page.hasNonNull("next")) {
                return items;
            }
            after = page.get("next").asLong();
        }
    }

    private JsonNode get(String path) {
        return server.get(path).expect(200).json();
    }
}
