package dev.gleaner.glip.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DynamicConvolutionTest {

    private static final int CHANNELS = 4;

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void aLevelIsTheMeanOfItselfAndItsNeighbours() {
        // No offsets and masks of 1/2. Each convolution passes its input on; each channel is normalised by itself, so the
        // two places 0 and 2 become -1 and 1, and a single place becomes its norm's bias.
        DynamicConvolution layer = new DynamicConvolution(CHANNELS, CHANNELS);
        load(layer, Map.of("coarser.norm.bias", filled(3, CHANNELS), "finer.norm.bias", filled(8, CHANNELS)));
        NDArray fine = manager.create(new float[] {0, 2, 0, 2, 0, 2, 0, 2}, new Shape(1, CHANNELS, 1, 2));
        NDArray coarse = filled(7, 1, CHANNELS, 1, 1);

        NDList levels = layer.forward(false, fine, coarse);

        // Scale attention is h_sigmoid(0) = 1/2 for each: (-1/2 + 3/2) / 2 and (1/2 + 3/2) / 2; a ReLU changes neither.
        assertThat(levels.get(0).getShape()).isEqualTo(fine.getShape());
        assertThat(levels.get(0).get(":, 0").toFloatArray()).containsExactly(new float[] {0.5f, 1}, within(1e-4f));
        // The coarse level itself has become 0; from the finer one come 8 / 2, halved by the mean.
        assertThat(levels.get(1).toFloatArray()).containsExactly(new float[] {2, 2, 2, 2}, within(1e-4f));
    }

    @Test
    void anAttentionWeighsTheScales() {
        // One level whose normalised mean is 3 in each channel: relu(3 / 4 * 4) = 3, and h_sigmoid(3) = 1.
        DynamicConvolution layer = new DynamicConvolution(CHANNELS, CHANNELS);
        load(layer, Map.of("same.norm.bias", filled(3, CHANNELS), "scale_attention.weight", filled(0.25f, 1, CHANNELS, 1, 1)));

        assertThat(layer.forward(false, filled(7, 1, CHANNELS, 1, 1)).get(0).toFloatArray())
                .containsExactly(new float[] {3, 3, 3, 3}, within(1e-4f));
    }

    @Test
    void withoutWeightsADynamicReluIsARelu() {
        DynamicRelu relu = new DynamicRelu(CHANNELS);
        relu.load(name -> manager.zeros(relu.parameterShapes().get(name)));
        NDArray x = manager.create(new float[] {-1, 2, 3, -4}, new Shape(1, CHANNELS, 1, 1));

        assertThat(relu.apply(false, x).toFloatArray()).containsExactly(0, 2, 3, 0);
    }

    @Test
    void slopesAndInterceptsOfBothLinesAreLearned() {
        DynamicRelu relu = new DynamicRelu(CHANNELS);
        float[] bias = new float[4 * CHANNELS];
        // Channel 0: h_sigmoid(1.5) = 3/4, a quarter above the start: slope 1 + 2/4, intercept 1/4, second slope 2/4.
        bias[0] = 1.5f;
        bias[CHANNELS] = 1.5f;
        bias[2 * CHANNELS] = 1.5f;
        relu.load(name -> name.equals("expand.bias") ? manager.create(bias) : manager.zeros(relu.parameterShapes().get(name)));

        assertThat(relu.apply(false, filled(2, 1, CHANNELS, 1, 1)).toFloatArray()).containsExactly(3.25f, 2, 2, 2);
        assertThat(relu.apply(false, filled(-2, 1, CHANNELS, 1, 1)).toFloatArray()).containsExactly(-1, 0, 0, 0);
    }

    /** Convolutions whose middle tap passes a channel on, norms that scale by one, and zeros elsewhere. */
    private void load(DynamicConvolution layer, Map<String, NDArray> others) {
        layer.load(name -> {
            Shape shape = layer.parameterShapes().get(name);
            if (others.containsKey(name)) {
                return others.get(name);
            }
            if (name.endsWith("norm.weight")) {
                return manager.ones(shape);
            }
            return name.endsWith("conv.weight") ? passing(shape) : manager.zeros(shape);
        });
    }

    private NDArray passing(Shape shape) {
        float[] weight = new float[(int) shape.size()];
        for (int channel = 0; channel < CHANNELS; channel++) {
            weight[(channel * CHANNELS + channel) * 9 + 4] = 1;
        }
        return manager.create(weight, shape);
    }

    private NDArray filled(float value, long... shape) {
        return manager.full(new Shape(shape), value);
    }
}
