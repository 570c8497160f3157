package dev.gleaner.glip;

import java.util.Objects;

/**
 * What to look for: the category a found box is filed under, and the phrase the model reads for it.
 * Several prompts may share one category ("raccoon", "a grey animal with a striped tail").
 */
public record Prompt(String category, String phrase) {

    public Prompt {
        Objects.requireNonNull(category, "category");
        Objects.requireNonNull(phrase, "phrase");
    }

    /** A category looked for by its own name. */
    public static Prompt of(String category) {
        return new Prompt(category, category);
    }
}
