package dev.gleaner.event;

import java.util.HashMap;
import java.util.Map;

/** A training round has come to its end. @param candidate the model version that it made; null if it failed before */
public record TrainingRoundEnded(long project, long round, Long candidate, Outcome outcome) implements GleanerEvent {

    /** {@code PASSED} is a candidate that was good enough, and that the round was not to promote. */
    public enum Outcome { PROMOTED, PASSED, REFUSED, FAILED }

    @Override
    public EventType type() {
        return switch (outcome) {
            case PROMOTED -> EventType.TRAINING_ROUND_PROMOTED;
            case PASSED -> EventType.TRAINING_ROUND_PASSED;
            case REFUSED -> EventType.TRAINING_ROUND_REFUSED;
            case FAILED -> EventType.TRAINING_ROUND_FAILED;
        };
    }

    @Override
    public Map<String, Object> data() {
        Map<String, Object> data = new HashMap<>(Map.of("trainingRound", round));
        if (candidate != null) {
            data.put("modelVersion", candidate);
        }
        return data;
    }
}
