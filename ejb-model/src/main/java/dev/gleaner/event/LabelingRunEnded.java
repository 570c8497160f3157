package dev.gleaner.event;

import java.util.Map;

/** A labeling run has labeled all its images, or failed. One that somebody stopped is told of when it goes on and ends. */
public record LabelingRunEnded(long project, long run, long dataset, long modelVersion, boolean completed) implements GleanerEvent {

    @Override
    public EventType type() {
        return completed ? EventType.LABELING_RUN_COMPLETED : EventType.LABELING_RUN_FAILED;
    }

    @Override
    public Map<String, Object> data() {
        return Map.of("labelingRun", run, "dataset", dataset, "modelVersion", modelVersion);
    }
}
