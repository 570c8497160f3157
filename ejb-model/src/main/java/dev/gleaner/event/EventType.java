package dev.gleaner.event;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of events, by the names that webhooks and the REST interface have for them. */
public enum EventType {
    DATASET_READY("dataset.ready"),
    DATASET_REJECTED("dataset.rejected"),
    LABELING_RUN_COMPLETED("labeling-run.completed"),
    LABELING_RUN_FAILED("labeling-run.failed"),
    IMAGE_DECIDED("image.decided"),
    TRAINING_ROUND_PROMOTED("training-round.promoted"),
    TRAINING_ROUND_PASSED("training-round.passed"),
    TRAINING_ROUND_REFUSED("training-round.refused"),
    TRAINING_ROUND_FAILED("training-round.failed"),
    MODEL_VERSION_PROMOTED("model-version.promoted"),
    MODEL_VERSION_ROLLED_BACK("model-version.rolled-back"),
    EVALUATION_COMPLETED("evaluation.completed"),
    EVALUATION_FAILED("evaluation.failed");

    private final String label;

    EventType(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(EventType::label).toList();
    }

    public static Optional<EventType> of(String label) {
        return Arrays.stream(values()).filter(type -> type.label.equals(label)).findFirst();
    }
}
