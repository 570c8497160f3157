package dev.gleaner.glip.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.gleaner.glip.GlipConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of 8 channels, 2 heads and windows of 4 over maps of 6 x 7, so that every edge is padded. */
class SwinBlockTest {

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

    @BeforeEach
    void seed() {
        Engine.getInstance().setRandomSeed(7);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private SwinBlock block(int shift) {
        return block(shift, 0, "none");
    }

    /** The parameters of the branch named are zero, so that it changes nothing. */
    private SwinBlock block(int shift, double dropPath, String silent) {
        seed();
        SwinBlock block = new SwinBlock(8, 2, 4, shift, 4, dropPath);
        Map<String, Shape> shapes = block.parameterShapes();
        block.load(name -> random(shapes.get(name)).mul(name.startsWith(silent) ? 0 : 0.5));
        return block;
    }

    private NDArray random(Shape shape) {
        return manager.randomNormal(0, 1, shape, DataType.FLOAT32);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void everyMapOfABatchIsTreatedAsIfAlone(int shift) {
        SwinBlock block = block(shift);
        NDArray batch = random(new Shape(2, 6, 7, 8));
        NDArray together = block.apply(false, batch);
        for (int n = 0; n < 2; n++) {
            float[] alone = block.apply(false, batch.get(n + ":" + (n + 1))).toFloatArray();
            assertThat(together.get(n).toFloatArray()).containsExactly(alone, within(1e-5f));
        }
    }

    @Test
    void aPlaceSeesItsWindowAndNothingElse() {
        SwinBlock block = block(0);
        NDArray map = random(new Shape(1, 6, 7, 8));
        NDArray changed = map.duplicate();
        changed.set(new NDIndex("0, 5, 6"), 3);
        float[] difference = block.apply(false, map).sub(block.apply(false, changed)).abs().sum(new int[] {3}).toFloatArray();
        for (int y = 0; y < 6; y++) {
            for (int x = 0; x < 7; x++) {
                assertThat(difference[y * 7 + x] > 1e-4).as("place (%d, %d)", y, x).isEqualTo(y >= 4 && x >= 4);
            }
        }
    }

    /** Along the gradient the sum of squares of the outputs changes at the rate of the gradient's squared length. */
    @ParameterizedTest
    @ValueSource(strings = {"attention.position_bias", "attention.qkv.weight", "attention_norm.weight", "mlp.reduce.bias"})
    void gradientsAreThoseOfFiniteDifferences(String name) {
        SwinBlock block = block(2);
        NDArray map = random(new Shape(1, 6, 7, 8));
        NDArray parameter = block.namedParameters().get(name).getArray();
        parameter.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(block.apply(true, map).square().sum());
        }
        NDArray gradient = parameter.getGradient().duplicate();
        parameter.setRequiresGradient(false);
        double length = Math.sqrt(gradient.square().sum().getFloat());
        NDArray step = gradient.mul(0.01 / length);
        parameter.addi(step);
        double above = block.apply(false, map).square().sum().getFloat();
        parameter.subi(step.mul(2));
        double below = block.apply(false, map).square().sum().getFloat();
        assertThat((above - below) / 0.02).isCloseTo(length, within(0.01 * length));
    }

    /** Of many maps each either stays as it is or changes by 1 / (1 - 0.2) of what the branch alone does at inference. */
    @ParameterizedTest
    @ValueSource(strings = {"attention.", "mlp."})
    void aBranchIsSkippedForAWholeMapOrGrows(String silent) {
        SwinBlock block = block(2, 0.2, silent);
        NDArray map = random(new Shape(1, 6, 7, 8));
        NDArray change = block.apply(false, map).sub(map);
        float[] skipped = map.toFloatArray();
        float[] grown = map.add(change.mul(1.25)).toFloatArray();
        int maps = 200;
        NDArray results = block.apply(true, map.broadcast(new Shape(maps, 6, 7, 8)));
        int count = 0;
        for (int n = 0; n < maps; n++) {
            float[] result = results.get(n).toFloatArray();
            if (result[0] == skipped[0]) {
                assertThat(result).isEqualTo(skipped);
                count++;
            } else {
                assertThat(result).containsExactly(grown, within(1e-4f));
            }
        }
        // The deviation of the number of skipped ones is 5.7.
        assertThat(count).isBetween(20, 60);
    }

    /** Four results of one map: both branches, either one, none. */
    @Test
    void bothBranchesAreSkippedByThemselves() {
        SwinBlock block = block(0, 0.5, "none");
        NDArray results = block.apply(true, random(new Shape(1, 6, 7, 8)).broadcast(new Shape(50, 6, 7, 8)));
        Set<Float> kinds = new HashSet<>();
        for (float value : results.get(":, 0, 0, 0").toFloatArray()) {
            kinds.add(value);
        }
        assertThat(kinds).hasSize(4);
    }

    @Test
    void inferenceSkipsNothing() {
        NDArray map = random(new Shape(3, 6, 7, 8));
        assertThat(block(2, 0.9, "none").apply(false, map).toFloatArray()).isEqualTo(block(2).apply(false, map).toFloatArray());
        assertThat(block(2).apply(true, map).toFloatArray()).isEqualTo(block(2).apply(false, map).toFloatArray());
    }

    /** Twelve blocks from 0 to 0.22, a fiftieth more each. */
    @Test
    void theShareOfSkippedBranchesGrowsOverTheWholeBackbone() {
        Swin swin = new Swin(new GlipConfig.Swin(24, List.of(2, 2, 6, 2), List.of(2, 3, 6, 12), 7, 4), 0.22);
        double[] shares = swin.stages.stream().flatMap(stage -> stage.blocks.stream()).mapToDouble(block -> block.dropPath).toArray();
        assertThat(shares).hasSize(12);
        for (int i = 0; i < 12; i++) {
            assertThat(shares[i]).isCloseTo(0.02 * i, within(1e-12));
        }
    }
}
