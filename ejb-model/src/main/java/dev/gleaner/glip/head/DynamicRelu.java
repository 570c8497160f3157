package dev.gleaner.glip.head;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import dev.gleaner.glip.fusion.Grid;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.Linear;
import dev.gleaner.glip.ops.NamedBlock;

/**
 * Dynamic ReLU (Chen et al. 2020, variant B): for each channel the larger of two lines whose slopes and intercepts follow
 * from the image's mean: (1, C, H, W) to the same.
 */
final class DynamicRelu extends NamedBlock {

    private static final int REDUCTION = 4;

    private final long channels;
    private final Linear reduce;
    private final Linear expand;

    DynamicRelu(int channels) {
        this.channels = channels;
        reduce = child("reduce", new Linear(channels, channels / REDUCTION));
        expand = child("expand", new Linear(channels / REDUCTION, 4L * channels));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray x = inputs.get(0);
        NDArray hidden = Activation.relu(reduce.apply(training, Grid.mean(x))); // (1, C / 4)
        NDArray line = hardSigmoid(expand.apply(training, hidden)).sub(0.5).reshape(4, 1, channels, 1, 1);
        NDArray two = Kernels.constant(2);
        // The first line starts as the identity, the second as zero; slopes reach one further either way, intercepts a half.
        return new NDList(Kernels.largerLine(x, line.get(0).mul(two).add(1), line.get(1), line.get(2).mul(two), line.get(3)));
    }

    /** {@code relu6(x + 3) / 6}. */
    static NDArray hardSigmoid(NDArray x) {
        return x.add(3).clip(0, 6).div(Kernels.constant(6));
    }
}
