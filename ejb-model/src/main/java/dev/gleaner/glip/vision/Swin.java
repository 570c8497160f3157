package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.ops.NamedBlock;
import java.util.List;

/**
 * Swin Transformer (Liu et al. 2021): an image tensor (N, 3, H, W), H and W multiples of 32, to the outputs of the four
 * stages (N, C, H / 4, W / 4) ... (N, 8 C, H / 32, W / 32). The last three are layer-normed, the first is not.
 */
public final class Swin extends NamedBlock {

    final PatchEmbedding patch;
    final List<SwinStage> stages;

    /**
     * @param dropPath share of residual branches that training skips at the last block; it grows to that from none, block by
     *                 block. Our reading of the paper; no reference number covers it
     */
    public Swin(GlipConfig.Swin config, double dropPath) {
        patch = child("patch", new PatchEmbedding(config.embedDim()));
        stages = children("stages", GlipConfig.Swin.STAGES, i -> new SwinStage(config, i, dropPath));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDList outputs = new NDList(embed(training, inputs.get(0)));
        for (int i = 0; i < stages.size(); i++) {
            outputs = stage(i, training, outputs);
        }
        return outputs;
    }

    /** (N, 3, H, W) to (N, H / 4, W / 4, C), what the first stage takes. */
    public NDArray embed(boolean training, NDArray image) {
        return patch.apply(training, image);
    }

    /**
     * One stage of four.
     *
     * @param index    from 0
     * @param features the outputs of the stages before, and what this one takes
     * @return the outputs up to this stage and, but for the last one, what the next takes
     */
    public NDList stage(int index, boolean training, NDList features) {
        NDList outputs = features.subNDList(0, index);
        return new NDList(outputs).addAll(stages.get(index).forward(training, features.get(index)));
    }
}
