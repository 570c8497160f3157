package dev.gleaner.glip.train;

import dev.gleaner.glip.vision.RgbImage;
import java.util.random.RandomGenerator;

/**
 * Changes brightness, contrast, saturation and hue at random, in random order, each rounded to 8 bits. Our reading: the official code
 * has these four settings, all 0, and leaves them out of its training pipeline; their meaning is that of torchvision's
 * {@code ColorJitter}. A strength of 0 leaves that property alone.
 *
 * @param brightness samples are multiplied by a factor drawn from {@code 1 - brightness} (not below 0) to {@code 1 + brightness}
 * @param contrast   samples keep their distance from the image's mean grey by a factor drawn likewise
 * @param saturation samples keep their distance from their pixel's grey by a factor drawn likewise
 * @param hue        hues are turned by a share of the colour circle drawn from {@code -hue} to {@code hue}, at most 0.5
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue) {

    /** Leaves colours alone. */
    public static final ColorJitter NONE = new ColorJitter(0, 0, 0, 0);

    private static final int PROPERTIES = 4;

    public ColorJitter {
        requireStrength("colors.brightness", brightness);
        requireStrength("colors.contrast", contrast);
        requireStrength("colors.saturation", saturation);
        if (!(hue >= 0 && hue <= 0.5)) {
            throw new IllegalArgumentException("colors.hue: " + hue + ", expected a number from 0 to 0.5");
        }
    }

    private static void requireStrength(String name, double strength) {
        if (!(strength >= 0 && strength < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": " + strength + ", expected a finite number of at least 0");
        }
    }

    /** A changed copy of the image; the image itself where all strengths are 0. */
    RgbImage apply(RgbImage image, RandomGenerator random) {
        if (equals(NONE)) {
            return image;
        }
        byte[] rgb = image.rgb().clone();
        int[] order = {0, 1, 2, 3};
        for (int i = 0; i < PROPERTIES; i++) {
            int j = i + random.nextInt(PROPERTIES - i);
            int property = order[j];
            order[j] = order[i];
            switch (property) {
                case 0 -> {
                    if (brightness > 0) {
                        brighten(rgb, factor(brightness, random));
                    }
                }
                case 1 -> {
                    if (contrast > 0) {
                        contrast(rgb, factor(contrast, random));
                    }
                }
                case 2 -> {
                    if (saturation > 0) {
                        saturate(rgb, factor(saturation, random));
                    }
                }
                default -> {
                    if (hue > 0) {
                        turnHue(rgb, hue * (2 * random.nextDouble() - 1));
                    }
                }
            }
        }
        return new RgbImage(image.width(), image.height(), rgb);
    }

    private static double factor(double strength, RandomGenerator random) {
        double least = Math.max(0, 1 - strength);
        return least + (1 + strength - least) * random.nextDouble();
    }

    static void brighten(byte[] rgb, double factor) {
        scale(rgb, 0, factor);
    }

    static void contrast(byte[] rgb, double factor) {
        long sum = 0;
        for (int i = 0; i < rgb.length; i += 3) {
            sum += grey(rgb, i);
        }
        scale(rgb, Math.round(3.0 * sum / rgb.length), factor);
    }

    private static void scale(byte[] rgb, double centre, double factor) {
        byte[] table = new byte[256];
        for (int value = 0; value < 256; value++) {
            table[value] = clipped((float) (centre + factor * (value - centre)));
        }
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = table[rgb[i] & 0xff];
        }
    }

    static void saturate(byte[] rgb, double factor) {
        float f = (float) factor;
        for (int i = 0; i < rgb.length; i += 3) {
            float grey = grey(rgb, i);
            for (int channel = i; channel < i + 3; channel++) {
                rgb[channel] = clipped(grey + f * ((rgb[channel] & 0xff) - grey));
            }
        }
    }

    /** Turns the hue by a share of the colour circle (1/3 makes red green); largest and smallest sample of a pixel stay. */
    static void turnHue(byte[] rgb, double turn) {
        float sectors = (float) (6 * turn);
        for (int i = 0; i < rgb.length; i += 3) {
            int red = rgb[i] & 0xff;
            int green = rgb[i + 1] & 0xff;
            int blue = rgb[i + 2] & 0xff;
            int most = Math.max(red, Math.max(green, blue));
            int least = Math.min(red, Math.min(green, blue));
            float chroma = most - least;
            if (chroma == 0) {
                continue;
            }
            float hue;
            if (most == red) {
                hue = (green - blue) / chroma;
            } else if (most == green) {
                hue = 2 + (blue - red) / chroma;
            } else {
                hue = 4 + (red - green) / chroma;
            }
            hue += sectors;
            if (hue < 0) {
                hue += 6;
            } else if (hue >= 6) {
                hue -= 6;
            }
            int sector = (int) hue;
            // In even sectors the middle sample rises with the hue, in odd ones it falls.
            float into = (sector & 1) == 0 ? hue - sector : 1 - (hue - sector);
            byte middle = clipped(least + chroma * into);
            int largest = (sector + 1) / 2 % 3;
            int smallest = (sector / 2 + 2) % 3;
            rgb[i + largest] = (byte) most;
            rgb[i + smallest] = (byte) least;
            rgb[i + 3 - largest - smallest] = middle;
        }
    }

    /** Luma of ITU-R BT.601, rounded. */
    private static int grey(byte[] rgb, int pixel) {
        return (19595 * (rgb[pixel] & 0xff) + 38470 * (rgb[pixel + 1] & 0xff) + 7471 * (rgb[pixel + 2] & 0xff) + 0x8000) >> 16;
    }

    private static byte clipped(float value) {
        return (byte) (int) (Math.max(0, Math.min(255, value)) + 0.5f);
    }
}
