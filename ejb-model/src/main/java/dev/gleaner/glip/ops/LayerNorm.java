package dev.gleaner.glip.ops;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;

/** Layer normalisation over the last axis: (..., width) to the same (Ba et al. 2016). */
public final class LayerNorm extends NamedBlock {

    private final Shape width;
    private final float eps;
    private final Parameter weight;
    private final Parameter bias;

    public LayerNorm(long width) {
        this(width, 1e-5f);
    }

    public LayerNorm(long width, float eps) {
        this.width = new Shape(width);
        this.eps = eps;
        weight = parameter("weight", width);
        bias = parameter("bias", width);
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        return ai.djl.nn.norm.LayerNorm.layerNorm(inputs.get(0), width, value(weight), value(bias), eps);
    }
}
