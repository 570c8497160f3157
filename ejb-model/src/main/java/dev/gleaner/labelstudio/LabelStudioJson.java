package dev.gleaner.labelstudio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gleaner.InvalidInput;
import dev.gleaner.format.PixelSize;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;

/**
 * Label Studio's JSON: what it sends to a machine-learning back end, what it wants back, and what its own interface takes and gives. Recorded
 * from version 1.23.2. Fields that nobody asks for may be there or not.
 */
public final class LabelStudioJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String RECTANGLE = "rectanglelabels";
    /** The only form in which Label Studio takes a time. */
    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private LabelStudioJson() {
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

    /** A task: its number in Label Studio, and its data by field. */
    public record Task(long id, Map<String, Object> data) {

        /**
         * The address of an image.
         *
         * @param field {@code image}, or {@code a.b} for one within another
         * @return null if the task has none
         */
        public String address(String field) {
            Object value = data.get(field);
            if (value == null && field.contains(".")) {
                Object outer = data.get(field.substring(0, field.indexOf('.')));
                value = outer instanceof Map<?, ?> map ? map.get(field.substring(field.indexOf('.') + 1)) : null;
            }
            if (value instanceof List<?> several && !several.isEmpty()) {
                value = several.get(0);
            }
            return value instanceof String text && !text.isBlank() ? text : null;
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
     * A box in a result.
     *
     * @param name    of the control that it belongs to
     * @param toName  of the image
     * @param label   the first of its labels; null without one
     * @param percent xywh in percent of the image's width and height, after its rotation is taken into account
     */
    public record Region(String id, String name, String toName, String label, Box percent, OptionalDouble score) {

        /** In pixels of an image of this size, cut to it. */
        public Box box(int width, int height) {
            double left = clip(percent.x(), 100) / 100 * width;
            double top = clip(percent.y(), 100) / 100 * height;
            double right = clip(percent.x() + percent.width(), 100) / 100 * width;
            double bottom = clip(percent.y() + percent.height(), 100) / 100 * height;
            return Box.xywh(left, top, right - left, bottom - top);
        }
    }

    /** An annotation: what one annotator says of a task. {@code annotator} is a number of Label Studio's; null where it is not told. */
    public record Annotation(long id, long task, Long annotator, Double seconds, Instant updatedAt, boolean cancelled, List<Region> regions) {
    }

    /**
     * An event.
     *
     * @param action  {@code ANNOTATION_CREATED}
     * @param project {@code 1.1795432723}
     */
    public record Event(String action, String project, String title, String labelConfig, List<Annotation> annotations, List<Long> deleted, List<Task> tasks) {
    }

    /** A project, as Label Studio's own interface shows it. {@code identity} is what its calls name it by. */
    public record Project(long number, String identity, String title, String labelConfig) {
    }

    /**
     * A box that a model found.
     *
     * @param id unique within Label Studio, and the same whenever the same prediction is made
     */
    public record Found(String id, String name, String toName, PixelSize size, String label, Box box, double score) {
    }

    /** A model's prediction for a task: null {@code found} if it was deferred. */
    public record Prediction(long task, String modelVersion, List<Found> found) {
    }

    /** @throws InvalidInput if it is no call of setup */
    public static Setup setup(byte[] body) {
        JsonNode json = read(body);
        return new Setup(projectOf(json), text(json, "schema"), text(json, "hostname"), text(json, "access_token"), extraThreshold(json.path("extra_params")));
    }

    /** The extra parameters are passed on as somebody typed them: an object, or a text that is one. */
    private static Optional<Double> extraThreshold(JsonNode extra) {
        JsonNode params = extra;
        if (extra.isTextual()) {
            try {
                params = MAPPER.readTree(extra.textValue());
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
        JsonNode json = read(body);
        if (!json.path("tasks").isArray()) {
            throw new InvalidInput("tasks", json.has("tasks") ? json.get("tasks").toString() : null, "a list of tasks");
        }
        List<Task> tasks = tasks(json.get("tasks"));
        if (tasks.size() != json.get("tasks").size()) {
            throw new InvalidInput("tasks", null, "a whole number as the id of each, and an object as its data");
        }
        JsonNode context = json.path("params").path("context").path("result");
        return new PredictCall(text(json, "project"), text(json, "label_config"), tasks, context.isArray() ? interaction(context) : null);
    }

    private static Interaction interaction(JsonNode context) {
        Map<String, String> texts = new LinkedHashMap<>();
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (JsonNode region : context) {
            String name = String.valueOf(text(region, "from_name"));
            JsonNode value = region.path("value");
            JsonNode typed = value.path("text").isArray() ? value.get("text").path(0) : value.path("text");
            if (typed.isTextual() && !typed.textValue().isBlank()) {
                texts.put(name, typed.textValue());
            } else if (value.path("number").isNumber()) {
                numbers.put(name, value.get("number").doubleValue());
            }
        }
        return new Interaction(regions(context), texts, numbers);
    }

    private static List<Task> tasks(JsonNode list) {
        List<Task> tasks = new ArrayList<>();
        for (JsonNode task : list) {
            if (task.path("id").isIntegralNumber() && task.path("data").isObject()) {
                tasks.add(task(task));
            }
        }
        return tasks;
    }

    @SuppressWarnings("unchecked")
    private static Task task(JsonNode task) {
        return new Task(task.get("id").longValue(), MAPPER.convertValue(task.get("data"), Map.class));
    }

    /**
     * Reads an event. What it names in the singular or in the plural, as one or as a list, is a list here.
     *
     * @throws InvalidInput if it has no action, or no project
     */
    public static Event event(byte[] body) {
        JsonNode json = read(body);
        String action = text(json, "action");
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
                    annotation(annotation, 0).ifPresent(annotations::add);
                }
            }
        }
        List<Task> tasks = new ArrayList<>();
        for (String field : List.of("task", "tasks")) {
            tasks.addAll(tasks(MAPPER.valueToTree(list(json.path(field)))));
        }
        return new Event(action, identity(project), text(project, "title"), text(project, "label_config"), annotations, gone, tasks);
    }

    /** An event with what {@link #event} reads of it, and nothing else: a project comes with tokens and passwords. */
    static String withoutSecrets(byte[] body) {
        JsonNode json = read(body);
        ObjectNode kept = MAPPER.createObjectNode();
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
        return new String(bytes(kept), StandardCharsets.UTF_8);
    }

    private static List<JsonNode> list(JsonNode oneOrMany) {
        if (oneOrMany.isArray()) {
            return StreamSupport.stream(oneOrMany.spliterator(), false).toList();
        }
        return oneOrMany.isObject() ? List.of(oneOrMany) : List.of();
    }

    private static Optional<Annotation> annotation(JsonNode json, long task) {
        Instant updated = instant(json.path("updated_at"));
        long of = json.path("task").asLong(task);
        if (!json.path("id").isIntegralNumber() || of == 0 || updated == null) {
            return Optional.empty();
        }
        JsonNode by = json.path("completed_by").isObject() ? json.get("completed_by").path("id") : json.path("completed_by");
        return Optional.of(new Annotation(json.get("id").longValue(), of, by.isIntegralNumber() ? by.longValue() : null,
                json.path("lead_time").isNumber() ? json.get("lead_time").doubleValue() : null, updated, json.path("was_cancelled").asBoolean(),
                regions(json.path("result"))));
    }

    private static Instant instant(JsonNode text) {
        try {
            return text.isTextual() ? Instant.parse(text.textValue()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The rectangles with labels among the regions of a result. */
    private static List<Region> regions(JsonNode result) {
        List<Region> regions = new ArrayList<>();
        for (JsonNode region : result) {
            JsonNode value = region.path("value");
            if (!region.path("type").asText().equals(RECTANGLE) || !value.path("width").isNumber() || !value.path("height").isNumber()) {
                continue;
            }
            JsonNode labels = value.path(RECTANGLE);
            regions.add(new Region(text(region, "id"), text(region, "from_name"), text(region, "to_name"), labels.isEmpty() ? null : labels.get(0).asText(),
                    upright(value, region.path("original_width").asDouble(1), region.path("original_height").asDouble(1)),
                    region.path("score").isNumber() ? OptionalDouble.of(region.get("score").doubleValue()) : OptionalDouble.empty()));
        }
        return regions;
    }

    /** The box around a rectangle that is turned clockwise about its top-left corner. */
    private static Box upright(JsonNode value, double imageWidth, double imageHeight) {
        double x = value.path("x").asDouble();
        double y = value.path("y").asDouble();
        double width = value.path("width").asDouble();
        double height = value.path("height").asDouble();
        double turn = Math.toRadians(value.path("rotation").asDouble());
        if (turn == 0) {
            return Box.xywh(x, y, width, height);
        }
        // In pixels, since percents of width and height differ.
        double w = width * imageWidth;
        double h = height * imageHeight;
        double cos = Math.cos(turn);
        double sin = Math.sin(turn);
        double[] right = {0, w * cos, w * cos - h * sin, -h * sin};
        double[] down = {0, w * sin, w * sin + h * cos, h * cos};
        double left = min(right);
        double top = min(down);
        return Box.xywh(x + left / imageWidth, y + top / imageHeight, (-min(negated(right)) - left) / imageWidth, (-min(negated(down)) - top) / imageHeight);
    }

    private static double min(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    private static double[] negated(double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }

    /**
     * The answer to predict: an entry for each task in the order of the call; for a deferred one an empty list, so that Label Studio stores
     * nothing and asks again.
     */
    public static byte[] results(List<Prediction> predictions) {
        ObjectNode answer = MAPPER.createObjectNode();
        ArrayNode results = answer.putArray("results");
        for (Prediction prediction : predictions) {
            if (prediction.found() == null) {
                results.addArray();
            } else {
                results.add(prediction(prediction));
            }
        }
        return bytes(answer);
    }

    /** The answer to health. */
    public static byte[] up() {
        return bytes(MAPPER.createObjectNode().put("status", "UP").put("model_class", "Gleaner"));
    }

    /** The answer to an event. */
    public static byte[] taken() {
        return bytes(MAPPER.createObjectNode().put("status", "ok"));
    }

    /** The answer to setup. */
    public static byte[] setUp(String modelVersion) {
        return bytes(MAPPER.createObjectNode().put("model_version", modelVersion));
    }

    /** The answer to versions. */
    public static byte[] versions(List<String> names) {
        ObjectNode answer = MAPPER.createObjectNode();
        names.forEach(answer.putArray("versions")::add);
        return bytes(answer);
    }

    /** The body of Label Studio's bulk import of predictions. */
    static byte[] imported(List<Prediction> predictions) {
        ArrayNode list = MAPPER.createArrayNode();
        predictions.forEach(prediction -> list.add(prediction(prediction).put("task", prediction.task())));
        return bytes(list);
    }

    /** The body that replaces a prediction. */
    static byte[] replaced(Prediction prediction) {
        return bytes(prediction(prediction));
    }

    private static ObjectNode prediction(Prediction prediction) {
        ObjectNode entry = MAPPER.createObjectNode();
        ArrayNode result = entry.putArray("result");
        prediction.found().forEach(found -> result.add(region(found)));
        entry.put("score", prediction.found().stream().mapToDouble(Found::score).map(LabelStudioJson::finite).max().orElse(0));
        entry.put("model_version", prediction.modelVersion());
        return entry;
    }

    private static ObjectNode region(Found found) {
        ObjectNode region = MAPPER.createObjectNode();
        region.put("id", found.id());
        region.put("from_name", found.name());
        region.put("to_name", found.toName());
        region.put("type", RECTANGLE);
        region.put("original_width", found.size().width());
        region.put("original_height", found.size().height());
        region.put("image_rotation", 0);
        region.put("score", finite(found.score()));
        double left = clip(found.box().x() / found.size().width() * 100, 100);
        double top = clip(found.box().y() / found.size().height() * 100, 100);
        ObjectNode value = region.putObject("value");
        value.put("x", left);
        value.put("y", top);
        value.put("width", clip((found.box().x() + found.box().width()) / found.size().width() * 100, 100) - left);
        value.put("height", clip((found.box().y() + found.box().height()) / found.size().height() * 100, 100) - top);
        value.put("rotation", 0);
        value.putArray(RECTANGLE).add(found.label());
        return region;
    }

    /** Label Studio fails on a score that is no number. */
    private static double finite(double score) {
        return Double.isFinite(score) ? clip(score, 1) : 0;
    }

    private static double clip(double value, double most) {
        return Math.max(0, Math.min(most, value));
    }

    /** What Label Studio shows of a project. */
    static Project project(byte[] body) {
        JsonNode json = read(body);
        return new Project(json.path("id").asLong(), identity(json), text(json, "title"), text(json, "label_config"));
    }

    /** A page of tasks; empty where the list ends. */
    static List<Task> taskPage(byte[] body) {
        JsonNode json = read(body);
        return tasks(json.isArray() ? json : json.path("tasks"));
    }

    /** What asks for the tasks that were changed or annotated since, in the words of Label Studio's data manager. */
    static String changedSince(Instant since) {
        ObjectNode query = MAPPER.createObjectNode();
        query.putObject("filters").put("conjunction", "and").putArray("items").addObject().put("filter", "filter:tasks:updated_at").put("operator", "greater_or_equal")
                .put("type", "Datetime").put("value", MICROSECONDS.format(since));
        return query.toString();
    }

    /** The annotations in an export as JSON, each with its task. */
    static Map<Annotation, Task> exported(byte[] body) {
        Map<Annotation, Task> found = new LinkedHashMap<>();
        for (JsonNode task : read(body)) {
            if (task.path("id").isIntegralNumber() && task.path("data").isObject()) {
                for (JsonNode annotation : task.path("annotations")) {
                    annotation(annotation, task.get("id").longValue()).ifPresent(read -> found.put(read, task(task)));
                }
            }
        }
        return found;
    }

    /** A prediction that Label Studio has. */
    record Stored(long id, String modelVersion) {
    }

    /** The predictions that Label Studio has of a task. */
    static List<Stored> stored(byte[] body) {
        JsonNode json = read(body);
        List<Stored> stored = new ArrayList<>();
        (json.isArray() ? json : json.path("results")).forEach(one -> stored.add(new Stored(one.path("id").asLong(), text(one, "model_version"))));
        return stored;
    }

    /** The body that asks for an access token. */
    static byte[] refresh(String token) {
        return bytes(MAPPER.createObjectNode().put("refresh", token));
    }

    /** The access token that was asked for; null if there is none. */
    static String access(byte[] body) {
        return text(read(body), "access");
    }

    /** Its number and the second in which it was made. */
    private static String identity(JsonNode project) {
        Instant created = instant(project.path("created_at"));
        return project.path("id").asLong() + (created == null ? "" : "." + created.getEpochSecond());
    }

    private static String projectOf(JsonNode json) {
        String project = text(json, "project");
        if (project == null || !project.matches("[0-9]{1,18}(\\.[0-9]+)?")) {
            throw new InvalidInput("project", project, "a project's number and the second in which it was made, like 1.1795432723");
        }
        return project;
    }

    private static String text(JsonNode json, String field) {
        return json.path(field).isTextual() ? json.get(field).textValue() : null;
    }

    private static JsonNode read(byte[] body) {
        try {
            JsonNode json = MAPPER.readTree(body);
            if (json == null || !json.isContainerNode()) {
                throw new InvalidInput("body", null, "a JSON object");
            }
            return json;
        } catch (JsonProcessingException e) {
            // Without the text: it may hold tokens.
            throw new InvalidInput("body", null, "well-formed JSON; line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr());
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be read", e);
        }
    }

    private static byte[] bytes(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }
}
