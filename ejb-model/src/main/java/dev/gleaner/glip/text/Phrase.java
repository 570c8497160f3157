package dev.gleaner.glip.text;

import java.util.List;
import java.util.Objects;

/**
 * Something a caption names, and the places where it names it.
 *
 * @param text  how the phrase is shown
 * @param spans where it stands in the caption; several when the same thing is named several times
 */
public record Phrase(String text, List<Span> spans) {

    public Phrase {
        Objects.requireNonNull(text, "text");
        spans = List.copyOf(spans);
    }
}
