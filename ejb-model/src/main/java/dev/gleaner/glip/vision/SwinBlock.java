package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.LayerNorm;
import dev.gleaner.glip.ops.NamedBlock;
import java.util.HashMap;
import java.util.Map;

/** One Swin block (Swin Transformer, equation 3): (N, H, W, C) to the same. */
final class SwinBlock extends NamedBlock {

    private final int channels;
    private final int windowSize;
    private final int shift;
    final double dropPath;
    private final LayerNorm attentionNorm;
    private final WindowAttention attention;
    private final LayerNorm mlpNorm;
    private final Mlp mlp;

    /**
     * @param windowSize side of a window
     * @param shift      how far the windows are shifted, 0 or half a side
     * @param dropPath   probability that training skips one of the two residual branches of a map, which otherwise grows by
     *                   {@code 1 / (1 - dropPath)} (stochastic depth, Huang et al. 2016). Our reading of the paper; no reference
     *                   number covers it
     */
    SwinBlock(int channels, int heads, int windowSize, int shift, double mlpRatio, double dropPath) {
        this.dropPath = dropPath;
        this.channels = channels;
        this.windowSize = windowSize;
        this.shift = shift;
        attentionNorm = child("attention_norm", new LayerNorm(channels));
        attention = child("attention", new WindowAttention(channels, heads, windowSize));
        mlpNorm = child("mlp_norm", new LayerNorm(channels));
        mlp = child("mlp", new Mlp(channels, (long) (channels * mlpRatio)));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray x = inputs.get(0);
        int height = (int) x.getShape().get(1);
        int width = (int) x.getShape().get(2);
        Windows windows = new Windows(x.getManager(), height, width, channels, windowSize, shift);
        Map<Windows.Layout, NDArray> biases = new HashMap<>();
        NDList maps = new NDList();
        for (long n = 0; n < x.getShape().get(0); n++) {
            NDArray map = x.get(n).reshape(-1, channels); // (H * W, C)
            NDArray path = training && dropPath > 0
                    ? Kernels.to(Kernels.dropout(x.getManager().ones(new Shape(2)), dropPath), x.getDataType()) : null;
            NDList results = new NDList();
            for (Windows.Band band : windows.bands()) {
                NDArray bias = biases.computeIfAbsent(band.layout(), attention::bias);
                results.addAll(scoped(inputs, () -> step(windows.rows(map, band), band.layout(), bias, path, training)));
            }
            maps.add(windows.join(results).reshape(1, height, width, channels));
        }
        return new NDList(maps.size() == 1 ? maps.get(0) : NDArrays.concat(maps));
    }

    /**
     * The block's two residual steps on one band, (P, C) to the same.
     *
     * @param path the factor of each step's change, (2); null for 1
     */
    private NDList step(NDArray rows, Windows.Layout layout, NDArray bias, NDArray path, boolean training) {
        NDArray normed = attentionNorm.apply(training, rows);
        NDArray gathered = attention.apply(training, normed, layout.source(), layout.target(), bias);
        NDArray attended = rows.add(path == null ? gathered : gathered.mul(path.get(0)));
        NDArray change = mlp.apply(training, mlpNorm.apply(training, attended));
        return new NDList(attended.add(path == null ? change : change.mul(path.get(1))));
    }
}
