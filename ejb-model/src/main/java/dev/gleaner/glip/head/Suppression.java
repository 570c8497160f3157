package dev.gleaner.glip.head;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Greedy non-maximum suppression: keeps the best of the many boxes a detector draws around one thing. */
public final class Suppression {

    private Suppression() {
    }

    /**
     * From the best score down, drops a box when it overlaps an already kept one of its own group by more than the
     * threshold ({@link ScoredBox#iou}).
     *
     * @param group what has to be equal for two boxes to compete
     * @return the kept boxes, best first
     */
    public static List<ScoredBox> within(Function<ScoredBox, ?> group, Collection<ScoredBox> boxes, float threshold) {
        return boxes.stream()
                .collect(Collectors.groupingBy(group))
                .values().stream()
                .flatMap(competitors -> keepBest(competitors, threshold).stream())
                .sorted(ScoredBox.BEST_FIRST)
                .toList();
    }

    private static List<ScoredBox> keepBest(List<ScoredBox> boxes, float threshold) {
        List<ScoredBox> sorted = new ArrayList<>(boxes);
        sorted.sort(ScoredBox.BEST_FIRST);
        List<ScoredBox> kept = new ArrayList<>();
        for (ScoredBox box : sorted) {
            if (kept.stream().noneMatch(better -> better.iou(box) > threshold)) {
                kept.add(box);
            }
        }
        return kept;
    }
}
