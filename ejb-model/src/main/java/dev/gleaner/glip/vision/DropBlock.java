package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;
import dev.gleaner.glip.ops.Kernels;

/**
 * Blanks squares of a feature map at random (Ghiasi et al. 2018): every place is a square's centre with probability
 * {@code rate / size^2}, all channels of its places become zero, and the rest grows so that the map's sum is kept. Our
 * reading of the paper; no reference number covers it.
 *
 * @param rate about the share of places that are blanked
 * @param size side of a square in places, odd
 */
public record DropBlock(double rate, int size) {

    /** Blanks nothing. */
    public static final DropBlock NONE = new DropBlock(0, 1);

    /** (N, C, H, W) to the same. */
    NDArray apply(NDArray map) {
        if (rate == 0) {
            return map;
        }
        Shape shape = map.getShape();
        NDManager manager = map.getManager();
        NDArray centres = manager.randomUniform(0, 1, new Shape(shape.get(0), 1, shape.get(2), shape.get(3)))
                .lt(rate / (size * size)).toType(DataType.FLOAT32, false);
        int reach = size / 2;
        NDArray kept = Pool.maxPool2d(centres, new Shape(size, size), new Shape(1, 1), new Shape(reach, reach), false)
                .neg().add(1); // (N, 1, H, W)
        NDArray factors = kept.mul(kept.size() / Math.max(1, kept.sum().getFloat()));
        return map.mul(Kernels.to(factors, map.getDataType()));
    }
}
