package dev.gleaner.labelstudio;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What Label Studio 1.23.2 was recorded to refuse of a prediction, with its own validation of them switched on, and what spoilt a call without. */
final class StandInLabelStudioRules {

    private StandInLabelStudioRules() {
    }

    /** What is wrong with a prediction for a project of this label configuration; empty if nothing is. */
    static Optional<String> fault(JsonNode prediction, LabelConfig config) {
        if (!prediction.path("result").isArray()) {
            return Optional.of("'result' must be a list");
        }
        if (prediction.path("model_version").isNull()) {
            return Optional.of("model_version may not be null");
        }
        JsonNode score = prediction.path("score");
        if (!score.isMissingNode() && !score.isNull() && !isWithin(score, 1)) {
            return Optional.of("Score must be between 0.00 and 1.00 inclusive, got " + score);
        }
        return StreamSupport.stream(prediction.get("result").spliterator(), false).map(region -> regionFault(region, config)).flatMap(Optional::stream).findFirst();
    }

    private static Optional<String> regionFault(JsonNode region, LabelConfig config) {
        Optional<LabelConfig.Control> control = config.controls().stream().filter(one -> one.name().equals(region.path("from_name").asText())).findFirst();
        if (control.isEmpty() || !control.get().toName().contains(region.path("to_name").asText())) {
            return Optional.of("'from_name' " + region.path("from_name") + " or 'to_name' " + region.path("to_name") + " not found in configuration");
        }
        JsonNode value = region.path("value");
        if (!region.path("type").asText().equals("rectanglelabels") || !value.path("rectanglelabels").isArray() || value.get("rectanglelabels").isEmpty()) {
            return Optional.of("Invalid value for control " + control.get().name() + ": expected fields x, y, width, height, rotation, rectanglelabels");
        }
        Set<String> labels = control.get().labels().stream().map(LabelConfig.Label::name).collect(Collectors.toSet());
        for (JsonNode label : value.get("rectanglelabels")) {
            if (!labels.contains(label.asText())) {
                return Optional.of("Invalid value for control " + control.get().name() + ": " + label + "; valid labels: " + labels);
            }
        }
        return List.of("x", "y", "width", "height").stream().allMatch(field -> isWithin(value.path(field), 100)) ? Optional.empty()
                : Optional.of("Invalid geometry for control " + control.get().name() + ": out of bounds [0, 100]: " + value);
    }

    private static boolean isWithin(JsonNode number, double most) {
        double value = number.isNumber() ? number.doubleValue() : number.asDouble(-1);
        return value >= 0 && value <= most;
    }
}
