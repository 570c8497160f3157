package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.glip.Box;

/**
 * A box that counted as gold, as it was when the evaluation was ordered.
 *
 * @param id       the annotation's
 * @param category its category's id
 * @param x        of the top-left corner in upright image pixels
 * @param crowd    COCO's {@code iscrowd}
 */
public record GoldBox(long id, long category, double x, double y, double width, double height, boolean crowd) {

    Box box() {
        return Box.xywh(x, y, width, height);
    }

    /** An object is as large as its box: outlines are not kept. */
    TruthBox truth(long image) {
        return new TruthBox(id, image, category, box(), box().area(), crowd, false);
    }
}
