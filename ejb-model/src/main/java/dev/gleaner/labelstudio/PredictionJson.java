package dev.gleaner.labelstudio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gleaner.format.PixelSize;
import dev.gleaner.glip.Box;
import java.util.List;

/** What a model found, as Label Studio takes it: in an answer to predict, and by its own interface. */
public final class PredictionJson {

    private PredictionJson() {
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

    /** Of a task that is not deferred. */
    static ObjectNode prediction(Prediction prediction) {
        ObjectNode entry = LabelStudioJson.MAPPER.createObjectNode();
        ArrayNode result = entry.putArray("result");
        prediction.found().forEach(found -> result.add(region(found)));
        entry.put("score", prediction.found().stream().mapToDouble(Found::score).map(PredictionJson::finite).max().orElse(0));
        entry.put("model_version", prediction.modelVersion());
        return entry;
    }

    private static ObjectNode region(Found found) {
        ObjectNode region = LabelStudioJson.MAPPER.createObjectNode();
        region.put("id", found.id());
        region.put("from_name", found.name());
        region.put("to_name", found.toName());
        region.put("type", LabelStudioJson.RECTANGLE);
        region.put("original_width", found.size().width());
        region.put("original_height", found.size().height());
        region.put("image_rotation", 0);
        region.put("score", finite(found.score()));
        double left = LabelStudioJson.clip(found.box().x() / found.size().width() * 100, 100);
        double top = LabelStudioJson.clip(found.box().y() / found.size().height() * 100, 100);
        ObjectNode value = region.putObject("value");
        value.put("x", left);
        value.put("y", top);
        value.put("width", LabelStudioJson.clip((found.box().x() + found.box().width()) / found.size().width() * 100, 100) - left);
        value.put("height", LabelStudioJson.clip((found.box().y() + found.box().height()) / found.size().height() * 100, 100) - top);
        value.put("rotation", 0);
        value.putArray(LabelStudioJson.RECTANGLE).add(found.label());
        return region;
    }

    /** Label Studio fails on a score that is no number. */
    private static double finite(double score) {
        return Double.isFinite(score) ? LabelStudioJson.clip(score, 1) : 0;
    }
}
