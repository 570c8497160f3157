package dev.gleaner.glip.vision;

/**
 * An upright photo: rows from the top, three bytes (red, green, blue) a pixel.
 *
 * @param width  in pixels
 * @param height in pixels
 * @param rgb    {@code rgb[(y * width + x) * 3 + channel]}, unsigned; not copied
 */
public record RgbImage(int width, int height, byte[] rgb) {

    public RgbImage {
        if (width <= 0 || height <= 0 || rgb.length != 3 * width * height) {
            throw new IllegalArgumentException(rgb.length + " bytes are no RGB image of " + width + " x " + height);
        }
    }

    /** One channel of one pixel, 0 to 255. */
    public int sample(int x, int y, int channel) {
        return rgb[(y * width + x) * 3 + channel] & 0xff;
    }
}
