package dev.gleaner.labelstudio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gleaner.InvalidInput;
import dev.gleaner.labelstudio.PredictionJson.Prediction;
import dev.gleaner.labelstudio.TaskJson.Annotation;
import dev.gleaner.labelstudio.TaskJson.Region;
import dev.gleaner.labelstudio.TaskJson.Task;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * What Label Studio sends to a machine-learning back end, and what it gets for an answer. Recorded from version 1.23.2; fields that nobody asks for may be
 * there or not.
 */
public final class BackEndJson {

    private BackEndJson() {
    }

    /**
     * A call of setup.
     *
     * @param project   {@code 1.1795432723}
     * @param hostname  where Label Studio says it is
     * @param token     a live credential of Label Studio; null if there is none
     * @param threshold from the back end's extra parameters
     */
    public record Setup(String project, String labelConfig, String hostname, String token, Optional<Double> threshold) {

        /** Without the token. */
        @Override
        public String toString() {
            return "Setup[" + project + "]";
        }
    }

    /**
     * A call of predict.
     *
     * @param project     {@code 1.1795432723}; null if it is not named
     * @param interactive what the annotator just drew or typed; null for a batch
     */
    public record PredictCall(String project, String labelConfig, List<Task> tasks, Interaction interactive) {
    }

    /**
     * What an annotator drew or typed to be helped with.
     *
     * @param regions drawn boxes
     * @param texts   typed, by the name of the control
     * @param numbers given, by the name of the control
     */
    public record Interaction(List<Region> regions, Map<String, String> texts, Map<String, Double> numbers) {
    }

    /**
     * An event.
     *
     * @param action  {@code ANNOTATION_CREATED}
     * @param project {@code 1.1795432723}
     */
    public record Event(String action, String project, String title, String labelConfig, List<Annotation> annotations, List<Long> deleted, List<Task> tasks) {
    }

    /** @throws InvalidInput if it is no call of setup */
    public static Setup setup(byte[] body) {
        JsonNode json = LabelStudioJson.read(body);
        return new Setup(projectOf(json), LabelStudioJson.text(json, "schema"), LabelStudioJson.text(json, "hostname"),
                LabelStudioJson.text(json, "access_token"), extraThreshold(json.path("extra_params")));
    }

    /** The extra parameters are passed on as somebody typed them: an object, or a text that is one. */
    private static Optional<Double> extraThreshold(JsonNode extra) {
        JsonNode params = extra;
        if (extra.isTextual()) {
            try {
                params = LabelStudioJson.MAPPER.readTree(extra.textValue());
            } catch (JsonProcessingException e) {
                return Optional.empty();
            }
        }
        for (String name : List.of("box_threshold", "score_threshold", "threshold")) {
            Optional<Double> score = LabelConfig.score(params.path(name).asText(""));
            if (score.isPresent()) {
                return score;
            }
        }
        return Optional.empty();
    }

    /** @throws InvalidInput if it is no call of predict */
    public static PredictCall predict(byte[] body) {
        JsonNode json = LabelStudioJson.read(body);
        if (!json.path("tasks").isArray()) {
            throw new InvalidInput("tasks", json.has("tasks") ? json.get("tasks").toString() : null, "a list of tasks");
        }
        List<Task> tasks = TaskJson.tasks(json.get("tasks"));
        if (tasks.size() != json.get("tasks").size()) {
            throw new InvalidInput("tasks", null, "a whole number as the id of each, and an object as its data");
        }
        JsonNode context = json.path("params").path("context").path("result");
        return new PredictCall(LabelStudioJson.text(json, "project"), LabelStudioJson.text(json, "label_config"), tasks,
                context.isArray() ? interaction(context) : null);
    }

    private static Interaction interaction(JsonNode context) {
        Map<String, String> texts = new LinkedHashMap<>();
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (JsonNode region : context) {
            String name = String.valueOf(LabelStudioJson.text(region, "from_name"));
            JsonNode value = region.path("value");
            JsonNode typed = value.path("text").isArray() ? value.get("text").path(0) : value.path("text");
            if (typed.isTextual() && !typed.textValue().isBlank()) {
                texts.put(name, typed.textValue());
            } else if (value.path("number").isNumber()) {
                numbers.put(name, value.get("number").doubleValue());
            }
        }
        return new Interaction(TaskJson.regions(context), texts, numbers);
    }

    /**
     * Reads an event. What it names in the singular or in the plural, as one or as a list, is a list here.
     *
     * @throws InvalidInput if it has no action, or no project
     */
    public static Event event(byte[] body) {
        JsonNode json = LabelStudioJson.read(body);
        String action = LabelStudioJson.text(json, "action");
        if (action == null) {
            throw new InvalidInput("action", null, "the name of what happened");
        }
        JsonNode project = json.path("project");
        if (!project.path("id").isIntegralNumber()) {
            throw new InvalidInput("project", null, "the project in which it happened");
        }
        boolean deleted = action.toUpperCase(Locale.ROOT).endsWith("DELETED");
        List<Annotation> annotations = new ArrayList<>();
        List<Long> gone = new ArrayList<>();
        for (String field : List.of("annotation", "annotations")) {
            for (JsonNode annotation : list(json.path(field))) {
                if (deleted) {
                    gone.add(annotation.path("id").longValue());
                } else {
                    TaskJson.annotation(annotation, 0).ifPresent(annotations::add);
                }
            }
        }
        List<Task> tasks = new ArrayList<>();
        for (String field : List.of("task", "tasks")) {
            tasks.addAll(TaskJson.tasks(LabelStudioJson.MAPPER.valueToTree(list(json.path(field)))));
        }
        return new Event(action, LabelStudioJson.identity(project), LabelStudioJson.text(project, "title"), LabelStudioJson.text(project, "label_config"),
                annotations, gone, tasks);
    }

    /** An event with what {@link #event} reads of it, and nothing else: a project comes with tokens and passwords. */
    static String withoutSecrets(byte[] body) {
        JsonNode json = LabelStudioJson.read(body);
        ObjectNode kept = LabelStudioJson.MAPPER.createObjectNode();
        kept.set("action", json.path("action"));
        for (String field : List.of("annotation", "annotations", "task", "tasks")) {
            if (json.has(field)) {
                kept.set(field, json.get(field));
            }
        }
        ObjectNode project = kept.putObject("project");
        for (String field : List.of("id", "created_at", "title", "label_config")) {
            if (json.path("project").has(field)) {
                project.set(field, json.get("project").get(field));
            }
        }
        return new String(LabelStudioJson.bytes(kept), StandardCharsets.UTF_8);
    }

    private static List<JsonNode> list(JsonNode oneOrMany) {
        if (oneOrMany.isArray()) {
            return StreamSupport.stream(oneOrMany.spliterator(), false).toList();
        }
        return oneOrMany.isObject() ? List.of(oneOrMany) : List.of();
    }

    /**
     * The answer to predict: an entry for each task in the order of the call; for a deferred one an empty list, so that Label Studio stores
     * nothing and asks again.
     */
    public static byte[] results(List<Prediction> predictions) {
        ObjectNode answer = LabelStudioJson.MAPPER.createObjectNode();
        ArrayNode results = answer.putArray("results");
        for (Prediction prediction : predictions) {
            if (prediction.found() == null) {
                results.addArray();
            } else {
                results.add(PredictionJson.prediction(prediction));
            }
        }
        return LabelStudioJson.bytes(answer);
    }

    /** The answer to health. */
    public static byte[] up() {
        return LabelStudioJson.bytes(LabelStudioJson.MAPPER.createObjectNode().put("status", "UP").put("model_class", "Gleaner"));
    }

    /** The answer to an event. */
    public static byte[] taken() {
        return LabelStudioJson.bytes(LabelStudioJson.MAPPER.createObjectNode().put("status", "ok"));
    }

    /** The answer to setup. */
    public static byte[] setUp(String modelVersion) {
        return LabelStudioJson.bytes(LabelStudioJson.MAPPER.createObjectNode().put("model_version", modelVersion));
    }

    /** The answer to versions. */
    public static byte[] versions(List<String> names) {
        ObjectNode answer = LabelStudioJson.MAPPER.createObjectNode();
        names.forEach(answer.putArray("versions")::add);
        return LabelStudioJson.bytes(answer);
    }

    private static String projectOf(JsonNode json) {
        String project = LabelStudioJson.text(json, "project");
        if (project == null || !project.matches("[0-9]{1,18}(\\.[0-9]+)?")) {
            throw new InvalidInput("project", project, "a project's number and the second in which it was made, like 1.1795432723");
        }
        return project;
    }
}
