package dev.gleaner.glip.head;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScoredBoxTest {

    @Test
    void overlapCountsPixelsInclusively() {
        // 3x3 and 3x3 sharing one column of 3 pixels: 3 / (9 + 9 - 3).
        assertThat(box(0, 0, 2, 2).iou(box(2, 0, 4, 2))).isEqualTo(3 / 15f);
    }

    @Test
    void boxesThatDoNotTouchDoNotOverlap() {
        assertThat(box(0, 0, 2, 2).iou(box(3, 0, 5, 2))).isZero();
    }

    @Test
    void clippingKeepsTheLastPixelInside() {
        assertThat(box(-5, 3, 20, 30).clip(10, 8)).isEqualTo(box(0, 3, 9, 7));
    }

    @Test
    void scalingMultipliesEachAxis() {
        assertThat(box(1, 2, 3, 4).scale(2, 0.5f)).isEqualTo(box(2, 1, 6, 2));
    }

    private static ScoredBox box(float x1, float y1, float x2, float y2) {
        return new ScoredBox(x1, y1, x2, y2, 0, 0.5f);
    }
}
