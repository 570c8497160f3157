package dev.gleaner.glip.vision;

import java.util.Arrays;

/**
 * Antialiased bilinear resizing with the numbers of Pillow's {@code Image.resize}: a triangle filter as wide as the
 * scale, weights in fixed point of 22 bits, a horizontal and then a vertical pass, each rounded to 8 bits.
 */
final class BilinearResize {

    private static final int PRECISION_BITS = 22;

    private BilinearResize() {
    }

    static RgbImage resize(RgbImage image, int width, int height) {
        RgbImage wide = width == image.width() ? image : horizontal(image, new Filter(image.width(), width));
        return height == image.height() ? wide : vertical(wide, new Filter(image.height(), height));
    }

    private static RgbImage horizontal(RgbImage image, Filter filter) {
        byte[] in = image.rgb();
        int width = filter.first.length;
        byte[] out = new byte[3 * width * image.height()];
        for (int y = 0; y < image.height(); y++) {
            int row = 3 * y * image.width();
            int target = 3 * y * width;
            for (int x = 0; x < width; x++) {
                int[] weights = filter.weights[x];
                int source = row + 3 * filter.first[x];
                int red = 1 << (PRECISION_BITS - 1);
                int green = red;
                int blue = red;
                for (int weight : weights) {
                    red += (in[source] & 0xff) * weight;
                    green += (in[source + 1] & 0xff) * weight;
                    blue += (in[source + 2] & 0xff) * weight;
                    source += 3;
                }
                out[target++] = (byte) (red >> PRECISION_BITS);
                out[target++] = (byte) (green >> PRECISION_BITS);
                out[target++] = (byte) (blue >> PRECISION_BITS);
            }
        }
        return new RgbImage(width, image.height(), out);
    }

    private static RgbImage vertical(RgbImage image, Filter filter) {
        byte[] in = image.rgb();
        int height = filter.first.length;
        int stride = 3 * image.width();
        byte[] out = new byte[stride * height];
        int[] sums = new int[stride];
        for (int y = 0; y < height; y++) {
            Arrays.fill(sums, 1 << (PRECISION_BITS - 1));
            int source = filter.first[y] * stride;
            for (int weight : filter.weights[y]) {
                for (int i = 0; i < stride; i++) {
                    sums[i] += (in[source + i] & 0xff) * weight;
                }
                source += stride;
            }
            int target = y * stride;
            for (int i = 0; i < stride; i++) {
                out[target + i] = (byte) (sums[i] >> PRECISION_BITS);
            }
        }
        return new RgbImage(image.width(), height, out);
    }

    /** For each output place the first input place it takes from, and the weights of that one and its neighbours. */
    private static final class Filter {
        final int[] first;
        final int[][] weights;

        Filter(int in, int out) {
            first = new int[out];
            weights = new int[out][];
            double scale = (double) in / out;
            double support = Math.max(scale, 1);
            for (int i = 0; i < out; i++) {
                double center = (i + 0.5) * scale;
                int from = Math.max(0, (int) (center - support + 0.5));
                int to = Math.min(in, (int) (center + support + 0.5));
                first[i] = from;
                weights[i] = fixedPoint(triangle(from, to, center, 1 / support));
            }
        }

        private static double[] triangle(int from, int to, double center, double slope) {
            double[] heights = new double[to - from];
            double sum = 0;
            for (int i = 0; i < heights.length; i++) {
                heights[i] = Math.max(0, 1 - Math.abs((i + from - center + 0.5) * slope));
                sum += heights[i];
            }
            for (int i = 0; i < heights.length; i++) {
                heights[i] /= sum;
            }
            return heights;
        }

        private static int[] fixedPoint(double[] weights) {
            int[] fixed = new int[weights.length];
            for (int i = 0; i < fixed.length; i++) {
                fixed[i] = (int) (0.5 + weights[i] * (1 << PRECISION_BITS));
            }
            return fixed;
        }
    }
}
