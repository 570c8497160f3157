package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.ops.LayerNorm;
import dev.gleaner.glip.ops.NamedBlock;
import java.util.List;

/**
 * The blocks of one resolution, every second one with shifted windows: (N, H, W, C) to the stage's output (N, C, H, W)
 * and, but for the last stage, the next stage's input (N, H / 2, W / 2, 2 C).
 */
final class SwinStage extends NamedBlock {

    final List<SwinBlock> blocks;
    private final PatchMerging merge;
    private final LayerNorm outputNorm;

    /**
     * @param index    of the stage, from 0; the first has no output norm, the last no merging
     * @param dropPath of the whole backbone, see {@link Swin}
     */
    SwinStage(GlipConfig.Swin config, int index, double dropPath) {
        int before = config.depths().subList(0, index).stream().mapToInt(Integer::intValue).sum();
        int last = Math.max(1, config.depths().stream().mapToInt(Integer::intValue).sum() - 1);
        int channels = config.channels(index);
        int window = config.windowSize();
        blocks = children("blocks", config.depths().get(index), i ->
                new SwinBlock(channels, config.heads().get(index), window, i % 2 == 0 ? 0 : window / 2, config.mlpRatio(),
                        dropPath * (before + i) / last));
        merge = index < GlipConfig.Swin.STAGES - 1 ? child("merge", new PatchMerging(channels)) : null;
        outputNorm = index > 0 ? child("output_norm", new LayerNorm(channels)) : null;
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray x = inputs.get(0);
        for (SwinBlock block : blocks) {
            x = block.apply(training, x);
        }
        NDArray output = outputNorm == null ? x : outputNorm.apply(training, x);
        NDList results = new NDList(output.transpose(0, 3, 1, 2));
        if (merge != null) {
            results.add(merge.apply(training, x));
        }
        return results;
    }
}
