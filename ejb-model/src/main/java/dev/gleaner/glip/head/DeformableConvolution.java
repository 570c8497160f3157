package dev.gleaner.glip.head;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.gleaner.glip.fusion.Grid;
import dev.gleaner.glip.ops.Conv2d;
import dev.gleaner.glip.ops.GroupNorm;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.NamedBlock;

/** Modulated deformable 3x3 convolution (Zhu et al. 2019) behind which a group norm follows. */
final class DeformableConvolution extends NamedBlock {

    private final int stride;
    private final Conv2d convolution;
    private final GroupNorm norm;

    DeformableConvolution(int channels, int stride, int normGroups) {
        this.stride = stride;
        convolution = child("conv", new Conv2d(channels, channels, 3, stride, 1));
        norm = child("norm", new GroupNorm(normGroups, channels, 1e-5));
    }

    /**
     * Takes features (1, C, H, W), offsets (1, 18, h, w) and a mask (1, 9, h, w) as
     * {@link Kernels#deformableConvolution} reads them; gives (1, C, (H - 1) / stride + 1, (W - 1) / stride + 1).
     */
    @Override
    protected NDList compute(NDList inputs, boolean training) {
        Grid in = Grid.of(inputs.get(0));
        Grid out = new Grid((in.height() - 1) / stride + 1, (in.width() - 1) / stride + 1);
        NDArray taps = convolution.weight().transpose(0, 2, 3, 1).flatten(1, 3); // (C, 9 * C)
        NDArray rows = Kernels.deformableConvolution(Grid.rows(inputs.get(0)), in.height(), in.width(), stride,
                inputs.get(1), inputs.get(2), taps, convolution.bias());
        return new NDList(norm.apply(training, out.image(rows)));
    }
}
