package dev.gleaner.review;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How far two people agree about what is on an image: how many boxes of a category are in both lists, and how many in one only. Boxes meet
 * that overlap most (IoU {@value #SAME} or more), each at most once. Their share is the F1 score, which is the same from either side
 * (Hripcsak and Rothschild 2005).
 *
 * @param both   boxes that are in both lists, counted once
 * @param first  boxes that are in the first list only
 * @param second boxes that are in the second list only
 */
public record BoxAgreement(int both, int first, int second) {

    static final double SAME = 0.5;

    static final BoxAgreement NONE = new BoxAgreement(0, 0, 0);

    /** The two lists compared, by category. */
    static Map<Long, BoxAgreement> of(List<AnswerBox> first, List<AnswerBox> second) {
        Set<Long> categories = new HashSet<>();
        first.forEach(box -> categories.add(box.category()));
        second.forEach(box -> categories.add(box.category()));
        Map<Long, BoxAgreement> agreements = new HashMap<>();
        for (long category : categories) {
            List<AnswerBox> ones = first.stream().filter(box -> box.category() == category).toList();
            List<AnswerBox> others = second.stream().filter(box -> box.category() == category).toList();
            int both = matches(ones, others);
            agreements.put(category, new BoxAgreement(both, ones.size() - both, others.size() - both));
        }
        return agreements;
    }

    private record Pair(int one, int other, double iou) {
    }

    private static int matches(List<AnswerBox> ones, List<AnswerBox> others) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < ones.size(); i++) {
            for (int j = 0; j < others.size(); j++) {
                double iou = ones.get(i).box().iou(others.get(j).box());
                if (iou >= SAME) {
                    pairs.add(new Pair(i, j, iou));
                }
            }
        }
        pairs.sort(Comparator.comparingDouble(Pair::iou).reversed());
        Set<Integer> takenOnes = new HashSet<>();
        Set<Integer> takenOthers = new HashSet<>();
        for (Pair pair : pairs) {
            if (!takenOnes.contains(pair.one) && !takenOthers.contains(pair.other)) {
                takenOnes.add(pair.one);
                takenOthers.add(pair.other);
            }
        }
        return takenOnes.size();
    }

    BoxAgreement plus(BoxAgreement more) {
        return new BoxAgreement(both + more.both, first + more.first, second + more.second);
    }

    /** Seen from the other list. */
    BoxAgreement turned() {
        return new BoxAgreement(both, second, first);
    }

    /** 0 to 1; null if there is no box in either list. */
    public Double f1() {
        return both + first + second == 0 ? null : 2.0 * both / (2.0 * both + first + second);
    }
}
