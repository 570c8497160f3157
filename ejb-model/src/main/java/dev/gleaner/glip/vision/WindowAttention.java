package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.gleaner.glip.ops.Gradients;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.Linear;
import dev.gleaner.glip.ops.NamedBlock;

/**
 * Multi-head self-attention within windows (Swin Transformer, equation 4). Takes the rows of a band (P, C); the index
 * arrays of its layout, {@link Windows.Layout#source()} and {@link Windows.Layout#target()}; and what {@link #bias} gives
 * for it. Gives (P, C).
 */
final class WindowAttention extends NamedBlock {

    private final int channels;
    private final int heads;
    private final int size;
    private final Linear qkv;
    private final Linear output;
    /** ((2 size - 1)^2, heads): the bias of each relative position. */
    private final Parameter positionBias;

    WindowAttention(int channels, int heads, int size) {
        this.channels = channels;
        this.heads = heads;
        this.size = size;
        positionBias = parameter("position_bias", (2L * size - 1) * (2L * size - 1), heads);
        qkv = child("qkv", new Linear(channels, 3L * channels));
        output = child("output", new Linear(channels, channels));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray rows = inputs.get(0);
        NDArray source = inputs.get(1);
        NDArray target = inputs.get(2);
        NDArray bias = inputs.get(3);
        if (source.size() > target.size()) {
            rows = rows.concat(Kernels.to(rows.getManager().zeros(new Shape(1, channels)), rows.getDataType()));
        }
        NDArray windows = Kernels.rows(qkv.apply(training, rows), source); // (windows * places, 3 C)
        NDArray parts = windows.reshape(-1, (long) size * size, 3, heads, channels / heads).transpose(2, 0, 3, 1, 4);
        NDArray attended = Kernels.attention(parts.get(0), parts.get(1), parts.get(2), bias); // (windows, heads, places, d)
        NDArray gathered = Kernels.rows(attended.transpose(0, 2, 1, 3).reshape(-1, channels), target); // (P, C)
        return new NDList(output.apply(training, gathered));
    }

    /**
     * What is added to the scores of a layout's windows.
     *
     * @return (1 or windows, heads, places, places)
     */
    NDArray bias(Windows.Layout layout) {
        NDArray table = value(positionBias);
        NDManager manager = table.getManager();
        int places = size * size;
        long[] relative = new long[places * places];
        for (int i = 0; i < places; i++) {
            for (int j = 0; j < places; j++) {
                int down = i / size - j / size + size - 1;
                int right = i % size - j % size + size - 1;
                relative[i * places + j] = down * (2L * size - 1) + right;
            }
        }
        NDArray bias = Kernels.rows(table, Gradients.lasting(manager.create(relative))).transpose().reshape(1, heads, places, places);
        NDArray mask = layout.mask();
        return mask == null ? bias : bias.add(Kernels.to(mask, bias.getDataType()));
    }
}
