package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.glip.Box;
import dev.gleaner.round.Threshold.Source;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class GoldThresholdsTest {

    private final FoundBoxes boxes = new FoundBoxes(0);
    private final BitSet right = new BitSet();

    private void add(long category, double score, boolean isRight) {
        right.set(boxes.size(), isRight);
        boxes.add(boxes.size() / 100, boxes.size() % 100, category, score, 1);
    }

    private JudgedBoxes judged(boolean seen) {
        return new JudgedBoxes(boxes, right, seen);
    }

    /** Scores are spread evenly, and a box is right with a probability that depends on its score. */
    private void draw(long category, int count, RandomGenerator random, DoubleUnaryOperator probability) {
        for (int i = 0; i < count; i++) {
            double score = random.nextDouble();
            add(category, score, random.nextDouble() < probability.applyAsDouble(score));
        }
    }

    private static FoundBoxes drawn(long category, int count, RandomGenerator random) {
        FoundBoxes found = new FoundBoxes(count);
        for (int i = 0; i < count; i++) {
            found.add(i / 100, i % 100, category, random.nextDouble(), 1);
        }
        return found;
    }

    /** Above t, a share of (1 + t) / 2 is right of those that are right as often as their score says; of the second kind, above 0.2 a share of 0.75. */
    @Test
    void eachCategoryHasTheLowestScoreThatReachesThePrecision() {
        RandomGenerator random = new SplittableRandom(1);
        draw(1, 20_000, random, score -> score);
        draw(2, 20_000, random, score -> score < 0.2 ? 0 : 0.75);
        GoldThresholds.Learnt learnt = GoldThresholds.DEFAULT.of(judged(false)).orElseThrow();
        assertThat(learnt.of(1).least()).isCloseTo(0.4, within(0.02));
        // A share of 0.7 of what is above 0.2 - x: 0.75 * 0.8 / (0.8 + x) = 0.7.
        assertThat(learnt.of(2).least()).isCloseTo(0.143, within(0.02));
        assertThat(learnt.of(1).source()).isEqualTo(Source.GOLD);
        assertThat(new GoldThresholds(0.9, 10).of(judged(false)).orElseThrow().of(2).least()).as("is never reached but by luck").isGreaterThan(0.9);
    }

    /** What the boxes that are selected are worth is what was asked for, on boxes that nothing was learnt from. */
    @Test
    void whatIsSelectedIsAsRightAsWasAskedFor() {
        RandomGenerator random = new SplittableRandom(2);
        DoubleUnaryOperator often = score -> Math.pow(score, 3);
        draw(1, 3000, random, often);
        Selection.Gold gold = new Selection.Gold(GoldThresholds.DEFAULT, judged(false), new Selection.ClassAdaptive(10, 0.5, 0.5));
        FoundBoxes others = drawn(1, 20_000, random);
        BitSet selected = gold.select(others, others.all());
        double share = selected.stream().mapToDouble(box -> often.applyAsDouble(others.score(box))).average().orElseThrow();
        assertThat(share).isCloseTo(0.7, within(0.04));
        // The scores alone would have let half of them through, of which fewer are right.
        BitSet fitted = new Selection.ClassAdaptive(10, 0.5, 0).select(others, others.all());
        assertThat(fitted.stream().mapToDouble(box -> often.applyAsDouble(others.score(box))).average().orElseThrow()).isLessThan(0.6);
    }

    @Test
    void aCategoryWithFewBoxesGoesByAllOfThem() {
        RandomGenerator random = new SplittableRandom(3);
        draw(1, 20_000, random, score -> score);
        double pooled = GoldThresholds.DEFAULT.of(judged(false)).orElseThrow().pooled().least();
        // By themselves these would let everything through.
        add(2, 0.1, true);
        add(2, 0.2, true);
        GoldThresholds.Learnt learnt = GoldThresholds.DEFAULT.of(judged(false)).orElseThrow();
        assertThat(learnt.of(2).source()).isEqualTo(Source.POOLED);
        // Two of twelve boxes that are right: the ten others have to be right by 0.64 then, not by 0.7.
        assertThat(learnt.of(2).least()).isBetween(0.25, pooled);
        assertThat(learnt.of(3)).as("nothing was found of it").isEqualTo(new Threshold(learnt.pooled().least(), Source.POOLED));
    }

    @Test
    void whereNothingIsRightNothingIsSelected() {
        draw(1, 50, new SplittableRandom(4), score -> 0);
        FoundBoxes others = drawn(1, 100, new SplittableRandom(5));
        assertThat(new Selection.Gold(GoldThresholds.DEFAULT, judged(false), Selection.ClassAdaptive.DEFAULT).select(others, others.all()).isEmpty()).isTrue();
    }

    @Test
    void boxesOfOneScoreAreTakenTogether() {
        for (int i = 0; i < 20; i++) {
            add(1, 0.5, i % 2 == 0);
            add(1, 0.9, true);
        }
        // 30 of 40 are right from 0.5 on.
        assertThat(GoldThresholds.DEFAULT.of(judged(false)).orElseThrow().of(1).least()).isEqualTo(0.5);
        assertThat(new GoldThresholds(0.8, 10).of(judged(false)).orElseThrow().of(1).least()).isEqualTo(0.9);
    }

    @Test
    void withTooLittleGoldTheScoresDecideButNotBelowTheLeast() {
        for (int i = 0; i < 9; i++) {
            add(1, 0.1, true);
        }
        assertThat(GoldThresholds.DEFAULT.of(judged(false))).isEmpty();
        Selection.Gold gold = new Selection.Gold(GoldThresholds.DEFAULT, judged(false), new Selection.ClassAdaptive(10, 0.5, 0.5));
        FoundBoxes others = heaps();
        assertThat(gold.fixedBy(LeftBoxes.of(others, others.all())).thresholds(Set.of(1L))).isEqualTo(Map.of(1L, new Threshold(0.5, Source.FITTED)));
    }

    /** The teacher knows the images by heart: all is right there. */
    @Test
    void goldThatTheTeacherHasSeenDoesNotMakeThresholdsLower() {
        draw(1, 100, new SplittableRandom(6), score -> 1);
        FoundBoxes others = heaps();
        Selection fixed = new Selection.Gold(GoldThresholds.DEFAULT, judged(true), new Selection.ClassAdaptive(10, 0.5, 0.1)).fixedBy(LeftBoxes.of(others, others.all()));
        Threshold threshold = fixed.thresholds(Set.of(1L)).get(1L);
        assertThat(threshold.least()).isBetween(0.2, 0.3);
        assertThat(threshold.source()).isEqualTo(Source.FITTED);
    }

    private static FoundBoxes heaps() {
        RandomGenerator random = new SplittableRandom(7);
        List<PseudoBox> found = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            found.add(new PseudoBox(i, 1, Box.xywh(0, 0, 1, 1), 0.2 + 0.01 * random.nextGaussian(), 1));
            found.add(new PseudoBox(i, 1, Box.xywh(0, 0, 1, 1), 0.3 + 0.01 * random.nextGaussian(), 1));
        }
        return FoundBoxes.of(found);
    }

    @Test
    void impossibleNumbersAreNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> new GoldThresholds(1, 10)).withMessageContaining("precision: 1.0");
        assertThatIllegalArgumentException().isThrownBy(() -> new GoldThresholds(0.7, 1)).withMessageContaining("fewest: 1");
    }
}
