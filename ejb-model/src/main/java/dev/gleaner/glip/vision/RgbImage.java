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

    /** This image with left and right exchanged. */
    public RgbImage mirrored() {
        return Orientation.MIRRORED.upright(this);
    }

    /**
     * A part of this image.
     *
     * @param left   first column
     * @param top    first row
     * @param width  columns, at least 1
     * @param height rows, at least 1
     */
    public RgbImage crop(int left, int top, int width, int height) {
        if (left < 0 || top < 0 || width < 1 || height < 1 || width > this.width - left || height > this.height - top) {
            throw new IllegalArgumentException("crop: " + width + " x " + height + " at (" + left + ", " + top
                    + "), expected a part of an image of " + this.width + " x " + this.height);
        }
        byte[] part = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(rgb, 3 * ((top + y) * this.width + left), part, 3 * y * width, 3 * width);
        }
        return new RgbImage(width, height, part);
    }
}
