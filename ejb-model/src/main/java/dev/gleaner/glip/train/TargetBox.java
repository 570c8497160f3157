package dev.gleaner.glip.train;

import dev.gleaner.glip.Box;
import java.util.Objects;

/**
 * A box that training shows the model. It may reach beyond the image: what lies outside is cut off when an item is made.
 *
 * @param box   in pixels of the example's image
 * @param label what is in it: an index into the categories or the phrases of the example
 */
public record TargetBox(Box box, int label) {

    /** @throws IllegalArgumentException if a corner is not finite, the size negative or the label negative */
    public TargetBox {
        Objects.requireNonNull(box, "box");
        if (!(Double.isFinite(box.x()) && Double.isFinite(box.y()) && Double.isFinite(box.width()) && Double.isFinite(box.height())
                && box.width() >= 0 && box.height() >= 0)) {
            throw new IllegalArgumentException("box: " + box + ", expected finite numbers and no negative width or height");
        }
        if (label < 0) {
            throw new IllegalArgumentException("label: " + label + ", expected 0 or more");
        }
    }
}
