package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.review.ThresholdCurve.Point;
import dev.gleaner.round.ReviewedThresholds.Decision;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThresholdCurveTest {

    @Test
    void tellsWhatEachThresholdWouldHaveKept() {
        ThresholdCurve curve = ThresholdCurve.of("cat", 0.5, 0.9, List.of(new Decision(1, 0.6, false), new Decision(1, 0.9, true),
                new Decision(1, 0.6, true), new Decision(1, 0.8, false)));
        assertThat(curve.decisions()).isEqualTo(4);
        assertThat(curve.accepted()).isEqualTo(2);
        assertThat(curve.points()).extracting(Point::threshold).containsExactly(0.9, 0.8, 0.6);
        assertThat(curve.points()).extracting(Point::kept).containsExactly(1, 2, 4);
        assertThat(curve.points()).extracting(Point::precision).containsExactly(1.0, 0.5, 0.5);
        assertThat(curve.points()).extracting(Point::recall).containsExactly(0.5, 0.5, 1.0);
        // Wilson's lower end of 2 of 4: 0.150.
        assertThat(curve.points().get(2).low()).isCloseTo(0.150, within(0.0005));
    }

    @Test
    void hasNoMorePointsThanCanBeSeen() {
        ThresholdCurve curve = ThresholdCurve.of("cat", null, null, IntStream.range(0, 1000).mapToObj(i -> new Decision(1, i / 1000.0, true)).toList());
        assertThat(curve.points()).hasSize(200);
        assertThat(curve.points().get(0).threshold()).isEqualTo(0.999);
        assertThat(curve.points().get(199).threshold()).isZero();
    }

    @Test
    void hasNoPointsWhereNothingWasDecided() {
        assertThat(ThresholdCurve.of("cat", 0.5, null, List.of()).points()).isEmpty();
    }
}
