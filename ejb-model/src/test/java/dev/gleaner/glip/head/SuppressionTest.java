package dev.gleaner.glip.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuppressionTest {

    // Inclusive areas of 10 x 10 = 100; a shift of 2 leaves 80 / 120 = 0.667, of 3 leaves 70 / 130 = 0.538.
    private static final ScoredBox BEST = box(0, 0, 0.9f);
    private static final ScoredBox CLOSE = box(2, 0, 0.8f);
    private static final ScoredBox FURTHER = box(3, 0, 0.7f);

    @Test
    void theLesserOfTwoOverlappingBoxesIsDropped() {
        assertThat(byLabel(List.of(FURTHER, CLOSE, BEST), 0.6f)).containsExactly(BEST, FURTHER);
    }

    @Test
    void aDroppedBoxDropsNoOther() {
        // At 0.6, CLOSE and FURTHER overlap by 90 / 110 = 0.818, but CLOSE is gone before FURTHER is looked at.
        assertThat(CLOSE.iou(FURTHER)).isGreaterThan(0.6f);
        assertThat(byLabel(List.of(BEST, CLOSE, FURTHER), 0.6f)).contains(FURTHER);
    }

    @Test
    void overlapEqualToTheThresholdIsKept() {
        assertThat(byLabel(List.of(BEST, CLOSE), 80 / 120f)).containsExactly(BEST, CLOSE);
    }

    @Test
    void differentGroupsDoNotCompete() {
        ScoredBox other = box(0, 1, 0.95f);

        assertThat(byLabel(List.of(BEST, other), 0.6f)).containsExactly(other, BEST);
        assertThat(Suppression.within(box -> "one category", List.of(BEST, other), 0.6f)).containsExactly(other);
    }

    private static List<ScoredBox> byLabel(List<ScoredBox> boxes, float threshold) {
        return Suppression.within(ScoredBox::label, boxes, threshold);
    }

    private static ScoredBox box(float x, int label, float score) {
        return new ScoredBox(x, 0, x + 9, 9, label, score);
    }
}
