package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gleaner.glip.Box;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SelectionTest {

    private static final Box BOX = Box.xywh(1, 2, 3, 4);

    private static PseudoBox box(long image, long category, double score) {
        return new PseudoBox(image, category, BOX, score, 1);
    }

    @Test
    void aFixedThresholdKeepsWhatReachesIt() {
        List<PseudoBox> boxes = List.of(box(1, 1, 0.49), box(1, 1, 0.5), box(2, 1, 0.9));
        assertThat(new Selection.FixedThreshold(0.5).select(boxes)).containsExactly(boxes.get(1), boxes.get(2));
    }

    @Test
    void theLooseRuleKeepsWeakBoxesBesideASureOne() {
        List<PseudoBox> boxes = List.of(box(1, 1, 0.31), box(1, 2, 0.11), box(1, 1, 0.1), box(2, 1, 0.3), box(2, 1, 0.2));
        assertThat(Selection.LooseImage.DEFAULT.select(boxes)).containsExactly(boxes.get(0), boxes.get(1));
    }

    @Test
    void theAdaptiveThresholdLiesBetweenTheTwoHeapsOfEachCategory() {
        Random random = new Random(1);
        List<PseudoBox> boxes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            boxes.add(box(i, 1, 0.1 + 0.02 * random.nextGaussian()));
            boxes.add(box(i, 1, 0.4 + 0.03 * random.nextGaussian()));
            boxes.add(box(i, 2, 0.5 + 0.02 * random.nextGaussian()));
            boxes.add(box(i, 2, 0.9 + 0.02 * random.nextGaussian()));
        }
        boxes.add(box(1, 3, 0.49));
        boxes.add(box(1, 3, 0.51));
        Map<Long, Double> thresholds = Selection.ClassAdaptive.DEFAULT.thresholds(boxes);
        assertThat(thresholds.get(1L)).isBetween(0.15, 0.32);
        assertThat(thresholds.get(2L)).isBetween(0.55, 0.85);
        assertThat(thresholds.get(3L)).as("too few to fit").isEqualTo(0.5);
        assertThat(Selection.ClassAdaptive.DEFAULT.select(boxes)).hasSize(200 + 200 + 1);
    }

    private static long[] bins(double... scores) {
        long[] bins = new long[ScoreMixture.BINS];
        Arrays.stream(scores).forEach(score -> bins[ScoreMixture.bin(score)]++);
        return bins;
    }

    /** As a model that is sure of all it finds: the heaps part where most of the boxes are wrong. */
    @Test
    void noAdaptiveThresholdIsBelowTheLeast() {
        Random random = new Random(2);
        List<PseudoBox> boxes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            boxes.add(box(i, 1, 0.26 + 0.01 * random.nextGaussian()));
            boxes.add(box(i, 1, 0.34 + 0.02 * random.nextGaussian()));
        }
        boxes.add(box(1, 2, 0.45));
        assertThat(Selection.ClassAdaptive.DEFAULT.thresholds(boxes).get(1L)).isBetween(0.27, 0.32);
        assertThat(new Selection.ClassAdaptive(10, 0.4, 0.5).thresholds(boxes)).isEqualTo(Map.of(1L, 0.5, 2L, 0.5));
    }

    @Test
    void scoresThatAreAllAlikeTellNothing() {
        assertThat(ScoreMixture.fit(bins(0.7, 0.7, 0.7))).isEmpty();
    }

    @Test
    void agreementIsAskedForBesideTheScore() {
        List<PseudoBox> boxes = List.of(new PseudoBox(1, 1, BOX, 0.9, 0.69), new PseudoBox(1, 1, BOX, 0.2, 0.7));
        assertThat(new Selection.Agreement(0.7).select(boxes)).containsExactly(boxes.get(1));
    }

    /** Ten boxes, of which category 1 should be half and 2 a fifth; 3 is not limited. */
    @Test
    void theQuotaKeepsTheBestOfACategoryThatHasTooMany() {
        List<PseudoBox> boxes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            boxes.add(box(i, 1, 0.9 - 0.1 * i));
        }
        boxes.add(box(8, 2, 0.3));
        boxes.add(box(9, 3, 0.2));
        assertThat(new Selection.Quota(Map.of(1L, 0.5, 2L, 0.2), 1).select(boxes))
                .containsExactlyElementsOf(List.of(boxes.get(0), boxes.get(1), boxes.get(2), boxes.get(3), boxes.get(4), boxes.get(8), boxes.get(9)));
        assertThat(new Selection.Quota(Map.of(1L, 0.5, 2L, 0.2), 1.5).select(boxes)).hasSize(10);
    }

    /** Three of four boxes may stay: the best, and of the three that are alike the first two. */
    @Test
    void ofBoxesThatAreAlikeTheQuotaKeepsTheFirst() {
        List<PseudoBox> boxes = List.of(box(1, 1, 0.5), box(2, 1, 0.5), box(3, 1, 0.9), box(4, 1, 0.5));
        assertThat(new Selection.Quota(Map.of(1L, 0.75), 1).select(boxes)).containsExactly(boxes.get(0), boxes.get(1), boxes.get(2));
    }

    @Test
    void reviewedThresholdsFallBackWhereNobodyDecided() {
        List<PseudoBox> boxes = List.of(box(1, 1, 0.6), box(1, 1, 0.8), box(1, 2, 0.6));
        assertThat(new Selection.Reviewed(Map.of(1L, 0.7), 0.5).select(boxes)).containsExactly(boxes.get(1), boxes.get(2));
    }

    @Test
    void impossibleSettingsAreNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Selection.FixedThreshold(1.5)).withMessageContaining("least: 1.5");
        assertThatIllegalArgumentException().isThrownBy(() -> new Selection.ClassAdaptive(10, 0.5, -1)).withMessageContaining("least: -1");
        assertThatIllegalArgumentException().isThrownBy(() -> new Selection.LooseImage(0.4, 0.3)).withMessageContaining("sure: 0.3");
        assertThatIllegalArgumentException().isThrownBy(() -> new Selection.Quota(Map.of(), 0.5)).withMessageContaining("slack: 0.5");
    }
}
