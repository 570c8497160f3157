package dev.gleaner.glip.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.List;
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
        assertThat(Kernels.attention(query, key, value, manager.zeros(new Shape(1, 1, 1, 1))).getFloat()).isCloseTo(7, within(1e-5f));
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

    @Test
    void crossAttentionGoesBothWaysOverOneMatrixOfScores() {
        // Places 0 and ln 3, keys 1 and 0: scores (0, 0) and (ln 3, 0), so weights (1/2, 1/2) and (3/4, 1/4) over the tokens;
        // (1/4, 3/4) and (1/2, 1/2) over the places.
        float ln3 = (float) Math.log(3);
        NDArray image = column(0, ln3);
        NDList both = Kernels.crossAttention(image, column(1, 0), manager.zeros(new Shape(2)), column(4, 8),
                manager.create(new float[] {1}), 1, 2, -50_000, 50_000, 0);
        assertThat(both.get(0).toFloatArray()).containsExactly(new float[] {7, 6}, within(1e-5f));
        assertThat(both.get(1).toFloatArray()).containsExactly(new float[] {0.75f * ln3, 0.5f * ln3}, within(1e-5f));
    }

    @Test
    void placesDoNotAttendToPaddingButPaddingToThem() {
        NDArray image = column(0, (float) Math.log(3));
        NDList both = Kernels.crossAttention(image, column(1, 0), manager.zeros(new Shape(2)), column(4),
                manager.zeros(new Shape(1)), 1, 1, -50_000, 50_000, 0);
        assertThat(both.get(0).toFloatArray()).containsExactly(4, 4);
        assertThat(both.get(1).getShape()).isEqualTo(new Shape(2, 1));
    }

    @Test
    void crossAttentionClampsItsScores() {
        // Scores 0 and 9 cut to ln 3: token 0 gathers 3/4 of the second place.
        NDList both = Kernels.crossAttention(column(0, 9), column(1), manager.zeros(new Shape(1)), column(4),
                manager.zeros(new Shape(1)), 1, 1, -50_000, Math.log(3), 0);
        assertThat(both.get(1).toFloatArray()).containsExactly(new float[] {0.75f * 9}, within(1e-5f));
    }

    @Test
    void crossAttentionOverManyPlacesIsTheSameAsInOneGo() {
        float[] places = new float[1300];
        double total = 0;
        double gathered = 0;
        for (int i = 0; i < places.length; i++) {
            places[i] = 40f * (i % 700) / 700 - 20;
            total += Math.exp(places[i]);
            gathered += places[i] * Math.exp(places[i]);
        }
        NDList both = Kernels.crossAttention(column(places), column(1), manager.zeros(new Shape(1)), column(1),
                manager.zeros(new Shape(1)), 1, 1, -50_000, 50_000, 0);
        assertThat(both.get(0).getShape()).isEqualTo(new Shape(1300, 1));
        assertThat(both.get(1).getFloat()).isCloseTo((float) (gathered / total), within(1e-4f));
    }

    @Test
    void gradientsFlowThroughCrossAttentionBothWays() {
        NDArray image = column(0.3f, -0.2f, 0.5f);
        NDArray keys = column(1, -2);
        NDArray values = column(4, 8);
        for (NDArray input : List.of(image, keys, values)) {
            input.setRequiresGradient(true);
        }
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(weighted(image, keys, values));
        }
        for (NDArray input : List.of(image, keys, values)) {
            float[] gradient = input.getGradient().toFloatArray();
            float[] at = input.toFloatArray();
            for (int i = 0; i < at.length; i++) {
                float step = 0.01f;
                float rise = shifted(input, at, i, step, image, keys, values) - shifted(input, at, i, -step, image, keys, values);
                assertThat(gradient[i]).isCloseTo(rise / (2 * step), within(0.01f));
            }
        }
    }

    /** Both results of cross attention, each value with a weight of its own. */
    private NDArray weighted(NDArray image, NDArray keys, NDArray values) {
        NDList both = Kernels.crossAttention(image, keys, manager.zeros(new Shape(2)), values, manager.zeros(new Shape(1)), 1, 2,
                -50_000, 50_000, 0);
        return both.get(0).mul(column(1, 2, 3)).sum().add(both.get(1).mul(column(10, 20)).sum());
    }

    private float shifted(NDArray input, float[] at, int i, float step, NDArray... inputs) {
        float[] moved = at.clone();
        moved[i] += step;
        NDArray[] arguments = inputs.clone();
        for (int k = 0; k < arguments.length; k++) {
            arguments[k] = arguments[k] == input ? column(moved) : arguments[k];
        }
        return weighted(arguments[0], arguments[1], arguments[2]).getFloat();
    }

    @Test
    void deformableConvolutionSamplesBetweenPixelsAndZeroOutside() {
        // Only the middle tap (4) counts. Its shifts (down at 8, right at 9) at the four places of a 2x2 image:
        // none; half a row down, between 2 and 4; half a column left, between 3 and outside; two columns right, outside.
        float[] offset = new float[18 * 4];
        offset[8 * 4 + 1] = 0.5f;
        offset[9 * 4 + 2] = -0.5f;
        offset[9 * 4 + 3] = 2;
        NDArray result = Kernels.deformableConvolution(column(1, 2, 3, 4), 2, 2, 1,
                manager.create(offset), manager.ones(new Shape(9, 2, 2)), middleTap(), manager.create(new float[] {10}));
        assertThat(result.toFloatArray()).containsExactly(11, 13, 11.5f, 10);
    }

    @Test
    void deformableConvolutionReadsTapsRowByRowAndWeighsThem() {
        // A 3x3 image seen from its middle: tap k sees pixel k, whose value is k.
        float[] weight = {0, 1, 10, 100, 1000, 0, 0, 0, 0};
        NDArray mask = manager.ones(new Shape(9, 9));
        mask.set(new NDIndex("3, :"), 0.5f);
        NDArray result = Kernels.deformableConvolution(column(0, 1, 2, 3, 4, 5, 6, 7, 8), 3, 3, 1,
                manager.zeros(new Shape(18, 9)), mask, manager.create(weight, new Shape(1, 9)), manager.zeros(new Shape(1)));
        assertThat(result.getFloat(4, 0)).isEqualTo(1 + 20 + 150 + 4000);
    }

    @Test
    void deformableConvolutionWithAStrideStartsAtTheCorner() {
        NDArray result = Kernels.deformableConvolution(column(1, 2, 3, 4, 5, 6, 7, 8, 9), 3, 3, 2,
                manager.zeros(new Shape(18, 4)), manager.ones(new Shape(9, 4)), middleTap(), manager.zeros(new Shape(1)));
        assertThat(result.toFloatArray()).containsExactly(1, 3, 7, 9);
    }

    @Test
    void offsetsOfALargerGridAreReadAsFlatMemory() {
        // One output place: its 18 shifts are the first 18 floats, though they were made for a grid of two.
        float[] offset = new float[36];
        offset[8] = 0.25f;
        NDArray result = Kernels.deformableConvolution(column(8), 1, 1, 1, manager.create(offset, new Shape(1, 18, 2, 1)),
                manager.ones(new Shape(1, 9, 2, 1)), middleTap(), manager.zeros(new Shape(1)));
        assertThat(result.toFloatArray()).containsExactly(6);
    }

    @Test
    void offsetsThatAreNoNumbersOrReachFarReadNothingElse() {
        float[] offset = new float[18 * 3];
        offset[8 * 3] = Float.NaN;
        offset[9 * 3 + 1] = Float.POSITIVE_INFINITY;
        offset[8 * 3 + 2] = -1e30f;
        NDArray result = Kernels.deformableConvolution(column(1, 2, 3), 1, 3, 1, manager.create(offset),
                manager.ones(new Shape(9, 3)), middleTap(), manager.zeros(new Shape(1)));
        assertThat(result.toFloatArray()).containsExactly(1, 0, 0);
    }

    @Test
    void gradientsFlowThroughADeformableConvolution() {
        NDArray rows = column(1, 2, 3, 4);
        NDArray offset = manager.zeros(new Shape(18, 4));
        NDArray mask = manager.ones(new Shape(9, 4));
        NDArray weight = middleTap();
        for (NDArray input : List.of(rows, offset, mask, weight)) {
            input.setRequiresGradient(true);
        }
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(Kernels.deformableConvolution(rows, 2, 2, 1, offset, mask, weight, manager.zeros(new Shape(1))).sum());
        }
        assertThat(rows.getGradient().toFloatArray()).containsExactly(1, 1, 1, 1);
        assertThat(mask.getGradient().get(4).toFloatArray()).containsExactly(1, 2, 3, 4);
        // Shifting down moves towards the pixel below: 3 - 1 and 4 - 2; towards nothing in the last row: -3 and -4.
        assertThat(offset.getGradient().get(8).toFloatArray()).containsExactly(2, 2, -3, -4);
        assertThat(weight.getGradient().toFloatArray()).containsExactly(1, 3, 2, 4, 10, 6, 3, 7, 4);
    }

    @Test
    void upsamplingAlignsTheCorners() {
        NDArray x = manager.create(new float[] {0, 3}, new Shape(1, 1, 1, 2));
        assertThat(Kernels.upsample(x, 1, 4).toFloatArray()).containsExactly(new float[] {0, 1, 2, 3}, within(1e-6f));
    }

    @Test
    void theLargerLineWinsAtEachPoint() {
        NDArray one = manager.ones(new Shape(1));
        assertThat(Kernels.largerLine(column(-2, 3), one, one, one.mul(-1), one.mul(0)).toFloatArray()).containsExactly(2, 4);
    }

    /**
     * By hand, with beta1 = 1/2, beta2 = 3/4 and gradients (doubled) of 1, 2 and -1 at a rate of 0.1 and a decay of 0.1, which
     * shrinks the weight to 0.99 first. 1: mean 0.5 / 0.5, square 0.25 / 0.25, so 0.99 - 0.1. 2: mean 1.25 / 0.75, square
     * 1.1875 / 0.4375, so 0.8811 - 0.1 * 1.011629. 3: mean 0.125 / 0.875, square 1.140625 / 0.578125, so
     * 0.772138 - 0.1 * 0.101706.
     */
    @Test
    void adamWTakesTheStepsOfItsFormula() {
        NDArray weight = manager.create(new float[] {1});
        weight.setRequiresGradient(true);
        NDArray mean = manager.zeros(new Shape(1));
        NDArray square = manager.zeros(new Shape(1));
        float[] gradients = {0.5f, 1, -0.5f};
        float[][] expected = {{0.89f, 0.5f, 0.25f}, {0.779937f, 1.25f, 1.1875f}, {0.761967f, 0.125f, 1.140625f}};
        for (int i = 0; i < 3; i++) {
            Kernels.adamw(weight, manager.create(new float[] {gradients[i]}), mean, square, 2, 0.1, 0.1, 0.5, 0.75, 1e-8, i + 1);
            assertThat(new float[] {weight.getFloat(), mean.getFloat(), square.getFloat()})
                    .containsExactly(expected[i], within(2e-6f));
        }
    }

    @Test
    void adamWAddsItsEpsilonToTheRootOfTheSquare() {
        NDArray weight = manager.zeros(new Shape(1));
        // A gradient of 3: mean 3, root 3, and 3 / (3 + 1) of the rate.
        Kernels.adamw(weight, manager.create(new float[] {3}), manager.zeros(new Shape(1)), manager.zeros(new Shape(1)),
                1, 1, 0, 0.9, 0.999, 1, 1);
        assertThat(weight.getFloat()).isCloseTo(-0.75f, within(1e-6f));
    }

    @Test
    void blendKeepsAShareOfTheAverage() {
        NDArray average = manager.create(new float[] {1, 8});
        NDArray value = manager.create(new float[] {5, 0});
        value.setRequiresGradient(true);
        Kernels.blend(average, value, 0.75);
        assertThat(average.toFloatArray()).containsExactly(2, 6);
        Kernels.blend(average, manager.create(new float[] {10, 2}), 0.75);
        assertThat(average.toFloatArray()).containsExactly(4, 5);
        assertThat(value.toFloatArray()).containsExactly(5, 0);
    }

    @Test
    void squaresAreSummedInDoublePrecision() {
        assertThat(Kernels.squareSum(manager.create(new float[] {1e20f, 3, 4}))).isEqualTo((double) 1e20f * 1e20f + 25);
        assertThat(Kernels.squareSum(manager.create(new float[] {3e30f}))).isFinite();
        assertThat(Kernels.squareSum(manager.create(new float[] {1, Float.NaN}))).isNaN();
    }

    /** At a probability of 3/4: 0.25 (1/4)^2 ln(4/3) where it should be high, 0.75 (3/4)^2 ln 4 elsewhere. */
    @Test
    void focalLossWeighsWhatIsWrong() {
        NDArray logits = manager.create(new float[] {(float) Math.log(3), (float) Math.log(3)});
        assertThat(Kernels.focalLoss(logits, manager.create(new float[] {1, 0}), manager.ones(new Shape(1)), 0.25, 2).getFloat())
                .isCloseTo((float) (0.25 / 16 * Math.log(4 / 3.0) + 0.75 * 9 / 16 * Math.log(4)), within(1e-6f));
    }

    /** Far out the loss is a line: 0.75 x on one side, 0.25 x on the other, and nothing where it is right. */
    @Test
    void focalLossOfLargeLogitsIsFiniteAndSoIsItsGradient() {
        NDArray logits = manager.create(new float[] {1000, -1000, 1000, -1000}).duplicate();
        NDArray targets = manager.create(new float[] {0, 1, 1, 0}).duplicate();
        logits.setRequiresGradient(true);
        NDArray loss = Gradients.backward(() -> Kernels.focalLoss(logits, targets, manager.ones(new Shape(1)), 0.25, 2));
        assertThat(loss.getFloat()).isEqualTo(750 + 250);
        assertThat(logits.getGradient().toFloatArray()).containsExactly(0.75f, -0.25f, 0, 0);
    }

    @Test
    void binaryCrossEntropyIsSummed() {
        // ln 2 at 1/2 whatever the target; at 3/4 half of ln(4/3) and half of ln 4.
        NDArray logits = manager.create(new float[] {0, (float) Math.log(3)});
        assertThat(Kernels.binaryCrossEntropy(logits, manager.create(new float[] {0.3f, 0.5f}), manager.ones(new Shape(1))).getFloat())
                .isCloseTo((float) (Math.log(2) + (Math.log(4 / 3.0) + Math.log(4)) / 2), within(1e-6f));
    }

    @Test
    void dropoutOfNothingIsTheSameArray() {
        NDArray x = column(1, 2, 3);
        assertThat(Kernels.dropout(x, 0)).isSameAs(x);
    }

    @Test
    void dropoutKeepsTheMeanAndFollowsTheSeed() {
        NDArray x = manager.ones(new Shape(100, 100));
        float[] first = dropped(x, 5);
        assertThat(first).containsOnly(0, 1.25f);
        double sum = 0;
        for (float value : first) {
            sum += value;
        }
        // The deviation of 10,000 values of 0 or 1.25 is 50.
        assertThat(sum).isCloseTo(10_000, within(200.0));
        assertThat(dropped(x, 5)).isEqualTo(first);
        assertThat(dropped(x, 6)).isNotEqualTo(first);
    }

    private static float[] dropped(NDArray x, int seed) {
        Engine.getInstance().setRandomSeed(seed);
        return Kernels.dropout(x, 0.2).toFloatArray();
    }

    /**
     * Places with a second channel of ones, which the scores do not see: what a token gathers of it is the sum of its weights.
     * More than one block of places, of which one that raises the largest score so far.
     */
    @Test
    void crossAttentionReportsTheWeightsThatDropoutLeft() {
        NDArray image = places(1300);
        NDList both = crossAttention(image, 0.4, 3);
        float[] gathered = both.get(1).get(":, 1").toFloatArray();
        assertThat(both.get(2).toFloatArray()).containsExactly(gathered, within(1e-4f)).doesNotContain(1);
        assertThat(crossAttention(image, 0, 3).get(2).toFloatArray()).containsExactly(1, 1);
    }

    @Test
    void crossAttentionWithDropoutIsTheSameOnAverage() {
        NDArray image = places(600);
        NDList expected = crossAttention(image, 0, 0);
        int runs = 400;
        NDArray places = expected.get(0).zerosLike();
        NDArray tokens = expected.get(1).zerosLike();
        NDArray kept = expected.get(2).zerosLike();
        for (int seed = 0; seed < runs; seed++) {
            NDList both = crossAttention(image, 0.2, seed);
            places = places.add(both.get(0));
            tokens = tokens.add(both.get(1));
            kept = kept.add(both.get(2));
        }
        // A place's value has a deviation below 8 * 0.5, a twentieth of that on average.
        assertThat(places.div(runs).sub(expected.get(0)).abs().max().getFloat()).isLessThan(0.9f);
        assertThat(places.div(runs).sub(expected.get(0)).mean().getFloat()).isCloseTo(0, within(0.02f));
        assertThat(tokens.div(runs).toFloatArray()).containsExactly(expected.get(1).toFloatArray(), within(0.02f));
        assertThat(kept.div(runs).toFloatArray()).containsExactly(new float[] {1, 1}, within(0.01f));
    }

    @Test
    void gradientsFlowThroughCrossAttentionThatDrops() {
        NDArray image = places(600).duplicate();
        image.setRequiresGradient(true);
        Gradients.backward(() -> {
            NDList both = crossAttention(image, 0.3, 11);
            return both.get(0).sum().add(both.get(1).sum()).add(both.get(2).sum());
        });
        NDArray gradient = image.getGradient();
        NDArray step = gradient.mul(0.01 / Math.sqrt(gradient.square().sum().getFloat()));
        float above = sum(crossAttention(image.stopGradient().add(step), 0.3, 11));
        float below = sum(crossAttention(image.stopGradient().sub(step), 0.3, 11));
        double length = Math.sqrt(gradient.square().sum().getFloat());
        assertThat((above - below) / 0.02).isCloseTo(length, within(0.03 * length));
    }

    private static float sum(NDList results) {
        double sum = 0;
        for (NDArray result : results) {
            for (float value : result.toFloatArray()) {
                sum += value;
            }
        }
        return (float) sum;
    }

    private NDArray places(int count) {
        float[] values = new float[2 * count];
        for (int i = 0; i < count; i++) {
            values[2 * i] = 2f * (i % 700) / 700 - 1;
            values[2 * i + 1] = 1;
        }
        return manager.create(values, new Shape(count, 2));
    }

    private NDList crossAttention(NDArray image, double dropout, int seed) {
        Engine.getInstance().setRandomSeed(seed);
        return Kernels.crossAttention(image, manager.create(new float[] {1, 0, -2, 0}, new Shape(2, 2)), manager.zeros(new Shape(2)),
                column(4, 8), manager.zeros(new Shape(1)), 1, 2, -50_000, 50_000, dropout);
    }

    @Test
    void softmaxIsOverTheLastAxis() {
        NDArray x = manager.create(new float[] {0, (float) Math.log(3), 5, 5}, new Shape(2, 2));
        assertThat(Kernels.softmax(x).toFloatArray()).containsExactly(new float[] {0.25f, 0.75f, 0.5f, 0.5f}, within(1e-6f));
    }

    /** bfloat16 has 8 bits of mantissa: 1 + 1/256 lies halfway and goes to the even 1, 1 + 3/256 to 1 + 1/64. */
    @Test
    void gradientsFlowThroughOtherPrecisions() {
        for (DataType type : List.of(DataType.BFLOAT16, DataType.FLOAT16)) {
            NDArray x = manager.create(new float[] {1 + 1 / 256f, 1 + 3 / 256f, 1e-3f}).duplicate();
            x.setRequiresGradient(true);
            NDArray[] rounded = new NDArray[1];
            Gradients.backward(() -> {
                NDArray half = Kernels.to(x, type);
                assertThat(Kernels.to(half, half.getDataType())).isSameAs(half);
                rounded[0] = Kernels.to(half, DataType.FLOAT32);
                return rounded[0].mul(x.stopGradient()).sum();
            });
            assertThat(x.getGradient().toFloatArray()).containsExactly(x.toFloatArray(), within(0.005f));
            float[] expected = type == DataType.BFLOAT16 ? new float[] {1, 1 + 1 / 64f} : new float[] {1 + 1 / 256f, 1 + 3 / 256f};
            assertThat(rounded[0].stopGradient().get(":2").toFloatArray()).containsExactly(expected);
        }
        NDArray x = column(1);
        assertThat(Kernels.to(x, DataType.FLOAT32)).isSameAs(x);
        assertThatThrownBy(() -> Kernels.to(x, DataType.INT32)).hasMessageContaining("int32, expected a floating-point type");
    }

    private NDArray column(float... values) {
        return manager.create(values, new Shape(values.length, 1));
    }

    private NDArray middleTap() {
        return manager.create(new float[] {0, 0, 0, 0, 1, 0, 0, 0, 0}, new Shape(1, 9));
    }
}
