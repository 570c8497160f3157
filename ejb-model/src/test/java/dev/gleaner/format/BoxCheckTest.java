package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.Finding.Code;
import dev.gleaner.glip.Box;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BoxCheckTest {

    @Test
    void takesABoxThatFillsTheImage() {
        assertThat(check(Box.xywh(0, 0, 40, 30))).isEqualTo(new BoxCheck(Optional.of(Box.xywh(0, 0, 40, 30)), Optional.empty()));
    }

    @Test
    void cutsWhatReachesOverTheEdgeAndReportsIt() {
        BoxCheck check = check(Box.xywh(-1, 20, 11, 12));

        assertThat(check.box()).contains(Box.xywh(0, 20, 10, 10));
        assertThat(check.finding()).contains(new Finding(Code.BOX_CLIPPED, "a.jpg", "annotation 7: box [x, y, width, height] is "
                + "[-1.0, 20.0, 11.0, 12.0], over the edge of the image of 40x30; it was cut to [0.0, 20.0, 10.0, 10.0]"));
    }

    @Test
    void cutsRoundingOffWithoutAWord() {
        BoxCheck check = check(Box.xywh(10, 10, 30.004, 5));

        assertThat(check.box()).contains(Box.xywh(10, 10, 30, 5));
        assertThat(check.finding()).isEmpty();
    }

    @Test
    void halfABoxInsideIsEnough() {
        assertThat(check(Box.xywh(35, 0, 10, 10)).box()).contains(Box.xywh(35, 0, 5, 10));
    }

    @Test
    void refusesABoxThatLiesMostlyOutside() {
        BoxCheck check = check(Box.xywh(36, 0, 10, 10));

        assertThat(check.box()).isEmpty();
        assertThat(check.finding().orElseThrow().code()).isEqualTo(Code.BOX_OUTSIDE);
        assertThat(check.finding().orElseThrow().message()).contains("of which 40 % lie in the image of 40x30");
    }

    @Test
    void refusesABoxFarOutside() {
        assertThat(check(Box.xywh(100, 100, 5, 5)).finding().orElseThrow().code()).isEqualTo(Code.BOX_OUTSIDE);
    }

    @Test
    void refusesABoxWithoutArea() {
        assertThat(check(Box.xywh(5, 5, 0, 10)).finding().orElseThrow().code()).isEqualTo(Code.INVALID_BOX);
        assertThat(check(Box.xywh(5, 5, 10, -1)).finding().orElseThrow().code()).isEqualTo(Code.INVALID_BOX);
    }

    @Test
    void refusesABoxWhoseAreaOverflows() {
        assertThat(check(Box.xywh(0, 0, 1e200, 1e200)).box()).isEmpty();
    }

    private static BoxCheck check(Box box) {
        return BoxCheck.of("annotation 7", box, "a.jpg", new PixelSize(40, 30));
    }
}
