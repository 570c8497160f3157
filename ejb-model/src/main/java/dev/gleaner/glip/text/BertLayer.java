package dev.gleaner.glip.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.LayerNorm;
import dev.gleaner.glip.ops.Linear;
import dev.gleaner.glip.ops.NamedBlock;

/**
 * One layer of BERT (Devlin et al. 2019): token features (N, T, D) and an {@link #additiveMask} to token features
 * (N, T, D). GLIP uses it in the language backbone and, with bounded scores, behind each fusion.
 */
public final class BertLayer extends NamedBlock {

    private final BertAttention attention;
    private final FeedForward feedForward;

    /** @param dropout share of attention weights and of changes that training drops */
    public BertLayer(GlipConfig.Bert config, double dropout) {
        this(config, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, dropout);
    }

    /** A layer whose attention scores are kept between {@code least} and {@code most}. */
    public BertLayer(GlipConfig.Bert config, double least, double most, double dropout) {
        attention = child("attention", new BertAttention(config, least, most, dropout));
        feedForward = child("feed_forward", new FeedForward(config, dropout));
    }

    /**
     * What a layer adds to the scores: nothing for tokens, the most negative number for padding.
     *
     * @param mask (N, T): 1 for a token, 0 for padding
     * @param type of the token features
     * @return (N, 1, 1, T)
     */
    public static NDArray additiveMask(NDArray mask, DataType type) {
        double largest = type == DataType.FLOAT16 ? 65504 : Kernels.isBfloat16(type) ? 0x1.fep127 : Float.MAX_VALUE;
        return Kernels.to(mask, type).sub(1).mul(largest).expandDims(1).expandDims(1);
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        return feedForward.forward(training, attention.apply(training, inputs.get(0), inputs.get(1)));
    }

    /** Two linear layers with GELU between them, added to the input and normalised: (N, T, D) to the same. */
    private static final class FeedForward extends NamedBlock {
        private final Linear expand;
        private final Linear reduce;
        private final LayerNorm norm;
        private final double dropout;

        FeedForward(GlipConfig.Bert config, double dropout) {
            this.dropout = dropout;
            expand = child("expand", new Linear(config.hidden(), config.intermediate()));
            reduce = child("reduce", new Linear(config.intermediate(), config.hidden()));
            norm = child("norm", new LayerNorm(config.hidden(), (float) config.normEps()));
        }

        @Override
        protected NDList compute(NDList inputs, boolean training) {
            NDArray x = inputs.get(0);
            NDArray change = reduce.apply(training, Activation.gelu(expand.apply(training, x)));
            return new NDList(norm.apply(training, Kernels.dropout(change, training ? dropout : 0).add(x)));
        }
    }
}
