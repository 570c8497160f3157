package dev.gleaner.format;

/** Width and height in pixels, both above 0. */
public record PixelSize(int width, int height) {

    public PixelSize {
        if (width <= 0 || height <= 0) {
            throw new IllegalArgumentException("size " + width + "x" + height + "; expected both above 0");
        }
    }

    /** The size after a quarter turn. */
    public PixelSize turned() {
        return new PixelSize(height, width);
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
