package dev.gleaner.event;

import java.util.Map;

/** A dataset's import has come to its end. @param ready whether its images are there; otherwise it was rejected, and its preflight says why */
public record DatasetConcluded(long project, long dataset, boolean ready) implements GleanerEvent {

    @Override
    public EventType type() {
        return ready ? EventType.DATASET_READY : EventType.DATASET_REJECTED;
    }

    @Override
    public Map<String, Object> data() {
        return Map.of("dataset", dataset);
    }
}
