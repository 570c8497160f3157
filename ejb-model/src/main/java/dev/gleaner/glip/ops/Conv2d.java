package dev.gleaner.glip.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;

/** A square convolution with bias: (N, in, H, W) to (N, out, H', W'), padded with zeros. */
public final class Conv2d extends NamedBlock {

    private final Shape stride;
    private final Shape padding;
    private final Parameter weight;
    private final Parameter bias;

    public Conv2d(long in, long out, int kernel, int stride, int padding) {
        this.stride = new Shape(stride, stride);
        this.padding = new Shape(padding, padding);
        weight = parameter("weight", out, in, kernel, kernel);
        bias = parameter("bias", out);
    }

    /** (out, in, kernel, kernel). */
    public NDArray weight() {
        return value(weight);
    }

    /** (out). */
    public NDArray bias() {
        return value(bias);
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        return ai.djl.nn.convolutional.Conv2d.conv2d(
                inputs.get(0), value(weight), value(bias), stride, padding, new Shape(1, 1), 1);
    }
}
