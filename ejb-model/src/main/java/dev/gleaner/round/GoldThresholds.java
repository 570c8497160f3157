package dev.gleaner.round;

import dev.gleaner.round.Threshold.Source;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Learns from gold how sure the teacher has to be. For each category it takes the lowest score such that of the boxes at or above it the wanted
 * share is right. A category has few boxes on gold, so its share at a score is taken together with that of all categories, as if it had
 * {@code fewest} boxes more that are right as often as theirs: with many boxes of its own its threshold is its own, with none it is that of all
 * (shrinkage as of empirical Bayes estimates, Morris 1983).
 *
 * <p>That a threshold is set by what is right on labelled images is the rule of data distillation (Radosavovic et al. 2018), which
 * has as many boxes per image as labelled images have things; here the share of right ones is given instead.
 *
 * @param precision wanted share of right boxes
 * @param fewest    boxes that the boxes of all categories count as for each; with fewer on all gold nothing is learnt
 */
record GoldThresholds(double precision, int fewest) {

    /** 0.7; 10 boxes. */
    static final GoldThresholds DEFAULT = new GoldThresholds(0.7, 10);

    /** Where no score is high enough: no box has more. */
    private static final double NEVER = 1;

    GoldThresholds {
        if (!(precision > 0 && precision < 1)) {
            throw new IllegalArgumentException("precision: " + precision + ", expected a number between 0 and 1");
        }
        if (fewest < 2) {
            throw new IllegalArgumentException("fewest: " + fewest + ", expected at least 2");
        }
    }

    /** @return nothing if there is too little gold */
    Optional<Learnt> of(JudgedBoxes judged) {
        FoundBoxes boxes = judged.boxes();
        if (boxes.size() < fewest) {
            return Optional.empty();
        }
        List<Integer> best = IntStream.range(0, boxes.size()).boxed().sorted(Comparator.comparingDouble((Integer box) -> boxes.score(box)).reversed()).toList();
        int kinds = boxes.categories().size();
        long[] own = new long[kinds];
        long[] ownRight = new long[kinds];
        double[] thresholds = new double[kinds];
        Arrays.fill(thresholds, NEVER);
        double pooled = NEVER;
        int right = 0;
        for (int i = 0; i < best.size(); i++) {
            int box = best.get(i);
            own[boxes.category(box)]++;
            if (judged.right().get(box)) {
                right++;
                ownRight[boxes.category(box)]++;
            }
            double score = boxes.score(box);
            if (i + 1 < best.size() && boxes.score(best.get(i + 1)) == score) {
                continue;
            }
            double share = right / (i + 1.0);
            pooled = share >= precision ? score : pooled;
            for (int kind = 0; kind < kinds; kind++) {
                if ((ownRight[kind] + fewest * share) / (own[kind] + fewest) >= precision) {
                    thresholds[kind] = score;
                }
            }
        }
        Map<Long, Threshold> learnt = new HashMap<>();
        for (int kind = 0; kind < kinds; kind++) {
            learnt.put(boxes.categories().get(kind), new Threshold(thresholds[kind],
                    judged.seen() ? Source.SEEN_GOLD : own[kind] < fewest ? Source.POOLED : Source.GOLD));
        }
        return Optional.of(new Learnt(learnt, new Threshold(pooled, judged.seen() ? Source.SEEN_GOLD : Source.POOLED)));
    }

    /**
     * Thresholds.
     *
     * @param pooled of categories that the teacher found nothing of
     */
    record Learnt(Map<Long, Threshold> byCategory, Threshold pooled) {

        Threshold of(long category) {
            return byCategory.getOrDefault(category, pooled);
        }
    }
}
