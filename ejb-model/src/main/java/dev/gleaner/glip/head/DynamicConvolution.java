package dev.gleaner.glip.head;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import dev.gleaner.glip.fusion.Grid;
import dev.gleaner.glip.ops.Conv2d;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.NamedBlock;

/**
 * One layer of the dynamic head (Dai et al. 2021): each pyramid level is the mean of what three deformable convolutions
 * find in the level itself, in the next finer and in the next coarser one, each weighted by an attention over scales, and
 * passes a dynamic ReLU. Takes and gives all levels, finest first, each (1, C, H, W).
 */
public final class DynamicConvolution extends NamedBlock {

    private static final int TAPS = 9;

    private final DeformableConvolution coarser;
    private final DeformableConvolution same;
    private final DeformableConvolution finer;
    private final Conv2d offset;
    private final Conv2d scaleAttention;
    private final DynamicRelu relu;

    public DynamicConvolution(int channels, int normGroups) {
        coarser = child("coarser", new DeformableConvolution(channels, 1, normGroups));
        same = child("same", new DeformableConvolution(channels, 1, normGroups));
        finer = child("finer", new DeformableConvolution(channels, 2, normGroups));
        offset = child("offset", new Conv2d(channels, 3 * TAPS, 3, 1, 1));
        scaleAttention = child("scale_attention", new Conv2d(channels, 1, 1, 1, 0));
        relu = child("dynamic_relu", new DynamicRelu(channels));
    }

    @Override
    protected NDList compute(NDList levels, boolean training) {
        NDList outputs = new NDList();
        for (int i = 0; i < levels.size(); i++) {
            NDArray level = levels.get(i);
            NDArray shiftsAndMask = offset.apply(training, level); // (1, 27, H, W)
            NDArray shifts = shiftsAndMask.get(":, :{}", 2 * TAPS);
            NDArray mask = Activation.sigmoid(shiftsAndMask.get(":, {}:", 2 * TAPS));

            NDList found = new NDList(same.apply(training, level, shifts, mask));
            if (i > 0) {
                found.add(finer.apply(training, levels.get(i - 1), shifts, mask));
            }
            if (i < levels.size() - 1) {
                // The coarser grid reads this level's offsets as flat memory: what the weights were trained with.
                NDArray small = coarser.apply(training, levels.get(i + 1), shifts, mask);
                Grid grid = Grid.of(level);
                found.add(Kernels.upsample(small, grid.height(), grid.width()));
            }
            outputs.add(relu.apply(training, mean(found, training)));
        }
        return outputs;
    }

    private NDArray mean(NDList found, boolean training) {
        NDArray sum = null;
        for (NDArray feature : found) {
            NDArray weight = DynamicRelu.hardSigmoid(
                    Activation.relu(scaleAttention.apply(training, Grid.mean(feature).expandDims(2).expandDims(3)))); // (1, 1, 1, 1)
            NDArray weighted = feature.mul(weight.div(Kernels.constant(found.size())));
            sum = sum == null ? weighted : sum.add(weighted);
        }
        return sum;
    }
}
