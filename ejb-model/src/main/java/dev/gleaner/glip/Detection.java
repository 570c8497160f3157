package dev.gleaner.glip;

/**
 * A box the model proposes.
 *
 * @param category the category of the prompt that fired; for captions the phrase itself
 * @param phrase   the words of the prompt or caption the box was aligned with
 * @param box      in pixels of the original image after EXIF orientation
 * @param score    final score in [0, 1]: the square root of class score times centreness
 */
public record Detection(String category, String phrase, Box box, double score) {
}
