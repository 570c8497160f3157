package dev.gleaner.glip.train;

import dev.gleaner.glip.Box;
import java.util.Objects;

/**
 * A box that training shows the model. It may reach beyond the image: what lies outside is cut off when an item is made.
 *
 * @param box    in pixels of the example's image
 * @param label  what is in it: an index into the categories or the phrases of the example
 * @param weight how much it counts, 0 to 1: 1 for what is certain, less for what a model proposes; with 0 nothing is learnt from
 *               the anchors that would have to find it, neither that it is there nor that it is not
 */
public record TargetBox(Box box, int label, double weight) {

    /** A certain box. */
    public TargetBox(Box box, int label) {
        this(box, label, 1);
    }

    /** @throws IllegalArgumentException if a corner is not finite, the size or the label negative, or the weight not within 0 to 1 */
    public TargetBox {
        Objects.requireNonNull(box, "box");
        if (!(Double.isFinite(box.x()) && Double.isFinite(box.y()) && Double.isFinite(box.width()) && Double.isFinite(box.height())
                && box.width() >= 0 && box.height() >= 0)) {
            throw new IllegalArgumentException("box: " + box + ", expected finite numbers and no negative width or height");
        }
        if (!(weight >= 0 && weight <= 1)) {
            throw new IllegalArgumentException("weight: " + weight + ", expected a number from 0 to 1");
        }
        if (label < 0) {
            throw new IllegalArgumentException("label: " + label + ", expected 0 or more");
        }
    }

    /** The same thing in another place. */
    TargetBox at(Box place) {
        return new TargetBox(place, label, weight);
    }

    /** The same box of another thing. */
    TargetBox labelled(int other) {
        return new TargetBox(box, other, weight);
    }
}
