package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDList;
import dev.gleaner.glip.ops.Conv2d;
import dev.gleaner.glip.ops.LayerNorm;
import dev.gleaner.glip.ops.NamedBlock;

/** Patches of 4 x 4 pixels, projected and normalised: (N, 3, H, W) to (N, H / 4, W / 4, C). */
final class PatchEmbedding extends NamedBlock {

    private static final int PATCH = 4;

    private final Conv2d projection;
    private final LayerNorm norm;

    PatchEmbedding(int channels) {
        projection = child("projection", new Conv2d(3, channels, PATCH, PATCH, 0));
        norm = child("norm", new LayerNorm(channels));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        return new NDList(norm.apply(training, projection.apply(training, inputs.get(0)).transpose(0, 2, 3, 1)));
    }
}
