package dev.gleaner.evaluation;

import dev.gleaner.glip.Box;

/**
 * A box that is known to be there.
 *
 * @param id         how its source tells it from others; it has no bearing on any figure
 * @param box        in pixels of the upright image
 * @param area       of the object in square pixels, by which it is small, medium or large: of its outline where the source
 *                   has one, else of the box
 * @param crowd      COCO's {@code iscrowd}: the box holds a group; {@link Protocol#LVIS} knows no crowds
 * @param ignored    LVIS's {@code ignore}: finding it is no merit, missing it no fault; {@link Protocol#COCO} ignores crowds alone
 */
public record TruthBox(long id, long imageId, long categoryId, Box box, double area, boolean crowd, boolean ignored) {

    public TruthBox {
        DetectedBox.requireFinite(box);
        if (!(area >= 0)) {
            throw new IllegalArgumentException("area of annotation " + id + " is " + area + "; expected 0 or more");
        }
    }

    /** One object, as large as its box. */
    public static TruthBox of(long id, long imageId, long categoryId, Box box) {
        return new TruthBox(id, imageId, categoryId, box, box.area(), false, false);
    }
}
