package dev.gleaner.event;

import java.util.Map;

/**
 * A project labels with another model version from now on.
 *
 * @param modelVersion the champion there is now
 * @param before       the champion there was; null if this is the first
 * @param rolledBack   whether the one before was withdrawn, and this one reinstated
 */
public record ChampionChanged(long project, long modelVersion, Long before, boolean rolledBack) implements GleanerEvent {

    @Override
    public EventType type() {
        return rolledBack ? EventType.MODEL_VERSION_ROLLED_BACK : EventType.MODEL_VERSION_PROMOTED;
    }

    @Override
    public Map<String, Object> data() {
        return before == null ? Map.of("modelVersion", modelVersion) : Map.of("modelVersion", modelVersion, "before", before);
    }
}
