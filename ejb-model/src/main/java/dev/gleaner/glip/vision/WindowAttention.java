package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.Linear;
import dev.gleaner.glip.ops.NamedBlock;

/**
 * Multi-head self-attention within windows, with a learned bias for each head and relative position
 * (Swin Transformer, equation 4): (N, H, W, C) to the same.
 */
final class WindowAttention extends NamedBlock {

    private final int channels;
    private final int heads;
    private final int size;
    private final int shift;
    private final Linear qkv;
    private final Linear output;
    /** ((2 size - 1)^2, heads): the bias of each relative position. */
    private final Parameter positionBias;

    /**
     * @param size  side of a window
     * @param shift how far the windows are shifted, 0 or half a side
     */
    WindowAttention(int channels, int heads, int size, int shift) {
        this.channels = channels;
        this.heads = heads;
        this.size = size;
        this.shift = shift;
        positionBias = parameter("position_bias", (2L * size - 1) * (2L * size - 1), heads);
        qkv = child("qkv", new Linear(channels, 3L * channels));
        output = child("output", new Linear(channels, channels));
    }

    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDArray x = inputs.get(0);
        NDManager manager = x.getManager();
        Shape shape = x.getShape();
        Windows windows = new Windows(manager, (int) shape.get(0), (int) shape.get(1), (int) shape.get(2), size, shift);
        int places = size * size;
        NDArray rows = qkv.apply(training, windows.split(x.reshape(-1, channels))); // (windows * places, 3 C)
        NDArray parts = rows.reshape(-1, places, 3, heads, channels / heads).transpose(2, 0, 3, 1, 4);
        NDArray query = parts.get(0); // (windows, heads, places, C / heads)
        NDArray key = parts.get(1);
        NDArray value = parts.get(2);
        NDArray bias = bias(manager);
        NDList attended = new NDList();
        for (Windows.Group group : windows.groups()) {
            String part = group.from() + ":" + group.to();
            NDArray mask = bias.add(windows.mask(manager, group).toType(bias.getDataType(), false));
            attended.add(Kernels.attention(query.get(part), key.get(part), value.get(part), mask));
        }
        NDArray gathered = NDArrays.concat(attended).transpose(0, 2, 1, 3).reshape(-1, channels);
        return new NDList(output.apply(training, windows.join(gathered)).reshape(shape));
    }

    /** (1, heads, places, places) */
    private NDArray bias(NDManager manager) {
        int places = size * size;
        long[] relative = new long[places * places];
        for (int i = 0; i < places; i++) {
            for (int j = 0; j < places; j++) {
                int down = i / size - j / size + size - 1;
                int right = i % size - j % size + size - 1;
                relative[i * places + j] = down * (2L * size - 1) + right;
            }
        }
        return Kernels.rows(positionBias.getArray(), manager.create(relative))
                .reshape(1, places, places, heads).transpose(0, 3, 1, 2);
    }
}
