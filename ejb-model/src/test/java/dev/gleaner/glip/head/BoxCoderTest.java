package dev.gleaner.glip.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BoxCoderTest {

    private static final float[] ANCHOR = {-28, -28, 35, 35};

    @Test
    void zeroRegressionGivesTheAnchorBack() {
        assertThat(BoxCoder.decode(new float[4], ANCHOR)).containsExactly(-28, -28, 35, 35);
    }

    @Test
    void centreMovesByTenthsOfTheAnchorAndSizeGrowsByPowersOfEInFifths() {
        // 64 wide, centre 3.5: dx = 5 moves it by 0.5 * 64 = 32; dh = 5 ln 2 doubles the height to 128.
        float[] box = BoxCoder.decode(new float[] {5, 0, 0, (float) (5 * Math.log(2))}, ANCHOR);

        assertThat(box).containsExactly(new float[] {4, -60, 67, 67}, within(1e-4f));
    }

    @Test
    void sizeIsHeldAtAThousandSixteenths() {
        float[] box = BoxCoder.decode(new float[] {0, 0, 1000, 0}, ANCHOR);

        assertThat(box[2] - box[0] + 1).isCloseTo(64 * 1000 / 16f, within(1e-2f));
    }
}
