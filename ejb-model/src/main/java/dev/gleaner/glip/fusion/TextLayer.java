package dev.gleaner.glip.fusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.LayerNorm;
import dev.gleaner.glip.ops.Linear;
import dev.gleaner.glip.ops.NamedBlock;

/**
 * One layer of BERT (Devlin et al. 2019) between two fusions, with its attention scores clamped before padding is left
 * out. Takes text (T, D) and the number of its tokens that are no padding (a scalar on the CPU; they come first); gives
 * the text in the same shape. Padding attends to the tokens, but nothing attends to padding.
 */
public final class TextLayer extends NamedBlock {

    private final int heads;
    private final double least;
    private final double most;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear output;
    private final LayerNorm attentionNorm;
    private final Linear expand;
    private final Linear reduce;
    private final LayerNorm norm;

    public TextLayer(GlipConfig.Bert bert, GlipConfig.Fusion config) {
        int width = bert.hidden();
        heads = bert.heads();
        least = config.clampLanguageMin() ? -Kernels.BOUND : Double.NEGATIVE_INFINITY;
        most = config.clampLanguageMax() ? Kernels.BOUND : Double.POSITIVE_INFINITY;
        query = child("attention.query", new Linear(width, width));
        key = child("attention.key", new Linear(width, width));
        value = child("attention.value", new Linear(width, width));
        output = child("attention.output", new Linear(width, width));
        attentionNorm = child("attention.norm", new LayerNorm(width, (float) bert.normEps()));
        expand = child("feed_forward.expand", new Linear(width, bert.intermediate()));
        reduce = child("feed_forward.reduce", new Linear(bert.intermediate(), width));
        norm = child("feed_forward.norm", new LayerNorm(width, (float) bert.normEps()));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray text = inputs.get(0); // (T, D)
        long valid = inputs.get(1).getLong();
        NDArray tokens = text.get(":{}", valid);

        NDArray q = perHead(query.apply(training, text)); // (heads, T, D / heads)
        NDArray k = perHead(key.apply(training, tokens)); // (heads, valid, D / heads)
        NDArray v = perHead(value.apply(training, tokens));
        NDArray scores = q.matMul(k.transpose(0, 2, 1)).div(Math.sqrt(k.getShape().get(2))).clip(least, most);
        NDArray context = scores.softmax(-1).matMul(v).transpose(1, 0, 2).reshape(text.getShape()); // (T, D)

        NDArray attended = attentionNorm.apply(training, output.apply(training, context).add(text));
        NDArray fed = reduce.apply(training, Activation.gelu(expand.apply(training, attended)));
        return new NDList(norm.apply(training, fed.add(attended)));
    }

    /** (L, D) to (heads, L, D / heads). */
    private NDArray perHead(NDArray rows) {
        return rows.reshape(rows.getShape().get(0), heads, -1).transpose(1, 0, 2);
    }
}
