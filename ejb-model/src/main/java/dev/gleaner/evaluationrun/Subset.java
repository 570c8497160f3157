package dev.gleaner.evaluationrun;

/**
 * Which images of a dataset are evaluated: all, those that a {@link dev.gleaner.dataset.Split} holds out, or listed ones.
 *
 * @param fraction of a split; null otherwise
 * @param seed     of a split; null otherwise
 * @param images   how many were listed; null otherwise
 */
public record Subset(Double fraction, Long seed, Integer images) {

    static final Subset ALL = new Subset(null, null, null);
}
