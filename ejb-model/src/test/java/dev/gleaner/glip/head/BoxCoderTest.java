package dev.gleaner.glip.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
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

    @Test
    void encodingTurnsTheSameRoundBackwards() {
        // 32 further right, at twice the height.
        float[] regression = BoxCoder.encode(new float[] {4, -60, 67, 67}, ANCHOR);

        assertThat(regression).containsExactly(new float[] {5, 0, 0, (float) (5 * Math.log(2))}, within(1e-5f));
    }

    @Test
    void whatIsEncodedIsDecodedAgain() {
        float[] box = {-3.25f, 10, 120.5f, 11.5f};

        assertThat(BoxCoder.decode(BoxCoder.encode(box, ANCHOR), ANCHOR)).containsExactly(box, within(1e-4f));
    }

    @Test
    void boxesInArraysAreDecodedLikeOnesInMemory() {
        float[] regression = {5, -1, 0.5f, -2, 0, 0, 1000, 1};
        float[] first = BoxCoder.decode(new float[] {5, -1, 0.5f, -2}, ANCHOR);
        float[] second = BoxCoder.decode(new float[] {0, 0, 1000, 1}, ANCHOR);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray size = manager.create(new float[] {64, 64, 64, 64}, new Shape(2, 2));
            NDArray centre = manager.create(new float[] {3.5f, 3.5f, 3.5f, 3.5f}, new Shape(2, 2));
            NDList corners = BoxCoder.decode(manager.create(regression, new Shape(2, 4)), size, centre);

            assertThat(corners.get(0).toFloatArray())
                    .containsExactly(new float[] {first[0], first[1], second[0], second[1]}, within(1e-3f));
            assertThat(corners.get(1).toFloatArray())
                    .containsExactly(new float[] {first[2], first[3], second[2], second[3]}, within(1e-3f));
        }
    }
}
