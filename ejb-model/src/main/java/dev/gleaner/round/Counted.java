package dev.gleaner.round;

import java.util.Optional;

/**
 * What the triggers of a schedule have counted since the last round of its dataset was ordered that did not fail; all
 * there are where there was none.
 *
 * @param reviewedBoxes boxes that reviewers decided about, and images without any that they found empty, in the datasets that a round would learn from
 * @param newImages     images that came for the teacher
 * @param drift         of the champion's scores; empty where there are no two labeling runs to compare
 */
public record Counted(long reviewedBoxes, long newImages, Optional<ScoreDrift> drift) {
}
