package dev.gleaner.annotation;

import java.util.List;

/**
 * How a dataset's boxes are spread over its categories, without those that a later run superseded.
 *
 * @param categories those with boxes, by name
 */
public record BoxStatistics(List<OfCategory> categories) {

    /** How many stretches of equal length scores are counted by: [0, 0.05) is the first, [0.95, 1] the last. */
    public static final int BINS = 20;

    /**
     * A category's boxes.
     *
     * @param small  boxes that stand, as {@link Annotation.Status#STANDING} has it, of less than 32 x 32 square pixels
     * @param medium those of less than 96 x 96
     * @param large  the others that stand
     * @param scores what models proposed, whatever became of it, by score; {@value #BINS} counts
     */
    public record OfCategory(String category, long imported, long proposed, long accepted, long corrected, long rejected, long small, long medium,
            long large, List<Long> scores) {

        public OfCategory {
            scores = List.copyOf(scores);
        }
    }

    public BoxStatistics {
        categories = List.copyOf(categories);
    }
}
