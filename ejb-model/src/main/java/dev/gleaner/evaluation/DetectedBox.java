package dev.gleaner.evaluation;

import dev.gleaner.glip.Box;
import java.util.Comparator;

/**
 * A box that a model proposes.
 *
 * @param box   in pixels of the upright image; its area makes the detection small, medium or large
 * @param score any finite number, the higher the surer
 */
public record DetectedBox(long imageId, long categoryId, Box box, double score) {

    /** Sorting by this keeps the order of detections of one score, as the standard tools do. */
    static final Comparator<DetectedBox> BEST_FIRST = (a, b) -> Double.compare(b.score, a.score);

    public DetectedBox {
        requireFinite(box);
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException("score of a detection of category " + categoryId + " in image " + imageId
                    + " is " + score + "; expected a finite number");
        }
    }

    static void requireFinite(Box box) {
        if (!Double.isFinite(box.x() + box.y() + box.width() + box.height())) {
            throw new IllegalArgumentException("bbox is " + box + "; expected four finite numbers");
        }
    }
}
