package dev.gleaner.scene;

import dev.gleaner.glip.vision.RgbImage;

/** An image in the making: red, green and blue of each pixel, 0 to 1. */
final class Canvas {

    final int width;
    final int height;
    final float[] rgb;

    Canvas(int width, int height) {
        this.width = width;
        this.height = height;
        rgb = new float[3 * width * height];
    }

    /** Lays a painted thing on the image. */
    void lay(Layer layer) {
        Mask mask = layer.mask();
        for (int y = Math.max(0, mask.top()); y < Math.min(height, mask.top() + mask.height()); y++) {
            for (int x = Math.max(0, mask.left()); x < Math.min(width, mask.left() + mask.width()); x++) {
                int from = (y - mask.top()) * mask.width() + x - mask.left();
                float share = mask.coverage()[from];
                for (int channel = 0; share > 0 && channel < 3; channel++) {
                    int to = 3 * (y * width + x) + channel;
                    rgb[to] += (layer.rgb()[3 * from + channel] - rgb[to]) * share;
                }
            }
        }
    }

    /** The mean colour of what a thing will cover. */
    float[] mean(Mask mask) {
        double[] sum = new double[3];
        int count = 0;
        for (int y = Math.max(0, mask.top()); y < Math.min(height, mask.top() + mask.height()); y++) {
            for (int x = Math.max(0, mask.left()); x < Math.min(width, mask.left() + mask.width()); x++) {
                if (mask.at(x, y) >= Mask.INSIDE) {
                    count++;
                    for (int channel = 0; channel < 3; channel++) {
                        sum[channel] += rgb[3 * (y * width + x) + channel];
                    }
                }
            }
        }
        int pixels = Math.max(1, count);
        return new float[] {(float) (sum[0] / pixels), (float) (sum[1] / pixels), (float) (sum[2] / pixels)};
    }

    /** Mixes each pixel with the mean of its neighbours (3 x 3). */
    void blur(float share) {
        for (int axis = 0; axis < 2; axis++) {
            int step = axis == 0 ? 3 : 3 * width;
            float[] before = rgb.clone();
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int place = axis == 0 ? x : y;
                    int last = (axis == 0 ? width : height) - 1;
                    for (int channel = 0; channel < 3; channel++) {
                        int i = 3 * (y * width + x) + channel;
                        float mean = (before[i] + before[place == 0 ? i : i - step] + before[place == last ? i : i + step]) / 3;
                        rgb[i] = before[i] + (mean - before[i]) * share;
                    }
                }
            }
        }
    }

    /** Changes contrast around the middle grey, then brightness. */
    void develop(float contrast, float brightness) {
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = 0.5f + (rgb[i] - 0.5f) * contrast + brightness;
        }
    }

    /** Lights the scene unevenly: brightness is multiplied by one factor in the upper left corner, and others in two more. */
    void light(float upperLeft, float upperRight, float lowerLeft) {
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                float factor = upperLeft + (upperRight - upperLeft) * x / width + (lowerLeft - upperLeft) * y / height;
                for (int channel = 0; channel < 3; channel++) {
                    rgb[3 * (y * width + x) + channel] *= factor;
                }
            }
        }
    }

    /** Adds noise of a standard deviation to each sample: the sum of four even numbers, which is near enough to a normal one. */
    void noise(float deviation, long seed) {
        long state = seed | 1;
        float scale = deviation * (float) Math.sqrt(3) / (1 << 15);
        for (int i = 0; i < rgb.length; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            int sum = (int) (state & 0xFFFF) + (int) (state >>> 16 & 0xFFFF) + (int) (state >>> 32 & 0xFFFF) + (int) (state >>> 48);
            rgb[i] += (sum - (1 << 17)) * scale;
        }
    }

    RgbImage image() {
        byte[] bytes = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            bytes[i] = (byte) (int) (Math.max(0, Math.min(1, rgb[i])) * 255 + 0.5f);
        }
        return new RgbImage(width, height, bytes);
    }
}
