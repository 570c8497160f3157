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
    private final List<SwinStage> stages;

    public Swin(GlipConfig.Swin config) {
        patch = child("patch", new PatchEmbedding(config.embedDim()));
        stages = children("stages", GlipConfig.Swin.STAGES, i -> new SwinStage(config, i));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDList outputs = new NDList();
        NDArray x = patch.apply(training, inputs.get(0)); // (N, H / 4, W / 4, C)
        for (SwinStage stage : stages) {
            NDList results = stage.forward(training, x);
            outputs.add(results.get(0));
            x = results.size() > 1 ? results.get(1) : null;
        }
        return outputs;
    }
}
