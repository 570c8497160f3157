package dev.gleaner.evaluation;

import java.util.Set;

/**
 * An image whose boxes are known, for all categories or, as in LVIS, for some of them.
 *
 * @param absent        categories known not to be there (LVIS's {@code neg_category_ids})
 * @param notExhaustive categories of which only some objects have boxes (LVIS's {@code not_exhaustive_category_ids})
 */
public record TruthImage(long id, Set<Long> absent, Set<Long> notExhaustive) {

    public TruthImage {
        absent = Set.copyOf(absent);
        notExhaustive = Set.copyOf(notExhaustive);
    }

    public static TruthImage of(long id) {
        return new TruthImage(id, Set.of(), Set.of());
    }
}
