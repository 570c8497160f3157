package dev.gleaner.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.geom.AffineTransform;
import org.junit.jupiter.api.Test;

class MaskTest {

    private static final AffineTransform THERE = new AffineTransform();

    @Test
    void coverageIsTheShareOfAPixelsSamples() {
        // From 0.5 to 2.25 across, one row: half of the first pixel, all of the second, a quarter of the third.
        Mask mask = Mask.of(Shapes.rectangle(0.5, 0, 1.75, 1), THERE);
        assertThat(mask.coverage()).containsExactly(0.5f, 1, 0.25f);
        assertThat(mask.area()).isEqualTo(2);
    }

    @Test
    void masksReachBeyondTheImage() {
        Mask mask = Mask.of(Shapes.rectangle(-3, -2, 2, 1), THERE);
        assertThat(mask.left()).isEqualTo(-3);
        assertThat(mask.top()).isEqualTo(-2);
        assertThat(mask.at(-2, -2)).isEqualTo(1);
        assertThat(mask.at(0, 0)).isZero();
    }

    @Test
    void aRingHasAHole() {
        Mask ring = Mask.of(Shapes.ring(10, 10, 10, 5), THERE);
        assertThat(ring.at(10, 10)).isZero();
        assertThat(ring.at(2, 10)).isEqualTo(1);
        assertThat(covered(ring)).isCloseTo(Math.PI * 75, within(1.0));
    }

    @Test
    void aCircleHasItsArea() {
        assertThat(covered(Mask.of(Shapes.ellipse(20, 20, 20, 20), THERE))).isCloseTo(Math.PI * 400, within(2.0));
    }

    private static double covered(Mask mask) {
        double sum = 0;
        for (float share : mask.coverage()) {
            sum += share;
        }
        return sum;
    }

    @Test
    void whatTurnsTheOtherWayIsFilledAsWell() {
        assertThat(Mask.of(Shapes.polygon(0, 0, 0, 3, 3, 3, 3, 0), THERE).area()).isEqualTo(9);
        assertThat(Mask.of(Shapes.polygon(0, 0, 3, 0, 3, 3, 0, 3), THERE).area()).isEqualTo(9);
    }

    @Test
    void depthsGrowTowardsTheMiddle() {
        float[] depths = Mask.of(Shapes.rectangle(0, 0, 5, 5), THERE).depths();
        assertThat(depths[0]).isEqualTo(1);
        assertThat(depths[12]).isEqualTo(3);
    }
}
