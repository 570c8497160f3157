package dev.gleaner.glip.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.NamedBlock;
import java.util.List;

/**
 * BERT as GLIP's language backbone. Takes token ids (N, T) and the mask (N, T), 1 for a token and 0 for padding, both
 * int64. Gives
 * <ol>
 * <li>hidden (N, T, D): the last layer's output, padding included;</li>
 * <li>embedded (N, T, D): the same with zeros for padding;</li>
 * <li>aggregate (N, D): its mean over the tokens.</li>
 * </ol>
 */
public final class Bert extends NamedBlock {

    final BertEmbeddings embeddings;
    final List<BertLayer> layers;

    /**
     * @param dropout share of attention weights and of changes that training drops. Our reading of the paper; no reference number
     *                covers it
     */
    public Bert(GlipConfig.Bert config, double dropout) {
        embeddings = child("embeddings", new BertEmbeddings(config, dropout));
        layers = children("layers", config.layers(), i -> new BertLayer(config, dropout));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray mask = inputs.get(1);
        NDArray hidden = embeddings.apply(training, inputs.get(0));
        DataType type = hidden.getDataType();
        NDArray additive = BertLayer.additiveMask(mask, type);
        for (BertLayer layer : layers) {
            hidden = layer.apply(training, hidden, additive);
        }
        NDArray tokens = Kernels.to(mask, type).expandDims(2); // (N, T, 1)
        NDArray embedded = hidden.mul(tokens);
        NDArray aggregate = embedded.sum(new int[] {1}).div(tokens.sum(new int[] {1}));
        return new NDList(hidden, embedded, aggregate);
    }
}
