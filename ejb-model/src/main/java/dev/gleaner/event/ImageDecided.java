package dev.gleaner.event;

import java.util.List;
import java.util.Map;

/**
 * Somebody decided about an image's boxes, or took a decision back: one event for all boxes of the image.
 *
 * @param decision    its entry in the audit log
 * @param undo        whether it takes an earlier decision back
 * @param annotations ids of the boxes that it changed; none if all was right, or nothing is there
 * @param origin      {@code console}, {@code api} or the name of a labeling platform
 */
public record ImageDecided(long project, long dataset, long image, long decision, boolean undo, List<Long> annotations, String origin) implements GleanerEvent {

    @Override
    public EventType type() {
        return EventType.IMAGE_DECIDED;
    }

    @Override
    public Map<String, Object> data() {
        return Map.of("dataset", dataset, "image", image, "decision", decision, "undo", undo, "annotations", annotations, "origin", origin);
    }
}
