package dev.gleaner.glip.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
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

    /**
     * On the CPU bfloat16 is computed in single precision: there oneDNN 3 gives the weights of a convolution over maps smaller
     * than its kernel gradients out of memory that nobody wrote.
     */
    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray x = inputs.get(0);
        boolean widened = Kernels.isBfloat16(x.getDataType()) && !x.getDevice().isGpu();
        if (!widened) {
            return convolve(x, value(weight), value(bias));
        }
        NDArray result = convolve(Kernels.to(x, DataType.FLOAT32), Kernels.to(value(weight), DataType.FLOAT32),
                Kernels.to(value(bias), DataType.FLOAT32)).singletonOrThrow();
        return new NDList(Kernels.to(result, DataType.BFLOAT16));
    }

    private NDList convolve(NDArray x, NDArray weight, NDArray bias) {
        return ai.djl.nn.convolutional.Conv2d.conv2d(x, weight, bias, stride, padding, new Shape(1, 1), 1);
    }
}
