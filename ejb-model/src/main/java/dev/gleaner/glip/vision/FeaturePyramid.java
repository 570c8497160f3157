package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.ops.Conv2d;
import dev.gleaner.glip.ops.NamedBlock;

/**
 * Feature pyramid (Lin et al. 2017) with two levels on top (as in RetinaNet, but P6 from P5): the outputs of Swin's last
 * three stages, each (N, C, H, W), to p3..p7, each (N, channels, H, W), at strides 8, 16, 32, 64, 128.
 */
public final class FeaturePyramid extends NamedBlock {

    private final Level p3;
    private final Level p4;
    private final Level p5;
    private final Conv2d p6;
    private final Conv2d p7;

    /** @param dropBlock what training blanks of the merged maps of p3 and p4 */
    public FeaturePyramid(GlipConfig.Swin swin, int channels, DropBlock dropBlock) {
        p3 = child("p3", new Level(swin.channels(1), channels, dropBlock));
        p4 = child("p4", new Level(swin.channels(2), channels, dropBlock));
        p5 = child("p5", new Level(swin.channels(3), channels, DropBlock.NONE));
        p6 = child("p6", new Conv2d(channels, channels, 3, 2, 1));
        p7 = child("p7", new Conv2d(channels, channels, 3, 2, 1));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDList top = p5.forward(training, inputs.get(2));
        NDList middle = p4.forward(training, inputs.get(1), top.get(0));
        NDList bottom = p3.forward(training, inputs.get(0), middle.get(0));
        NDArray level6 = p6.apply(training, top.get(1));
        NDArray level7 = p7.apply(training, Activation.relu(level6));
        return new NDList(bottom.get(1), middle.get(1), top.get(1), level6, level7);
    }

    /**
     * One level: a stage's output and the merged map of the level above, if there is one, to this level's merged map and
     * its output.
     */
    private static final class Level extends NamedBlock {
        private final Conv2d lateral;
        private final Conv2d output;
        private final DropBlock dropBlock;

        Level(long in, long channels, DropBlock dropBlock) {
            this.dropBlock = dropBlock;
            lateral = child("lateral", new Conv2d(in, channels, 1, 1, 0));
            output = child("output", new Conv2d(channels, channels, 3, 1, 1));
        }

        @Override
        protected NDList compute(NDList inputs, boolean training) {
            NDArray merged = lateral.apply(training, inputs.get(0));
            if (inputs.size() > 1) {
                merged = merged.add(enlarged(inputs.get(1), merged.getShape()));
            }
            return new NDList(merged, output.apply(training, training ? dropBlock.apply(merged) : merged));
        }

        /** Nearest neighbour. */
        private static NDArray enlarged(NDArray map, Shape shape) {
            int nearest = 0;
            return map.getNDArrayInternal().interpolation(new long[] {shape.get(2), shape.get(3)}, nearest, false);
        }
    }
}
