package dev.gleaner.glip.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.GlipConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The block against the paper's formula, written out number by number: every projection where the paper has it. */
class VisionLanguageFusionTest {

    private static final int CHANNELS = 4;
    private static final int TEXT_WIDTH = 6;
    private static final int WIDTH = 10;
    private static final int HEADS = 2;
    private static final int HEAD_WIDTH = WIDTH / HEADS;
    private static final int TOKENS = 3;
    private static final int VALID = 2;

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final Random random = new Random(5);
    private final Map<String, NDArray> weights = new HashMap<>();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void itIsThePapersFormula() {
        VisionLanguageFusion fusion = new VisionLanguageFusion(
                new GlipConfig.Fusion(true, WIDTH, HEADS, true, true, true, true), CHANNELS, TEXT_WIDTH, 0);
        fusion.parameterShapes().forEach((name, shape) -> weights.put(name, random(shape)));
        fusion.load(weights::get);
        NDArray fine = random(new Shape(1, CHANNELS, 2, 2));
        NDArray coarse = random(new Shape(1, CHANNELS, 1, 1));
        NDArray text = random(new Shape(1, TOKENS, TEXT_WIDTH));

        NDList fused = fusion.forward(false, fine, coarse, text, manager.create(new long[] {1, 1, 0}, new Shape(1, TOKENS)));

        double[][] image = normalised(matrix(Grid.concatenate(new NDList(fine, coarse))), "image_norm");
        double[][] words = normalised(matrix(text.squeeze(0)), "text_norm");
        double[][] query = linear(image, "image_query");
        double[][] key = linear(words, "text_key");
        double[][] toPlaces = new double[image.length][WIDTH];
        double[][] toWords = new double[TOKENS][WIDTH];
        for (int h = 0; h < HEADS; h++) {
            double[][] scores = scores(query, key, h);
            gather(toPlaces, scores, VALID, linear(words, "text_value"), h);
            gather(toWords, transposed(scores), image.length, linear(image, "image_value"), h);
        }
        assertThat(fused).hasSize(3);
        assertThat(fused.get(0).getShape()).isEqualTo(fine.getShape());
        assertThat(fused.get(2).getShape()).isEqualTo(text.getShape());
        assertClose(matrix(Grid.concatenate(fused.subNDList(0, 2))), added(image, linear(toPlaces, "image_output"), "image_gamma"));
        assertClose(matrix(fused.get(2).squeeze(0)), added(words, linear(toWords, "text_output"), "text_gamma"));
    }

    private static double[][] scores(double[][] query, double[][] key, int head) {
        double[][] scores = new double[query.length][key.length];
        for (int p = 0; p < query.length; p++) {
            for (int t = 0; t < key.length; t++) {
                for (int e = head * HEAD_WIDTH; e < (head + 1) * HEAD_WIDTH; e++) {
                    scores[p][t] += query[p][e] / Math.sqrt(HEAD_WIDTH) * key[t][e];
                }
            }
        }
        return scores;
    }

    /** Adds, for one head, the values of the first {@code count} others by the softmax of the scores. */
    private static void gather(double[][] target, double[][] scores, int count, double[][] values, int head) {
        for (int i = 0; i < target.length; i++) {
            double[] row = scores[i];
            double total = IntStream.range(0, count).mapToDouble(k -> Math.exp(row[k])).sum();
            for (int k = 0; k < count; k++) {
                for (int e = head * HEAD_WIDTH; e < (head + 1) * HEAD_WIDTH; e++) {
                    target[i][e] += Math.exp(row[k]) / total * values[k][e];
                }
            }
        }
    }

    private double[][] normalised(double[][] rows, String name) {
        double[][] result = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            double[] row = rows[i];
            double mean = IntStream.range(0, row.length).mapToDouble(k -> row[k]).average().orElseThrow();
            double variance = IntStream.range(0, row.length).mapToDouble(k -> (row[k] - mean) * (row[k] - mean)).average().orElseThrow();
            result[i] = IntStream.range(0, row.length)
                    .mapToDouble(k -> (row[k] - mean) / Math.sqrt(variance + 1e-5) * weight(name + ".weight", k) + weight(name + ".bias", k))
                    .toArray();
        }
        return result;
    }

    private double[][] linear(double[][] rows, String name) {
        int out = (int) weights.get(name + ".bias").size();
        double[][] result = new double[rows.length][out];
        for (int i = 0; i < rows.length; i++) {
            for (int o = 0; o < out; o++) {
                result[i][o] = weight(name + ".bias", o);
                for (int k = 0; k < rows[i].length; k++) {
                    result[i][o] += weight(name + ".weight", o * rows[i].length + k) * rows[i][k];
                }
            }
        }
        return result;
    }

    private double[][] added(double[][] rows, double[][] change, String gamma) {
        double[][] result = new double[rows.length][rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            for (int k = 0; k < rows[i].length; k++) {
                result[i][k] = rows[i][k] + weight(gamma, k) * change[i][k];
            }
        }
        return result;
    }

    private double weight(String name, int index) {
        return weights.get(name).toFloatArray()[index];
    }

    private static double[][] transposed(double[][] rows) {
        double[][] result = new double[rows[0].length][rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int k = 0; k < rows[i].length; k++) {
                result[k][i] = rows[i][k];
            }
        }
        return result;
    }

    private static double[][] matrix(NDArray array) {
        int columns = (int) array.getShape().get(1);
        float[] values = array.toFloatArray();
        double[][] rows = new double[values.length / columns][columns];
        for (int i = 0; i < values.length; i++) {
            rows[i / columns][i % columns] = values[i];
        }
        return rows;
    }

    private static void assertClose(double[][] actual, double[][] expected) {
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(1e-4));
        }
    }

    private NDArray random(Shape shape) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, shape);
    }
}
