package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.gleaner.glip.ops.LayerNorm;
import dev.gleaner.glip.ops.NamedBlock;

/** One Swin block (Swin Transformer, equation 3): (N, H, W, C) to the same. */
final class SwinBlock extends NamedBlock {

    private final LayerNorm attentionNorm;
    private final WindowAttention attention;
    private final LayerNorm mlpNorm;
    private final Mlp mlp;

    SwinBlock(int channels, int heads, int windowSize, int shift, double mlpRatio) {
        attentionNorm = child("attention_norm", new LayerNorm(channels));
        attention = child("attention", new WindowAttention(channels, heads, windowSize, shift));
        mlpNorm = child("mlp_norm", new LayerNorm(channels));
        mlp = child("mlp", new Mlp(channels, (long) (channels * mlpRatio)));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray x = inputs.get(0);
        x = x.add(attention.apply(training, attentionNorm.apply(training, x)));
        return new NDList(x.add(mlp.apply(training, mlpNorm.apply(training, x))));
    }
}
