package dev.gleaner.round;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * How scores are spread over 0 to 1, in {@value #BINS} bins of one width: small enough to be kept with every run, so that a later
 * run can be compared with it.
 *
 * @param counts of scores in each bin, the lowest first; a score of 1 is in the last
 */
public record ScoreHistogram(List<Integer> counts) {

    static final int BINS = 20;

    /** @throws IllegalArgumentException if there are not {@value #BINS} counts, or one is negative */
    public ScoreHistogram {
        counts = List.copyOf(counts);
        if (counts.size() != BINS || counts.stream().anyMatch(count -> count < 0)) {
            throw new IllegalArgumentException("counts: " + counts + ", expected " + BINS + " numbers of 0 or more");
        }
    }

    /** @param scores each from 0 to 1 */
    public static ScoreHistogram of(Collection<Double> scores) {
        Integer[] counts = new Integer[BINS];
        Arrays.fill(counts, 0);
        for (double score : scores) {
            if (!(score >= 0 && score <= 1)) {
                throw new IllegalArgumentException("score: " + score + ", expected a number from 0 to 1");
            }
            counts[Math.min(BINS - 1, (int) (score * BINS))]++;
        }
        return new ScoreHistogram(List.of(counts));
    }

    /** @param bins of those that hold any: its number from 0, and how many */
    static ScoreHistogram ofBins(Collection<Object[]> bins) {
        Integer[] counts = new Integer[BINS];
        Arrays.fill(counts, 0);
        bins.forEach(bin -> counts[((Number) bin[0]).intValue()] = ((Number) bin[1]).intValue());
        return new ScoreHistogram(List.of(counts));
    }

    /** How many scores there are. */
    public int total() {
        return counts.stream().mapToInt(Integer::intValue).sum();
    }

    /** The score that half of them lie below, taken as spread evenly within each bin; no number if there are none. */
    public double median() {
        double wanted = total() / 2.0;
        double below = 0;
        for (int bin = 0; bin < BINS; bin++) {
            int count = counts.get(bin);
            if (count > 0 && below + count >= wanted) {
                return (bin + (wanted - below) / count) / BINS;
            }
            below += count;
        }
        return Double.NaN;
    }
}
