package dev.gleaner.glip.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.LayerNorm;
import dev.gleaner.glip.ops.NamedBlock;

/** Word, position and token type (always the first) summed and normalised: token ids (N, T), int64, to (N, T, D). */
final class BertEmbeddings extends NamedBlock {

    private final Table word;
    private final Table position;
    private final Table tokenType;
    private final LayerNorm norm;
    private final double dropout;

    BertEmbeddings(GlipConfig.Bert config, double dropout) {
        this.dropout = dropout;
        word = child("word", new Table(config.vocabulary(), config.hidden()));
        position = child("position", new Table(config.positions(), config.hidden()));
        tokenType = child("token_type", new Table(config.tokenTypes(), config.hidden()));
        norm = child("norm", new LayerNorm(config.hidden(), (float) config.normEps()));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray ids = inputs.get(0);
        Shape shape = ids.getShape();
        NDManager manager = ids.getManager();
        NDArray words = word.apply(training, ids.flatten()).reshape(shape.get(0), shape.get(1), -1); // (N, T, D)
        NDArray type = tokenType.apply(training, manager.zeros(new Shape(1), DataType.INT64)); // (1, D)
        NDArray positions = position.apply(training, manager.arange(0, (int) shape.get(1), 1, DataType.INT64)); // (T, D)
        return new NDList(Kernels.dropout(norm.apply(training, words.add(type).add(positions)), training ? dropout : 0));
    }

    /** A vector for each number below {@code entries}: numbers (B), int64, to (B, D). */
    private static final class Table extends NamedBlock {
        private final Parameter weight;

        Table(long entries, long width) {
            weight = parameter("weight", entries, width);
        }

        @Override
        protected NDList compute(NDList inputs, boolean training) {
            return new NDList(Kernels.rows(value(weight), inputs.get(0)));
        }
    }
}
