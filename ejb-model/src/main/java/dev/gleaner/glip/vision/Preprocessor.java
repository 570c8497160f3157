package dev.gleaner.glip.vision;

import dev.gleaner.glip.GlipConfig;

/**
 * From a photo to the tensor GLIP reads: resized to the configured sizes, blue-green-red in 0..255, normalised, padded
 * with zeros on the right and below. Runs on the calling thread, in plain arrays; may be called from any thread.
 */
public final class Preprocessor {

    private final GlipConfig.Input input;
    /** Normalised value of each byte, by channel in blue, green, red order. */
    private final float[][] normalised = new float[3][256];

    public Preprocessor(GlipConfig.Input input) {
        this.input = input;
        for (int channel = 0; channel < 3; channel++) {
            float mean = input.mean().get(channel).floatValue();
            float std = input.std().get(channel).floatValue();
            for (int value = 0; value < 256; value++) {
                // Through 0..1 and back, as the official pipeline goes: the last bit shows it.
                normalised[channel][value] = (value / 255f * 255f - mean) / std;
            }
        }
    }

    /** Resizes, normalises and pads. */
    public ImageTensor prepare(RgbImage image) {
        return prepare(image, 1);
    }

    /**
     * Resizes, normalises and pads.
     *
     * @param scale by which the sides are other than configured
     */
    public ImageTensor prepare(RgbImage image, double scale) {
        RgbImage resized = resize(image, (int) Math.rint(input.minSize() * scale), (int) Math.rint(input.maxSize() * scale));
        return tensor(resized, image.width(), image.height());
    }

    /** Resizes the shorter side to {@code shorter} pixels, or to fewer so that the longer one has at most {@code longest}. */
    public static RgbImage resize(RgbImage image, int shorter, int longest) {
        Size size = resized(image.width(), image.height(), shorter, longest);
        return BilinearResize.resize(image, size.width, size.height);
    }

    /**
     * Normalises and pads an image that has its size already.
     *
     * @param originalWidth  of the photo it was made of
     * @param originalHeight of the photo it was made of
     */
    public ImageTensor tensor(RgbImage image, int originalWidth, int originalHeight) {
        int paddedHeight = padded(image.height());
        int paddedWidth = padded(image.width());
        float[] values = new float[3 * paddedHeight * paddedWidth];
        byte[] rgb = image.rgb();
        for (int channel = 0; channel < 3; channel++) {
            float[] table = normalised[channel];
            for (int y = 0; y < image.height(); y++) {
                int source = 3 * y * image.width() + 2 - channel;
                int target = (channel * paddedHeight + y) * paddedWidth;
                for (int x = 0; x < image.width(); x++) {
                    values[target + x] = table[rgb[source + 3 * x] & 0xff];
                }
            }
        }
        return new ImageTensor(values, paddedHeight, paddedWidth, image.height(), image.width(), originalHeight, originalWidth);
    }

    private int padded(int side) {
        return (side + input.divisor() - 1) / input.divisor() * input.divisor();
    }

    private record Size(int width, int height) {
    }

    private static Size resized(int width, int height, int wanted, int longest) {
        double least = Math.min(width, height);
        double most = Math.max(width, height);
        int shorter = wanted;
        if (most / least * shorter > longest) {
            shorter = (int) Math.rint(longest * least / most);
        }
        shorter = Math.max(1, shorter);
        if (width < height) {
            return new Size(shorter, (int) ((double) shorter * height / width));
        }
        return new Size((int) ((double) shorter * width / height), shorter);
    }
}
