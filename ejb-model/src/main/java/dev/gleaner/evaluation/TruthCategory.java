package dev.gleaner.evaluation;

import java.util.Optional;

/**
 * A category to be found.
 *
 * @param frequency in how many training images LVIS shows it; empty outside LVIS
 */
public record TruthCategory(long id, String name, Optional<Frequency> frequency) {

    /** LVIS's groups: up to 10, up to 100, and more training images. */
    public enum Frequency { RARE, COMMON, FREQUENT }

    public static TruthCategory of(long id, String name) {
        return new TruthCategory(id, name, Optional.empty());
    }
}
