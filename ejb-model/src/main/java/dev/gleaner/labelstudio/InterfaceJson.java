package dev.gleaner.labelstudio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gleaner.labelstudio.PredictionJson.Prediction;
import dev.gleaner.labelstudio.TaskJson.Annotation;
import dev.gleaner.labelstudio.TaskJson.Task;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What Label Studio's own interface takes and gives. Recorded from version 1.23.2. */
final class InterfaceJson {

    /** The only form in which Label Studio takes a time. */
    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private InterfaceJson() {
    }

    /** A project, as Label Studio's own interface shows it. {@code identity} is what its calls name it by. */
    record Project(long number, String identity, String title, String labelConfig) {
    }

    /** A prediction that Label Studio has. */
    record Stored(long id, String modelVersion) {
    }

    /** What Label Studio shows of a project. */
    static Project project(byte[] body) {
        JsonNode json = LabelStudioJson.read(body);
        return new Project(json.path("id").asLong(), LabelStudioJson.identity(json), LabelStudioJson.text(json, "title"),
                LabelStudioJson.text(json, "label_config"));
    }

    /** A page of tasks; empty where the list ends. */
    static List<Task> taskPage(byte[] body) {
        JsonNode json = LabelStudioJson.read(body);
        return TaskJson.tasks(json.isArray() ? json : json.path("tasks"));
    }

    /** What asks for the tasks that were changed or annotated since, in the words of Label Studio's data manager. */
    static String changedSince(Instant since) {
        ObjectNode query = LabelStudioJson.MAPPER.createObjectNode();
        query.putObject("filters").put("conjunction", "and").putArray("items").addObject().put("filter", "filter:tasks:updated_at")
                .put("operator", "greater_or_equal").put("type", "Datetime").put("value", MICROSECONDS.format(since));
        return query.toString();
    }

    /** The annotations in an export as JSON, each with its task. */
    static Map<Annotation, Task> exported(byte[] body) {
        Map<Annotation, Task> found = new LinkedHashMap<>();
        for (JsonNode task : LabelStudioJson.read(body)) {
            if (task.path("id").isIntegralNumber() && task.path("data").isObject()) {
                for (JsonNode annotation : task.path("annotations")) {
                    TaskJson.annotation(annotation, task.get("id").longValue()).ifPresent(read -> found.put(read, TaskJson.task(task)));
                }
            }
        }
        return found;
    }

    /** The predictions that Label Studio has of a task. */
    static List<Stored> stored(byte[] body) {
        JsonNode json = LabelStudioJson.read(body);
        List<Stored> stored = new ArrayList<>();
        (json.isArray() ? json : json.path("results")).forEach(one -> stored.add(new Stored(one.path("id").asLong(), LabelStudioJson.text(one, "model_version"))));
        return stored;
    }

    /** The body of Label Studio's bulk import of predictions. */
    static byte[] imported(List<Prediction> predictions) {
        ArrayNode list = LabelStudioJson.MAPPER.createArrayNode();
        predictions.forEach(prediction -> list.add(PredictionJson.prediction(prediction).put("task", prediction.task())));
        return LabelStudioJson.bytes(list);
    }

    /** The body that replaces a prediction. */
    static byte[] replaced(Prediction prediction) {
        return LabelStudioJson.bytes(PredictionJson.prediction(prediction));
    }

    /** The body that asks for an access token. */
    static byte[] refresh(String token) {
        return LabelStudioJson.bytes(LabelStudioJson.MAPPER.createObjectNode().put("refresh", token));
    }

    /** The access token that was asked for; null if there is none. */
    static String access(byte[] body) {
        return LabelStudioJson.text(LabelStudioJson.read(body), "access");
    }
}
