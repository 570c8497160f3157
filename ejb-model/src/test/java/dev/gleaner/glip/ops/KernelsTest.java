package dev.gleaner.glip.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KernelsTest {

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void groupNormStandardisesEachGroupOfChannels() {
        // Two groups of one channel of two pixels: (1, 3) and (10, 30) both become (-1, 1).
        NDArray x = manager.create(new float[] {1, 3, 10, 30}, new Shape(1, 2, 1, 2));
        NDArray y = Kernels.groupNorm(x, 2, manager.create(new float[] {1, 2}), manager.create(new float[] {0, 5}), 0);
        assertThat(y.toFloatArray()).containsExactly(new float[] {-1, 1, 3, 7}, within(1e-5f));
    }

    @Test
    void attentionIsTheSoftmaxOfScaledScoresTimesValues() {
        // One head of width 1: scores 0 and ln 3 give weights 1/4 and 3/4.
        NDArray query = manager.create(new float[] {1}, new Shape(1, 1, 1, 1));
        NDArray key = manager.create(new float[] {0, (float) Math.log(3)}, new Shape(1, 1, 2, 1));
        NDArray value = manager.create(new float[] {4, 8}, new Shape(1, 1, 2, 1));
        assertThat(Kernels.attention(query, key, value, null).getFloat()).isCloseTo(7, within(1e-5f));
    }

    @Test
    void attentionAddsItsMaskToTheScores() {
        NDArray query = manager.create(new float[] {1}, new Shape(1, 1, 1, 1));
        NDArray key = manager.zeros(new Shape(1, 1, 2, 1));
        NDArray value = manager.create(new float[] {4, 8}, new Shape(1, 1, 2, 1));
        NDArray mask = manager.create(new float[] {0, (float) Math.log(3)}, new Shape(1, 1, 1, 2));
        assertThat(Kernels.attention(query, key, value, mask).getFloat()).isCloseTo(7, within(1e-5f));
    }

    @Test
    void weightedRowsSumRowsByWeight() {
        NDArray rows = manager.create(new float[] {1, 2, 10, 20, 100, 200}, new Shape(3, 2));
        NDArray indices = manager.create(new long[] {0, 2, 1, 1}, new Shape(2, 2));
        NDArray weights = manager.create(new float[] {1, 0.5f, 2, 3}, new Shape(2, 2));
        assertThat(Kernels.weightedRows(rows, indices, weights).toFloatArray()).containsExactly(51, 102, 50, 100);
    }

    @Test
    void gradientsFlowThroughAKernel() {
        NDArray rows = manager.create(new float[] {1, 2, 3}, new Shape(3, 1));
        rows.setRequiresGradient(true);
        NDArray indices = manager.create(new long[] {0, 2}, new Shape(1, 2));
        NDArray weights = manager.create(new float[] {0.25f, 4}, new Shape(1, 2));
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(Kernels.weightedRows(rows, indices, weights).sum());
        }
        assertThat(rows.getGradient().toFloatArray()).containsExactly(0.25f, 0, 4);
    }

    @Test
    void aKernelFirstCalledInsideAScopeWorksAfterIt() {
        NDArray x = manager.create(new float[] {0, 2, 4}, new Shape(1, 3, 1, 1));
        NDArray one = manager.ones(new Shape(3));
        NDArray zero = manager.zeros(new Shape(3));
        for (int i = 0; i < 2; i++) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                // An eps that no other test uses: its constant is made here.
                assertThat(Kernels.groupNorm(x, 1, one, zero, 4.0 / 3).toFloatArray())
                        .containsExactly(new float[] {-1, 0, 1}, within(1e-5f));
            }
        }
    }
}
