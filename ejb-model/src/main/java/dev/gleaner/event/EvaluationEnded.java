package dev.gleaner.event;

import java.util.Map;

/** An evaluation has its figures, or failed. */
public record EvaluationEnded(long project, long evaluation, long dataset, long modelVersion, boolean completed) implements GleanerEvent {

    @Override
    public EventType type() {
        return completed ? EventType.EVALUATION_COMPLETED : EventType.EVALUATION_FAILED;
    }

    @Override
    public Map<String, Object> data() {
        return Map.of("evaluation", evaluation, "dataset", dataset, "modelVersion", modelVersion);
    }
}
