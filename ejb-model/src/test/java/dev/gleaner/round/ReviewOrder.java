package dev.gleaner.round;

import dev.gleaner.glip.Box;
import dev.gleaner.review.Ranking;
import dev.gleaner.round.RoundExamples.Human;
import dev.gleaner.round.RoundExamples.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * In which order the experiment's reviewer gets images.
 *
 * @param most  how many
 * @param least score from which on the round's selection takes a box
 */
record ReviewOrder(int most, double least) {

    private static final double NEAR = 0.1;

    /** Images to be reviewed, in order. */
    List<Integer> of(boolean random, Pool pool, Map<Integer, List<PseudoBox>> labels, Map<Integer, Human> decided, long seed) {
        List<Integer> open = new ArrayList<>(labels.keySet());
        if (random) {
            Collections.shuffle(open, new Random(seed));
            return open.subList(0, Math.min(most, open.size()));
        }
        List<PseudoBox> all = labels.values().stream().flatMap(List::stream).toList();
        Map<Long, Double> thresholds = Selection.ClassAdaptive.DEFAULT.thresholds(all);
        List<Ranking.Known> known = new ArrayList<>();
        decided.forEach((number, human) -> {
            Pool.Picture picture = pool.picture(number);
            human.boxes().stream().filter(box -> box.verdict() == Verdict.PRESENT)
                    .forEach(box -> known.add(new Ranking.Known(pool.category(box.categoryId()), features(box.box(), picture))));
        });
        List<Ranking.Item> items = new ArrayList<>();
        for (int number : open) {
            Pool.Picture picture = pool.picture(number);
            List<PseudoBox> boxes = shown(labels.get(number));
            if (!boxes.isEmpty()) {
                items.add(new Ranking.Item(number, number, boxes.stream().map(box -> new Ranking.Proposal(pool.category(box.categoryId()), box.score(),
                        thresholds.get(box.categoryId()), box.agreement(), rivals(box, boxes), features(box.box(), picture))).toList()));
            }
        }
        return Ranking.rank(items, known, Ranking.Weights.DEFAULT, most).stream().map(ranked -> (int) ranked.item().id()).toList();
    }

    /** The queue shows what is near its threshold or above, and not the hundred boxes that a model finds in any image. */
    List<PseudoBox> shown(List<PseudoBox> boxes) {
        return boxes.stream().filter(box -> box.score() >= least - NEAR).toList();
    }

    private static List<Double> features(Box box, Pool.Picture picture) {
        return Ranking.features(box, picture.image().width(), picture.image().height());
    }

    private static List<Double> rivals(PseudoBox box, List<PseudoBox> others) {
        return others.stream().filter(other -> other.categoryId() != box.categoryId() && other.box().iou(box.box()) >= Oracle.SAME)
                .map(PseudoBox::score).toList();
    }
}
