package dev.gleaner.glip.head;

/**
 * Turns the head's four regression values into a box beside its anchor (Faster R-CNN, section 3.1.2), with ATSS's
 * weights and the inclusive pixel count of the official code: sizes are {@code x2 - x1 + 1}.
 */
public final class BoxCoder {

    private static final float CENTRE_WEIGHT = 10f;
    private static final float SIZE_WEIGHT = 5f;
    /** A box never grows past 1000/16 times its anchor, so that exp cannot overflow. */
    private static final float LARGEST_LOG_RATIO = (float) Math.log(1000.0 / 16);

    private BoxCoder() {
    }

    /**
     * @param regression {@code dx, dy, dw, dh}
     * @param anchor     {@code x1, y1, x2, y2}, inclusive, in pixels
     * @return {@code x1, y1, x2, y2}, inclusive, in pixels, not clipped to the image
     */
    public static float[] decode(float[] regression, float[] anchor) {
        float[] box = new float[4];
        for (int axis = 0; axis < 2; axis++) {
            float size = anchor[axis + 2] - anchor[axis] + 1;
            float centre = (anchor[axis + 2] + anchor[axis]) / 2;
            float logRatio = Math.min(regression[axis + 2] / SIZE_WEIGHT, LARGEST_LOG_RATIO);
            float newCentre = regression[axis] / CENTRE_WEIGHT * size + centre;
            float reach = 0.5f * ((float) Math.exp(logRatio) * size - 1);
            box[axis] = newCentre - reach;
            box[axis + 2] = newCentre + reach;
        }
        return box;
    }
}
