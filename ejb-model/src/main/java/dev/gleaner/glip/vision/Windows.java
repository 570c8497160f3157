package dev.gleaner.glip.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.ops.Gradients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the H x W places of a feature map fall into square windows (Swin Transformer, sections 3.2 and 4).
 *
 * <p>The map is padded on the right and below to whole windows and, in the shifted layout, rolled up and left by
 * {@code shift}. It is worked on in bands of whole rows of windows, small enough that what a block makes of one stays in
 * the processor's cache. A band is a run of the map's own rows, so only bands are ever copied; within one, padding and
 * the roll to the left are done by index.
 */
final class Windows {

    /** Channels times places of a band, about; its widest intermediate, in the MLP, has four times as many values. */
    private static final int BAND_SIZE = 1 << 20;

    private final NDManager manager;
    private final int height;
    private final int width;
    private final int size;
    private final int shift;
    private final List<Band> bands = new ArrayList<>();

    /**
     * @param manager  on the device of the map
     * @param height   H
     * @param width    W
     * @param channels of the map
     * @param size     side of a window
     * @param shift    how far the map is rolled; 0 for the plain layout
     */
    Windows(NDManager manager, int height, int width, int channels, int size, int shift) {
        this.manager = manager;
        this.height = height;
        this.width = width;
        this.size = size;
        this.shift = shift;
        int down = down();
        // A GPU wants all windows at once.
        int step = manager.getDevice().isGpu() ? down : Math.max(1, BAND_SIZE / (channels * width * size));
        // The last row of windows stands alone when shifted: there the roll brings the map's first rows below its last.
        int inner = shift > 0 ? down - 1 : down;
        Map<List<Integer>, Layout> layouts = new HashMap<>();
        for (int from = 0; from < inner; from += step) {
            int to = Math.min(from + step, inner);
            add(to - from, from * size + shift, Math.min(to * size + shift, height), 0, layouts);
        }
        if (inner < down) {
            add(1, Math.min(inner * size + shift, height), height, Math.min(shift, height), layouts);
        }
    }

    private int down() {
        return (height + size - 1) / size;
    }

    private int across() {
        return (width + size - 1) / size;
    }

    private void add(int windowRows, int from, int to, int wrapped, Map<List<Integer>, Layout> layouts) {
        Layout layout = layouts.computeIfAbsent(List.of(windowRows, to - from, wrapped),
                key -> new Layout(windowRows, to - from, wrapped));
        bands.add(new Band(from, to, wrapped, layout));
    }

    /** From the top of the rolled map to its bottom. */
    List<Band> bands() {
        return bands;
    }

    /** What the bands' results make up: the map's rows in their own order again, (H * W, C). */
    NDArray join(NDList results) {
        NDList rows = new NDList(results);
        int wrapped = bands.get(bands.size() - 1).wrapped;
        if (wrapped > 0) {
            NDArray last = rows.remove(rows.size() - 1);
            long first = last.getShape().get(0) - (long) wrapped * width;
            rows.add(0, last.get("{}:", first));
            if (first > 0) {
                rows.add(last.get(":{}", first));
            }
        }
        // A single array would be copied, and lose its gradient.
        return rows.size() == 1 ? rows.get(0) : NDArrays.concat(rows);
    }

    /**
     * Rows {@code from} to {@code to} (excluded) of the map and, where the roll brought them below, its first
     * {@code wrapped} rows.
     */
    record Band(int from, int to, int wrapped, Layout layout) {
    }

    /** The band's places of a map (H * W, C). */
    NDArray rows(NDArray map, Band band) {
        NDArray run = map.get("{}:{}", (long) band.from * width, (long) band.to * width);
        if (band.wrapped == 0) {
            return run;
        }
        NDArray top = map.get(":{}", (long) band.wrapped * width);
        return band.to == band.from ? top : run.concat(top);
    }

    /** How the places of a band fall into windows; bands of one layout differ only in where they are. */
    final class Layout {

        private final int windowRows;
        private final int wrapped;
        /** (windows * size * size): for each place of each window the row of the band, or one past its end for padding. */
        private final NDArray source;
        /** (rows of the band): where in the windows each is. */
        private final NDArray target;

        private Layout(int windowRows, int run, int wrapped) {
            this.windowRows = windowRows;
            this.wrapped = wrapped;
            int across = across();
            int places = (run + wrapped) * width;
            long[] sources = new long[windowRows * across * size * size];
            long[] targets = new long[places];
            for (int i = 0; i < sources.length; i++) {
                int window = i / (size * size);
                int row = window / across * size + i / size % size;
                int x = (window % across * size + i % size + shift) % (across * size);
                int wrappedRow = row - (size - shift);
                int y = row < run ? row : wrappedRow >= 0 && wrappedRow < wrapped ? run + wrappedRow : -1;
                boolean real = y >= 0 && x < width;
                sources[i] = real ? y * width + x : places;
                if (real) {
                    targets[y * width + x] = i;
                }
            }
            source = Gradients.lasting(manager.create(sources));
            target = Gradients.lasting(manager.create(targets));
        }

        NDArray source() {
            return source;
        }

        NDArray target() {
            return target;
        }

        /**
         * What is added to the scores of each window: 0 between places of one region, -100 between places that only the
         * roll brought together.
         *
         * @return (windows, 1, size * size, size * size); null when nothing did
         */
        NDArray mask() {
            if (shift == 0) {
                return null;
            }
            int across = across();
            int places = size * size;
            float[] mask = new float[windowRows * across * places * places];
            for (int window = 0; window < windowRows * across; window++) {
                boolean right = window % across == across - 1;
                for (int i = 0; i < places; i++) {
                    for (int j = 0; j < places; j++) {
                        boolean parted = right && wraps(i % size) != wraps(j % size)
                                || wrapped > 0 && wraps(i / size) != wraps(j / size);
                        mask[(window * places + i) * places + j] = parted ? -100 : 0;
                    }
                }
            }
            return Gradients.lasting(manager.create(mask, new Shape(windowRows * across, 1, places, places)));
        }

        /** Whether a row or column of a window at the edge comes from the other side of the map. */
        private boolean wraps(int line) {
            return line >= size - shift;
        }
    }
}
