package dev.gleaner.labelstudio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.glip.Box;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Label Studio's tasks, and what people say of them, wherever it tells them. */
public final class TaskJson {

    private TaskJson() {
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
            double left = LabelStudioJson.clip(percent.x(), 100) / 100 * width;
            double top = LabelStudioJson.clip(percent.y(), 100) / 100 * height;
            double right = LabelStudioJson.clip(percent.x() + percent.width(), 100) / 100 * width;
            double bottom = LabelStudioJson.clip(percent.y() + percent.height(), 100) / 100 * height;
            return Box.xywh(left, top, right - left, bottom - top);
        }
    }

    /** An annotation: what one annotator says of a task. {@code annotator} is a number of Label Studio's; null where it is not told. */
    public record Annotation(long id, long task, Long annotator, Double seconds, Instant updatedAt, boolean cancelled, List<Region> regions) {
    }

    /** Those that have a number and data. */
    static List<Task> tasks(JsonNode list) {
        List<Task> tasks = new ArrayList<>();
        for (JsonNode task : list) {
            if (task.path("id").isIntegralNumber() && task.path("data").isObject()) {
                tasks.add(task(task));
            }
        }
        return tasks;
    }

    @SuppressWarnings("unchecked")
    static Task task(JsonNode task) {
        return new Task(task.get("id").longValue(), LabelStudioJson.MAPPER.convertValue(task.get("data"), Map.class));
    }

    /** @param task of which it is, where it does not say itself; 0 for none @return empty if something that is needed is not there */
    static Optional<Annotation> annotation(JsonNode json, long task) {
        Instant updated = LabelStudioJson.instant(json.path("updated_at"));
        long of = json.path("task").asLong(task);
        if (!json.path("id").isIntegralNumber() || of == 0 || updated == null) {
            return Optional.empty();
        }
        JsonNode by = json.path("completed_by").isObject() ? json.get("completed_by").path("id") : json.path("completed_by");
        return Optional.of(new Annotation(json.get("id").longValue(), of, by.isIntegralNumber() ? by.longValue() : null,
                json.path("lead_time").isNumber() ? json.get("lead_time").doubleValue() : null, updated, json.path("was_cancelled").asBoolean(),
                regions(json.path("result"))));
    }

    /** The rectangles with labels among the regions of a result. */
    static List<Region> regions(JsonNode result) {
        List<Region> regions = new ArrayList<>();
        for (JsonNode region : result) {
            JsonNode value = region.path("value");
            if (!region.path("type").asText().equals(LabelStudioJson.RECTANGLE) || !value.path("width").isNumber() || !value.path("height").isNumber()) {
                continue;
            }
            JsonNode labels = value.path(LabelStudioJson.RECTANGLE);
            regions.add(new Region(LabelStudioJson.text(region, "id"), LabelStudioJson.text(region, "from_name"), LabelStudioJson.text(region, "to_name"),
                    labels.isEmpty() ? null : labels.get(0).asText(),
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
}
