package dev.gleaner.annotation;

/** An annotation with the name of the category it is filed under. */
public record FiledBox(Annotation annotation, String category) {
}
