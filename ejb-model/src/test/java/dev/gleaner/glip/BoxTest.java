package dev.gleaner.glip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BoxTest {

    @Test
    void overlapsAreMeasuredWithoutThePlusOne() {
        Box box = Box.xywh(0, 0, 4, 2);
        assertThat(box.intersection(Box.xywh(3, 1, 5, 5))).isEqualTo(1);
        assertThat(box.iou(Box.xywh(2, 0, 4, 2))).isEqualTo(4 / 12.0);
        assertThat(box.iou(box)).isEqualTo(1);
    }

    @Test
    void boxesThatTouchAndEmptyOnesDoNotOverlap() {
        Box box = Box.xywh(0, 0, 4, 2);
        assertThat(box.intersection(Box.xywh(4, 0, 4, 2))).isZero();
        assertThat(box.iou(Box.xywh(0, 2, 4, 2))).isZero();
        assertThat(Box.xywh(1, 1, 0, 0).iou(Box.xywh(1, 1, 0, 0))).isZero();
    }

    @Test
    void inclusiveCornersAreOnePixelFurtherIn() {
        Box box = Box.xyxyInclusive(3, 4, 5, 8);
        assertThat(box).isEqualTo(Box.xywh(3, 4, 3, 5));
        assertThat(box.x2Inclusive()).isEqualTo(5);
        assertThat(box.y2Inclusive()).isEqualTo(8);
    }
}
