package dev.gleaner.evaluationrun;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import dev.gleaner.evaluation.CocoJson;
import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.DetectionFigures;
import dev.gleaner.evaluation.GroundTruth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;

/** What a user of the REST interface does to have a model evaluated, and to see what came of it. */
public final class Evaluating {

    public static final Path TINY = Path.of(System.getProperty("gleaner.reference")).resolve("tiny").toAbsolutePath().normalize();

    public final GleanerServer server;
    public final String project;
    public final long model;

    /** In a project of its own. */
    public Evaluating(GleanerServer server) {
        this.server = server;
        project = "evaluations " + UUID.randomUUID();
        server.post("/api/projects", Map.of("name", project)).expect(201);
        model = id(server.post("/api/model-versions", Map.of("project", project, "name", "tiny", "checkpoint", TINY.resolve("tiny.pth").toString(),
                "config", TINY.resolve("tiny.yaml").toString(), "vocabulary", TINY.resolve("vocab.txt").toString(),
                "languageConfig", TINY.resolve("bert_config.json").toString())).expect(201).json());
    }

    public static long id(JsonNode made) {
        return made.get("id").longValue();
    }

    /** Registers a source and waits until it is READY; the dataset's id. */
    public long register(String name, Map<String, String> source) {
        long dataset = id(server.post("/api/datasets", Map.of("name", name, "project", project, "source", source)).expect(202).json());
        server.await(name + " is imported", () -> !get("/api/datasets/" + dataset).get("status").textValue().equals("IMPORTING"));
        JsonNode view = get("/api/datasets/" + dataset);
        if (!view.get("status").textValue().equals("READY")) {
            throw new AssertionError(view.toString());
        }
        return dataset;
    }

    /** Orders an evaluation of the tiny model; its id. */
    long start(long dataset, Map<String, Object> more) {
        Map<String, Object> order = new HashMap<>(Map.of("dataset", dataset, "modelVersion", model));
        order.putAll(more);
        return id(server.post("/api/evaluations", order).expect(202).json());
    }

    JsonNode await(long evaluation, String what, Predicate<JsonNode> condition) {
        JsonNode[] last = new JsonNode[1];
        server.await("evaluation " + evaluation + " " + what, () -> {
            last[0] = get("/api/evaluations/" + evaluation);
            return condition.test(last[0]);
        });
        return last[0];
    }

    JsonNode awaitRest(long evaluation) {
        return await(evaluation, "is at rest", view -> !List.of("STARTING", "RUNNING").contains(view.get("status").textValue()));
    }

    public JsonNode awaitCompleted(long evaluation) {
        JsonNode view = awaitRest(evaluation);
        if (!view.get("status").textValue().equals("COMPLETED")) {
            throw new AssertionError(view.toString());
        }
        return view;
    }

    public JsonNode get(String path) {
        return server.get(path).expect(200).json();
    }

    /** The items of all pages. */
    public List<JsonNode> items(String path, int limit) {
        List<JsonNode> items = new ArrayList<>();
        JsonNode next = null;
        do {
            JsonNode page = get(path + (path.contains("?") ? "&" : "?") + "limit=" + limit + (next == null ? "" : "&after=" + next));
            page.get("items").forEach(items::add);
            next = page.get("next");
        } while (next != null && !next.isNull());
        return items;
    }

    GroundTruth gold(long evaluation, Path folder) {
        return read("gold", evaluation, folder, CocoJson::readTruth);
    }

    List<DetectedBox> detections(long evaluation, Path folder) {
        return read("detections", evaluation, folder, CocoJson::readDetections);
    }

    private interface Reading<T> {
        T of(Path file) throws IOException;
    }

    private <T> T read(String what, long evaluation, Path folder, Reading<T> reading) {
        try {
            Path file = folder.resolve(what + "-" + evaluation + ".json");
            Files.writeString(file, server.get("/api/evaluations/" + evaluation + "/" + what).expect(200).body());
            return reading.of(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Figures as the interface writes them. */
    static Map<String, Double> written(DetectionFigures f) {
        Map<String, Double> figures = new HashMap<>(Map.of("ap", f.ap(), "ap50", f.ap50(), "ap75", f.ap75(),
                "apSmall", f.apSmall(), "apMedium", f.apMedium(), "apLarge", f.apLarge()));
        figures.putAll(Map.of("ar1", f.ar1(), "ar10", f.ar10(), "ar", f.ar(), "arSmall", f.arSmall(), "arMedium", f.arMedium(), "arLarge", f.arLarge()));
        figures.values().removeIf(figure -> figure == DetectionFigures.UNDEFINED);
        return figures;
    }

    static Map<String, Double> figures(JsonNode json) {
        Map<String, Double> figures = new HashMap<>();
        json.properties().forEach(figure -> figures.put(figure.getKey(), figure.getValue().doubleValue()));
        return figures;
    }
}
