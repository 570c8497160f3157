package dev.gleaner.review;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Image;

/**
 * An open proposal in a gallery.
 *
 * @param rank by which the gallery is sorted: its score, or how unlike the others it is
 */
public record Crop(Annotation annotation, Image image, double rank) {
}
