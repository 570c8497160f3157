package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.LayerNorm;
import dev.gleaner.glip.ops.Linear;
import dev.gleaner.glip.ops.NamedBlock;

/**
 * Halves the resolution: four neighbours side by side, normalised, projected to twice the channels.
 * (N, H, W, C) to (N, ceil(H / 2), ceil(W / 2), 2 C); an odd side is padded with zeros.
 */
final class PatchMerging extends NamedBlock {

    private final LayerNorm norm;
    private final Linear reduction;

    PatchMerging(int channels) {
        norm = child("norm", new LayerNorm(4L * channels));
        reduction = child("reduction", new Linear(4L * channels, 2L * channels, false));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray x = inputs.get(0);
        Shape shape = x.getShape();
        long n = shape.get(0);
        long h = shape.get(1);
        long w = shape.get(2);
        long c = shape.get(3);
        if (h % 2 == 1) {
            x = x.concat(zeros(x, new Shape(n, 1, w, c)), 1);
            h++;
        }
        if (w % 2 == 1) {
            x = x.concat(zeros(x, new Shape(n, h, 1, c)), 2);
            w++;
        }
        // The neighbours come column by column: (0, 0), (1, 0), (0, 1), (1, 1) as (row, column).
        x = x.reshape(n, h / 2, 2, w / 2, 2, c).transpose(0, 1, 3, 4, 2, 5).reshape(n, h / 2, w / 2, 4 * c);
        return new NDList(reduction.apply(training, norm.apply(training, x)));
    }

    private static NDArray zeros(NDArray like, Shape shape) {
        return Kernels.to(like.getManager().zeros(shape), like.getDataType());
    }
}
