package dev.gleaner.round;

/**
 * The lowest score at which boxes of a category are kept, and where it comes from.
 *
 * @param least 0 to 1
 */
public record Threshold(double least, Source source) {

    /** What a threshold was learnt from. */
    public enum Source {
        /** What of the teacher's boxes is right on gold of the category. */
        GOLD,
        /** The same, most of it on gold of all categories together: there is little of this one. */
        POOLED,
        /** Gold that the teacher was trained on, on which it does better than elsewhere. */
        SEEN_GOLD,
        /** How the scores of the category are spread. */
        FITTED,
        /** What reviewers accepted and rejected. */
        REVIEWED,
        /** Nothing: a number that was ordered for that. */
        FALLBACK
    }

    /** The higher one of both. */
    Threshold or(Threshold other) {
        return other.least > least ? other : this;
    }
}
