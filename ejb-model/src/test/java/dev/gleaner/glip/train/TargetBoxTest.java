package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.Box;
import org.junit.jupiter.api.Test;

class TargetBoxTest {

    @Test
    void mayReachBeyondTheImage() {
        assertThat(new TargetBox(Box.xywh(-5, -5, 0, 1e6), 0).label()).isZero();
    }

    @Test
    void refusesWhatIsNoBox() {
        assertThatThrownBy(() -> new TargetBox(Box.xywh(1, 2, -3, 4), 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("box: Box[x=1.0, y=2.0, width=-3.0, height=4.0], expected finite numbers and no negative width or height");
        assertThatThrownBy(() -> new TargetBox(Box.xywh(Double.NaN, 2, 3, 4), 0)).hasMessageContaining("x=NaN");
        assertThatThrownBy(() -> new TargetBox(Box.xywh(1, 2, 3, Double.POSITIVE_INFINITY), 0)).hasMessageContaining("height=Infinity");
    }

    @Test
    void refusesANegativeLabel() {
        assertThatThrownBy(() -> new TargetBox(Box.xywh(1, 2, 3, 4), -1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("label: -1, expected 0 or more");
    }
}
