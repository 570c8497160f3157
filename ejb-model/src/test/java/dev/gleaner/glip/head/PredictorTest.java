package dev.gleaner.glip.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.GlipConfig;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PredictorTest {

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final Map<String, NDArray> weights = new HashMap<>();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void placesAreAlignedWithTokensAndGetBoxesScaledByLevel() {
        NDList said = predictor(true).forward(false, features(2, 3, 4));

        // The token becomes (0.6, 0.8); half of it projected is 0.3 + 0.4 + 0.5 = 1.2, times the place's 2, over e^ln 2;
        // its bias is 0.6 + 0.8 - 1.
        assertThat(said.get(0).getShape()).isEqualTo(new Shape(GlipConfig.LEVELS, 1));
        assertThat(said.get(0).getFloat(0, 0)).isCloseTo(1.2f * 2 / 2 + 0.4f, within(1e-5f));
        // Level i has the scale i + 1.
        assertThat(said.get(1).get(0).toFloatArray()).containsExactly(3, 5, 7, 9);
        assertThat(said.get(1).get(2).toFloatArray()).containsExactly(9, 15, 21, 27);
        assertThat(said.get(2).toFloatArray()).containsOnly(3 * 2 + 1);
    }

    @Test
    void logitsAreClampedWhereTheConfigurationSaysSo() {
        assertThat(predictor(true).forward(false, features(1e6f, 3, 4)).get(0).getFloat(0, 0)).isEqualTo(50_000);
        assertThat(predictor(false).forward(false, features(1e6f, 3, 4)).get(0).getFloat(0, 0)).isGreaterThan(500_000);
    }

    /** One channel, text of width 2. */
    private Predictor predictor(boolean clampLogits) {
        Predictor predictor = new Predictor(new GlipConfig.Head(1, 1, 1, GlipConfig.Aligned.HIDDEN, clampLogits, 0, 0.01), 1, 2);
        predictor.parameterShapes().forEach((name, shape) -> weights.put(name, manager.zeros(shape)));
        put("boxes.weight", 1, 2, 3, 4);
        put("boxes.bias", 1, 1, 1, 1);
        put("centreness.weight", 3);
        put("centreness.bias", 1);
        put("text_projection.weight", 1, 1);
        put("text_projection.bias", 0.5f);
        put("log_scale", (float) Math.log(2));
        put("text_bias", 1, 1);
        put("bias", -1);
        for (int level = 0; level < GlipConfig.LEVELS; level++) {
            put("box_scales." + level, level + 1);
        }
        predictor.load(weights::get);
        return predictor;
    }

    private void put(String name, float... values) {
        weights.put(name, manager.create(values, weights.get(name).getShape()));
    }

    /** Levels of one place with one channel, then a text of one token. */
    private NDArray[] features(float place, float... token) {
        NDArray[] features = new NDArray[GlipConfig.LEVELS + 1];
        Arrays.setAll(features, i -> manager.full(new Shape(1, 1, 1, 1), place));
        features[GlipConfig.LEVELS] = manager.create(token, new Shape(1, 1, 2));
        return features;
    }
}
