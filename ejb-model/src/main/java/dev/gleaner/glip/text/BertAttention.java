package dev.gleaner.glip.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.LayerNorm;
import dev.gleaner.glip.ops.Linear;
import dev.gleaner.glip.ops.NamedBlock;

/** Multi-head self-attention over tokens, added to its input and normalised: (N, T, D) to the same. */
final class BertAttention extends NamedBlock {

    private final int heads;
    private final double least;
    private final double most;
    private final double dropout;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear output;
    private final LayerNorm norm;

    /** Scores are kept between {@code least} and {@code most}, before the mask is added. */
    BertAttention(GlipConfig.Bert config, double least, double most, double dropout) {
        this.dropout = dropout;
        heads = config.heads();
        this.least = least;
        this.most = most;
        query = child("query", new Linear(config.hidden(), config.hidden()));
        key = child("key", new Linear(config.hidden(), config.hidden()));
        value = child("value", new Linear(config.hidden(), config.hidden()));
        output = child("output", new Linear(config.hidden(), config.hidden()));
        norm = child("norm", new LayerNorm(config.hidden(), (float) config.normEps()));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray x = inputs.get(0);
        NDArray mask = inputs.get(1); // (N, 1, 1, T)
        Shape shape = x.getShape();
        NDArray scale = Kernels.constant(1 / Math.sqrt(shape.get(2) / (double) heads));
        NDArray scores = perHead(query.apply(training, x))
                .matMul(perHead(key.apply(training, x)).transpose(0, 1, 3, 2)).mul(scale); // (N, heads, T, T)
        if (least > Double.NEGATIVE_INFINITY || most < Double.POSITIVE_INFINITY) {
            scores = scores.clip(least, most);
        }
        double rate = training ? dropout : 0;
        NDArray attended = Kernels.dropout(Kernels.softmax(scores.add(mask)), rate).matMul(perHead(value.apply(training, x)));
        NDArray gathered = attended.transpose(0, 2, 1, 3).reshape(shape);
        return new NDList(norm.apply(training, Kernels.dropout(output.apply(training, gathered), rate).add(x)));
    }

    /** (N, T, D) to (N, heads, T, D / heads) */
    private NDArray perHead(NDArray x) {
        Shape shape = x.getShape();
        return x.reshape(shape.get(0), shape.get(1), heads, shape.get(2) / heads).transpose(0, 2, 1, 3);
    }
}
