package dev.gleaner.evaluation;

import java.util.Optional;

/**
 * A box that was made up, or one that was not found.
 *
 * @param detection what was made up; empty for {@link Kind#MISSED}
 * @param truth     what it hit, or what was missed; empty for {@link Kind#BACKGROUND}
 * @param iou       of the two; for {@link Kind#MISSED} the most that any detection of the category overlaps the truth
 */
public record Mistake(Kind kind, Optional<DetectedBox> detection, Optional<TruthBox> truth, double iou) {

    /** After Hoiem et al., "Diagnosing Error in Object Detectors", with the overlaps of TIDE (Bolya et al.). */
    public enum Kind {
        /** It overlaps a truth of another category, and does so enough, or none of its own. */
        OTHER_CATEGORY,
        /** It overlaps a truth of its category, but not enough. */
        POOR_LOCALISATION,
        /** It overlaps a truth of its category enough, but a better detection has met that. */
        DUPLICATE,
        /** It overlaps nothing by 10% or more. */
        BACKGROUND,
        /** A truth that no detection met. */
        MISSED
    }

    /** The category it counts against. */
    public long categoryId() {
        return detection.map(DetectedBox::categoryId).orElseGet(() -> truth.orElseThrow().categoryId());
    }

    public long imageId() {
        return detection.map(DetectedBox::imageId).orElseGet(() -> truth.orElseThrow().imageId());
    }
}
