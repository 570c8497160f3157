package dev.gleaner.glip.head;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.gleaner.glip.ops.Kernels;

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
     * What {@link #decode} makes the box of.
     *
     * @param box    {@code x1, y1, x2, y2}, inclusive, in pixels
     * @param anchor {@code x1, y1, x2, y2}, inclusive, in pixels
     * @return {@code dx, dy, dw, dh}
     */
    public static float[] encode(float[] box, float[] anchor) {
        float[] regression = new float[4];
        for (int axis = 0; axis < 2; axis++) {
            float size = anchor[axis + 2] - anchor[axis] + 1;
            float centre = (anchor[axis + 2] + anchor[axis]) / 2;
            float newSize = box[axis + 2] - box[axis] + 1;
            float newCentre = (box[axis + 2] + box[axis]) / 2;
            regression[axis] = CENTRE_WEIGHT * (newCentre - centre) / size;
            regression[axis + 2] = SIZE_WEIGHT * (float) Math.log(newSize / size);
        }
        return regression;
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

    /**
     * The same with gradients, for K boxes at once.
     *
     * @param regression (K, 4)
     * @param size       of the anchors: width and height, (K, 2)
     * @param centre     of the anchors: x and y, (K, 2)
     * @return the first corners and the last ones, each (K, 2)
     */
    public static NDList decode(NDArray regression, NDArray size, NDArray centre) {
        NDArray newCentre = regression.get(":, :2").div(Kernels.constant(CENTRE_WEIGHT)).mul(size).add(centre);
        NDArray logRatio = regression.get(":, 2:").div(Kernels.constant(SIZE_WEIGHT))
                .minimum(Kernels.constant(LARGEST_LOG_RATIO));
        NDArray reach = logRatio.exp().mul(size).sub(1).mul(Kernels.constant(0.5));
        return new NDList(newCentre.sub(reach), newCentre.add(reach));
    }
}
