package dev.gleaner.round;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** What selections have to know of all boxes that earlier ones left: figures of a bounded size, however many boxes there are. */
interface LeftBoxes {

    /** By category, how many have each score: in {@value ScoreMixture#BINS} bins of one width over 0 to 1, the lowest first. */
    Map<Long, long[]> scores();

    /** The box of a category that has so many better ones before it; there must be one. */
    Place place(long category, long before);

    /** Where a box stands among those of its category: better scores first, then images by id. */
    record Place(double score, long image, int ordinal) implements Comparable<Place> {

        private static final Comparator<Place> ORDER = Comparator.comparingDouble(Place::score).reversed().thenComparingLong(Place::image)
                .thenComparingInt(Place::ordinal);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /** The figures of boxes that are at hand. */
    static LeftBoxes of(FoundBoxes boxes, BitSet left) {
        return new LeftBoxes() {
            @Override
            public Map<Long, long[]> scores() {
                Map<Long, long[]> scores = new HashMap<>();
                left.stream().forEach(box -> scores.computeIfAbsent(boxes.categoryId(box), category -> new long[ScoreMixture.BINS])
                        [ScoreMixture.bin(boxes.score(box))]++);
                return scores;
            }

            @Override
            public Place place(long category, long before) {
                return left.stream().filter(box -> boxes.categoryId(box) == category).mapToObj(boxes::place).sorted().skip(before).findFirst().orElseThrow();
            }
        };
    }

    /** How many boxes each category has. */
    static long total(long[] bins) {
        return Arrays.stream(bins).sum();
    }
}
