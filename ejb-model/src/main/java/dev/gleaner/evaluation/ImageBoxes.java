package dev.gleaner.evaluation;

import java.util.List;

/**
 * What there is and what was found of one category in one image.
 *
 * @param detections best first
 */
record ImageBoxes(TruthImage image, List<TruthBox> truths, List<DetectedBox> detections) {
}
