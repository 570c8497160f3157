package dev.gleaner.glip.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.ops.Gradients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DropBlockTest {

    private static final int SIDE = 60;

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

    @BeforeEach
    void seed() {
        Engine.getEngine("PyTorch").setRandomSeed(3);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void aRateOfNothingLeavesTheMapAlone() {
        NDArray map = manager.ones(new Shape(1, 2, 4, 4));
        assertThat(DropBlock.NONE.apply(map)).isSameAs(map);
        assertThat(new DropBlock(0, 3).apply(map)).isSameAs(map);
    }

    /** Every blanked place lies within one of 3 x 3, cut off at the edge, of which none is left. */
    @Test
    void squaresAreBlanked() {
        boolean[][] blank = blanked(new DropBlock(0.3, 3).apply(manager.ones(new Shape(1, 1, SIDE, SIDE))).toFloatArray());
        int count = 0;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                if (blank[y][x]) {
                    count++;
                    assertThat(liesInSquare(blank, y, x)).as("place (%d, %d)", y, x).isTrue();
                }
            }
        }
        // Squares may overlap: a place is left with a probability of (1 - 0.3 / 9)^9 = 0.737.
        assertThat(count / (double) (SIDE * SIDE)).isCloseTo(1 - 0.737, within(0.05));
    }

    private static boolean[][] blanked(float[] values) {
        boolean[][] blank = new boolean[SIDE][SIDE];
        for (int i = 0; i < values.length; i++) {
            blank[i / SIDE][i % SIDE] = values[i] == 0;
        }
        return blank;
    }

    private static boolean liesInSquare(boolean[][] blank, int y, int x) {
        for (int centreY = Math.max(0, y - 1); centreY <= Math.min(SIDE - 1, y + 1); centreY++) {
            for (int centreX = Math.max(0, x - 1); centreX <= Math.min(SIDE - 1, x + 1); centreX++) {
                if (isSquare(blank, centreY, centreX)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isSquare(boolean[][] blank, int centreY, int centreX) {
        for (int y = Math.max(0, centreY - 1); y <= Math.min(SIDE - 1, centreY + 1); y++) {
            for (int x = Math.max(0, centreX - 1); x <= Math.min(SIDE - 1, centreX + 1); x++) {
                if (!blank[y][x]) {
                    return false;
                }
            }
        }
        return true;
    }

    /** With K of P places left each grows by P / K, and the sum of a map of ones stays what it was. */
    @Test
    void whatIsLeftGrowsByWhatIsMissingInAllChannelsAlike() {
        NDArray map = manager.create(new float[] {1, -2}).reshape(1, 2, 1, 1).broadcast(1, 2, SIDE, SIDE);
        NDArray dropped = new DropBlock(0.3, 3).apply(map);
        float[] first = dropped.get("0, 0").toFloatArray();
        long left = 0;
        for (float value : first) {
            left += value == 0 ? 0 : 1;
        }
        assertThat(left).isBetween(1L, SIDE * SIDE - 1L);
        assertThat(first).containsOnly(0, (float) (SIDE * SIDE) / left);
        assertThat(dropped.get("0, 0").sum().getFloat()).isCloseTo(SIDE * SIDE, within(0.5f));
        assertThat(dropped.get("0, 1").toFloatArray()).isEqualTo(dropped.get("0, 0").mul(-2).toFloatArray());
    }

    @Test
    void theSeedDecides() {
        NDArray map = manager.ones(new Shape(1, 1, SIDE, SIDE));
        float[] first = new DropBlock(0.3, 3).apply(map).toFloatArray();
        float[] second = new DropBlock(0.3, 3).apply(map).toFloatArray();
        seed();
        assertThat(new DropBlock(0.3, 3).apply(map).toFloatArray()).isEqualTo(first).isNotEqualTo(second);
    }

    /** Every square of 3 x 3 covers the whole of a map of 2 x 2. */
    @Test
    void aMapOfWhichNothingIsLeftIsZero() {
        NDArray map = manager.ones(new Shape(1, 1, 2, 2));
        int empty = 0;
        for (int i = 0; i < 50; i++) {
            float[] values = new DropBlock(0.99, 3).apply(map).toFloatArray();
            float sum = 0;
            for (float value : values) {
                assertThat(value).isFinite();
                sum += value;
            }
            empty += sum == 0 ? 1 : 0;
        }
        assertThat(empty).isPositive();
    }

    @Test
    void gradientsReachWhatIsLeft() {
        NDArray map = manager.ones(new Shape(1, 1, SIDE, SIDE));
        map.setRequiresGradient(true);
        NDArray[] dropped = new NDArray[1];
        Gradients.backward(() -> {
            dropped[0] = new DropBlock(0.3, 3).apply(map);
            return dropped[0].sum();
        });
        assertThat(map.getGradient().toFloatArray()).isEqualTo(dropped[0].stopGradient().toFloatArray());
    }
}
