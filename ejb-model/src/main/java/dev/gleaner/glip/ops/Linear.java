package dev.gleaner.glip.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;

/** {@code x weight^T + bias} over the last axis: (..., in) to (..., out). */
public final class Linear extends NamedBlock {

    private final Parameter weight;
    private final Parameter bias;

    public Linear(long in, long out) {
        this(in, out, true);
    }

    public Linear(long in, long out, boolean withBias) {
        weight = parameter("weight", out, in);
        bias = withBias ? parameter("bias", out) : null;
    }

    /** (out, in). */
    public NDArray weight() {
        return value(weight);
    }

    /** (out). */
    public NDArray bias() {
        return value(bias);
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        return ai.djl.nn.core.Linear.linear(inputs.get(0), value(weight), bias == null ? null : value(bias));
    }
}
