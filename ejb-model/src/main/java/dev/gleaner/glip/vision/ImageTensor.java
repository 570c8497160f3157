package dev.gleaner.glip.vision;

/**
 * An image as the network reads it, still in plain memory.
 *
 * @param values         (3, paddedHeight, paddedWidth), row by row; blue, green, red; normalised; zero outside the image
 * @param paddedHeight   a multiple of the configured divisor
 * @param paddedWidth    a multiple of the configured divisor
 * @param height         of the resized image within the padding
 * @param width          of the resized image within the padding
 * @param originalHeight of the upright photo
 * @param originalWidth  of the upright photo
 */
public record ImageTensor(float[] values, int paddedHeight, int paddedWidth, int height, int width,
                          int originalHeight, int originalWidth) {
}
