package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.ops.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * How the H x W places of a feature map fall into square windows (Swin Transformer, sections 3.2 and 4).
 *
 * <p>The map is padded on the right and below to whole windows and, for the shifted layout, rolled up and left by
 * {@code shift}. Both are done by index: row {@code i} of the windowed order is row {@code source[i]} of the map. Windows
 * are grouped by what their places may see, so that one small mask serves a whole group: after the roll, only windows at
 * the right and the lower edge hold places that are no neighbours.
 */
final class Windows {

    /** Windows {@code from} to {@code to} (excluded), whose places are parted by the roll below and/or to the right. */
    record Group(int from, int to, boolean partedBelow, boolean partedRight) {
    }

    private final int size;
    private final int shift;
    private final List<Group> groups = new ArrayList<>();
    /** (windows * size * size): the row of the map, 0 for padding. */
    private final NDArray source;
    /** Where in the windowed order there is padding. */
    private final NDArray padding;
    /** (N * H * W): the row of the windowed order. */
    private final NDArray target;

    /**
     * @param batch  N
     * @param height H
     * @param width  W
     * @param size   side of a window
     * @param shift  how far the map is rolled; 0 for the plain layout
     */
    Windows(NDManager manager, int batch, int height, int width, int size, int shift) {
        this.size = size;
        this.shift = shift;
        int down = (height + size - 1) / size;
        int across = (width + size - 1) / size;
        long[] sources = new long[batch * down * across * size * size];
        long[] targets = new long[batch * height * width];
        long[] paddings = new long[sources.length - targets.length];
        int row = 0;
        int paddingRows = 0;
        int window = 0;
        for (boolean below : new boolean[] {false, true}) {
            for (boolean right : new boolean[] {false, true}) {
                int from = window;
                for (int n = 0; n < batch; n++) {
                    for (int v = edgeFrom(below, down); v < edgeTo(below, down); v++) {
                        for (int u = edgeFrom(right, across); u < edgeTo(right, across); u++, window++) {
                            for (int i = 0; i < size * size; i++, row++) {
                                int y = (v * size + i / size + shift) % (down * size);
                                int x = (u * size + i % size + shift) % (across * size);
                                if (y < height && x < width) {
                                    int place = (n * height + y) * width + x;
                                    sources[row] = place;
                                    targets[place] = row;
                                } else {
                                    paddings[paddingRows++] = row;
                                }
                            }
                        }
                    }
                }
                if (window > from) {
                    groups.add(new Group(from, window, below, right));
                }
            }
        }
        source = manager.create(sources);
        padding = manager.create(paddings, new Shape(paddings.length));
        target = manager.create(targets);
    }

    private int edgeFrom(boolean edge, int count) {
        return edge ? edgeTo(false, count) : 0;
    }

    /** Without a shift there are no edges: every window is an inner one. */
    private int edgeTo(boolean edge, int count) {
        return edge || shift == 0 ? count : count - 1;
    }

    List<Group> groups() {
        return groups;
    }

    /** Map order (N * H * W, C) to windowed order (windows * size * size, C), with zeros for padding. */
    NDArray split(NDArray rows) {
        return Kernels.rows(rows, source, padding);
    }

    /** Windowed order to map order; padding is left behind. */
    NDArray join(NDArray rows) {
        return Kernels.rows(rows, target);
    }

    /**
     * What is added to the scores of a group: 0 between places of one region, -100 between places that the roll brought
     * together.
     *
     * @return (size * size, size * size)
     */
    NDArray mask(NDManager manager, Group group) {
        int places = size * size;
        int[] region = new int[places];
        for (int i = 0; i < places; i++) {
            boolean wrappedBelow = group.partedBelow && i / size >= size - shift;
            boolean wrappedRight = group.partedRight && i % size >= size - shift;
            region[i] = (wrappedBelow ? 2 : 0) + (wrappedRight ? 1 : 0);
        }
        float[] mask = new float[places * places];
        for (int i = 0; i < places; i++) {
            for (int j = 0; j < places; j++) {
                mask[i * places + j] = region[i] == region[j] ? 0 : -100;
            }
        }
        return manager.create(mask, new Shape(places, places));
    }
}
