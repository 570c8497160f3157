package dev.gleaner.glip.ops;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;

/** Group normalisation: (N, C, H, W) to the same (Wu and He 2018). */
public final class GroupNorm extends NamedBlock {

    private final int groups;
    private final double eps;
    private final Parameter weight;
    private final Parameter bias;

    public GroupNorm(int groups, long channels, double eps) {
        this.groups = groups;
        this.eps = eps;
        weight = parameter("weight", channels);
        bias = parameter("bias", channels);
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        return new NDList(Kernels.groupNorm(inputs.get(0), groups, value(weight), value(bias), eps));
    }
}
