package dev.gleaner.glip.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NamedBlockTest {

    /** Two square layers and a factor: (N, 2) to (N, 2). */
    private static final class Tower extends NamedBlock {
        final Parameter factor = parameter("factor", 1);
        final List<Linear> layers = children("layers", 2, i -> new Linear(2, 2, i == 0));
        NDArray intermediate;

        @Override
        protected NDList compute(NDList inputs, boolean training) {
            intermediate = layers.get(0).apply(training, inputs.get(0));
            return new NDList(layers.get(1).apply(training, intermediate).mul(factor.getArray()));
        }
    }

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

    @AfterEach
    void close() {
        manager.close();
    }

    private Map<String, NDArray> weights() {
        return Map.of(
                "factor", manager.create(new float[] {10}),
                "layers.0.weight", manager.create(new float[] {1, 1, 0, 1}, new Shape(2, 2)),
                "layers.0.bias", manager.create(new float[] {0, 1}),
                "layers.1.weight", manager.create(new float[] {2, 0, 0, 3}, new Shape(2, 2)));
    }

    @Test
    void namesAreDottedAndShapesKnownBeforeLoading() {
        assertThat(new Tower().parameterShapes()).containsExactly(
                entry("factor", new Shape(1)),
                entry("layers.0.weight", new Shape(2, 2)),
                entry("layers.0.bias", new Shape(2)),
                entry("layers.1.weight", new Shape(2, 2)));
    }

    @Test
    void computesWithLoadedWeights() {
        Tower tower = new Tower();
        tower.load(weights()::get);
        // (1, 2) -> (3, 2 + 1) -> (6, 9) -> (60, 90)
        NDArray y = tower.apply(false, manager.create(new float[] {1, 2}, new Shape(1, 2)));
        assertThat(y.toFloatArray()).containsExactly(60, 90);
    }

    @Test
    void resultsAreShownToTheObserver() {
        Tower tower = new Tower();
        tower.load(weights()::get);
        List<float[]> seen = new ArrayList<>();
        tower.layers.get(0).observe(results -> seen.add(results.get(0).toFloatArray()));
        tower.apply(false, manager.create(new float[] {1, 2}, new Shape(1, 2)));
        assertThat(seen).containsExactly(new float[] {3, 3});
    }

    @Test
    void everyFaultOfTheWeightsIsNamedAtOnce() {
        Map<String, NDArray> wrong = Map.of(
                "factor", manager.create(new float[] {10}),
                "layers.0.weight", manager.create(new float[] {1, 1, 0}),
                "layers.0.bias", manager.create(new float[] {0, 1}));
        Tower tower = new Tower();
        assertThatThrownBy(() -> tower.load(wrong::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layers.0.weight is (3), expected (2, 2)")
                .hasMessageContaining("layers.1.weight is missing, expected (2, 2)");
        assertThat(tower.isInitialized()).isFalse();
    }

    @Test
    void intermediatesAreClosedAndResultsBelongToTheCallersScope() {
        Tower tower = new Tower();
        tower.load(weights()::get);
        NDArray y;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            y = tower.apply(false, manager.create(new float[] {1, 2}, new Shape(1, 2)));
            assertThat(tower.intermediate.isReleased()).isTrue();
            assertThat(y.isReleased()).isFalse();
        }
        assertThat(y.isReleased()).isTrue();
        assertThat(tower.isInitialized()).isTrue();
        assertThat(tower.factor.getArray().isReleased()).isFalse();
    }

    @Test
    void gradientsReachParametersThroughClosedIntermediates() {
        Tower tower = new Tower();
        tower.load(weights()::get);
        NDArray bias = tower.namedParameters().get("layers.0.bias").getArray();
        bias.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(tower.apply(true, manager.create(new float[] {1, 2}, new Shape(1, 2))).sum());
        }
        assertThat(bias.getGradient().toFloatArray()).containsExactly(20, 30);
    }

    /** 257 is 256 in bfloat16; what the weight's gradient is, 256 too, reaches a weight that is 257 still. */
    @Test
    void aBlockComputesInHalfPrecisionOfWeightsInSinglePrecision() {
        Linear layer = new Linear(1, 1, false);
        layer.load(name -> manager.create(new float[] {257}, new Shape(1, 1)));
        layer.computeIn(DataType.BFLOAT16);
        NDArray weight = layer.namedParameters().get("weight").getArray();
        weight.setRequiresGradient(true);
        NDArray x = Kernels.to(manager.create(new float[] {257}, new Shape(1, 1)), DataType.BFLOAT16);
        NDArray y = Gradients.backward(() -> Kernels.to(layer.apply(true, x), DataType.FLOAT32).sum());
        assertThat(y.getFloat()).isEqualTo(256 * 256);
        assertThat(weight.getGradient().getDataType()).isEqualTo(DataType.FLOAT32);
        assertThat(weight.getGradient().getFloat()).isEqualTo(256);
        assertThat(weight.stopGradient().getFloat()).isEqualTo(257);
    }
}
