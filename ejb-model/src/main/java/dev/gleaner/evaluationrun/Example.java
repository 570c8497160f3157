package dev.gleaner.evaluationrun;

import dev.gleaner.dataset.Image;

/**
 * A mistake to be looked at.
 *
 * @param category     the name of the category it counts against
 * @param goldCategory the name of the category of what was hit or missed; null for what hit nothing
 */
public record Example(MistakeExample mistake, Image image, String category, String goldCategory) {
}
