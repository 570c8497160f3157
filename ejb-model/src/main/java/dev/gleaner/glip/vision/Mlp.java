package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import dev.gleaner.glip.ops.Linear;
import dev.gleaner.glip.ops.NamedBlock;

/** Two linear layers with GELU between them: (..., C) to the same. */
final class Mlp extends NamedBlock {

    private final Linear expand;
    private final Linear reduce;

    Mlp(long channels, long hidden) {
        expand = child("expand", new Linear(channels, hidden));
        reduce = child("reduce", new Linear(hidden, channels));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        return new NDList(reduce.apply(training, Activation.gelu(expand.apply(training, inputs.get(0)))));
    }
}
