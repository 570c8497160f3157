package dev.gleaner.glip;

import java.util.Map;
import java.util.Objects;

/**
 * The least final score a detection needs to be kept, by category. They come after the model's own threshold before NMS,
 * which belongs to the model's configuration.
 */
public record Thresholds(double fallback, Map<String, Double> byCategory) {

    public Thresholds {
        byCategory = Map.copyOf(Objects.requireNonNull(byCategory, "byCategory"));
    }

    /** One threshold for every category. */
    public static Thresholds all(double threshold) {
        return new Thresholds(threshold, Map.of());
    }

    public double of(String category) {
        return byCategory.getOrDefault(category, fallback);
    }

    public boolean keeps(Detection detection) {
        return detection.score() >= of(detection.category());
    }
}
