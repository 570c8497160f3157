package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.Box;
import java.util.List;
import org.junit.jupiter.api.Test;

class CornersTest {

    @Test
    void sidesAreMeasuredBetweenTheCorners() {
        assertThat(new Corners(0, 0, 2, 2).iou(new Corners(1, 0, 3, 2))).isEqualTo(2 / 6.0);
        assertThat(new Corners(0, 0, 2, 2).iou(new Corners(2, 0, 4, 2))).isZero();
        assertThat(new Corners(0, 0, 0, 0).iou(new Corners(0, 0, 0, 0))).isZero();
    }

    @Test
    void aDetectionGivesItsInclusiveCorners() {
        assertThat(Corners.of(Box.xyxyInclusive(3, 4, 5, 8))).isEqualTo(new Corners(3, 4, 5, 8));
    }

    @Test
    void theBoxAroundSeveralHoldsThemAll() {
        assertThat(Corners.around(List.of(new Corners(5, 1, 6, 2), new Corners(1, 3, 2, 4), new Corners(1, 1, 7, 2))))
                .isEqualTo(new Corners(1, 1, 7, 4));
    }

    @Test
    void refusesWhatIsNoNumber() {
        assertThatThrownBy(() -> new Corners(0, 0, Double.POSITIVE_INFINITY, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
