package dev.gleaner.round;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Learns from what reviewers accepted and rejected how sure the teacher has to be. For each category it takes the lowest score
 * such that, of the decided proposals at or above it, the accepted share is at least {@code precision}, judged by the lower end of
 * Wilson's 95 % interval: few decisions do not make a threshold low.
 *
 * @param precision wanted share of right boxes
 * @param fewest    categories with fewer decisions have no threshold
 */
public record ReviewedThresholds(double precision, int fewest) {

    private static final double QUANTILE = 1.959963984540054;

    /** 0.8 from 10 decisions on. */
    public static final ReviewedThresholds DEFAULT = new ReviewedThresholds(0.8, 10);

    /** What a reviewer said of a proposal; a corrected one counts as accepted only if its box was moved a little. */
    public record Decision(long categoryId, double score, boolean accepted) {
    }

    public ReviewedThresholds {
        if (!(precision > 0 && precision < 1)) {
            throw new IllegalArgumentException("precision: " + precision + ", expected a number between 0 and 1");
        }
    }

    /** Thresholds by category; 1 where no score is high enough. */
    public Map<Long, Double> of(Collection<Decision> decisions) {
        Map<Long, Double> thresholds = new HashMap<>();
        decisions.stream().collect(Collectors.groupingBy(Decision::categoryId)).forEach((category, own) -> {
            if (own.size() >= fewest) {
                thresholds.put(category, threshold(own));
            }
        });
        return thresholds;
    }

    private double threshold(List<Decision> decisions) {
        List<Decision> best = new ArrayList<>(decisions);
        best.sort(Comparator.comparingDouble(Decision::score).reversed());
        double threshold = 1;
        int accepted = 0;
        for (int i = 0; i < best.size(); i++) {
            accepted += best.get(i).accepted() ? 1 : 0;
            boolean last = i + 1 == best.size() || best.get(i + 1).score() < best.get(i).score();
            if (last && lowerEnd(accepted, i + 1) >= precision) {
                threshold = best.get(i).score();
            }
        }
        return threshold;
    }

    /** The lower end of Wilson's interval for a share (Wilson 1927). */
    public static double lowerEnd(int successes, int trials) {
        double share = successes / (double) trials;
        double square = QUANTILE * QUANTILE / trials;
        return (share + square / 2 - QUANTILE * Math.sqrt(share * (1 - share) / trials + square / (4 * trials))) / (1 + square);
    }
}
