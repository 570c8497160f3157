package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.head.BoxCoder;
import dev.gleaner.glip.ops.Gradients;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two or three anchors of 10 x 10 pixels, of which the first has a box, and texts of two tokens. */
class GlipLossTest {

    private static final double LN2 = Math.log(2);
    private static final float LN3 = (float) Math.log(3);
    private static final float[] ANCHOR = {0, 0, 9, 9};
    /** The upper half of the anchor. */
    private static final float[] HALF = {0, 0, 9, 4};
    /** As large as the anchor, beside it with a gap. */
    private static final float[] BESIDE = {20, 0, 29, 9};

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

    @AfterEach
    void close() {
        manager.close();
    }

    /** Anchors all alike, the first ones with the boxes given, each of the centreness given. */
    private static ImageTargets targets(int anchors, float[] centreness, float[]... boxes) {
        float[] all = new float[4 * anchors];
        int[] matched = new int[anchors];
        int[] positives = new int[boxes.length];
        float[] regression = new float[4 * boxes.length];
        for (int i = 0; i < anchors; i++) {
            System.arraycopy(ANCHOR, 0, all, 4 * i, 4);
            matched[i] = i < boxes.length ? i : AtssMatcher.BACKGROUND;
        }
        for (int i = 0; i < boxes.length; i++) {
            positives[i] = i;
            System.arraycopy(BoxCoder.encode(boxes[i], ANCHOR), 0, regression, 4 * i, 4);
        }
        return new ImageTargets(all, matched, positives, regression, centreness);
    }

    /** What is said of anchors whose boxes are not moved. */
    private NDList said(float[] logits, float... centreness) {
        int anchors = centreness.length;
        return new NDList(manager.create(logits, new Shape(anchors, logits.length / anchors)), manager.zeros(new Shape(anchors, 4)),
                manager.create(centreness));
    }

    private static double[] numbers(NDList losses) {
        return losses.stream().mapToDouble(loss -> loss.toType(DataType.FLOAT64, false).getDouble()).toArray();
    }

    /**
     * Alignment: at a probability of 3/4 a token that is meant costs 0.25 (1/4)^2 ln(4/3), another one 0.75 (3/4)^2 ln 4; at 1/2
     * they cost 0.25 (1/2)^2 ln 2 and 0.75 (1/2)^2 ln 2. Boxes: half of the predicted one, of 9 x 9 between its corners, is the 9 x 4
     * of the true one, and both fit into 9 x 9. Centreness: 1/2 for a target of 0.8.
     */
    @Test
    void thePartsAreThoseOfTheFormulas() {
        ImageTargets targets = targets(2, new float[] {0.8f}, HALF);
        NDList losses = GlipLoss.of(List.of(targets)).of(said(new float[] {LN3, LN3, 0, 0}, 0, 5), targets,
                List.of(new int[] {0}), 256);
        double alignment = 0.25 / 16 * Math.log(4 / 3.0) + 0.75 * 9 / 16 * Math.log(4) + 2 * 0.75 / 4 * LN2;
        double boxes = 2 * (1 - 36 / 81.0);
        double centreness = LN2;
        assertThat(numbers(losses)).containsExactly(
                new double[] {alignment + boxes + centreness, alignment, boxes, centreness}, within(1e-5));
    }

    /** Beside each other in 29 x 9: no overlap, and 99 of 261 belong to neither, so that GIoU is -99/261. */
    @Test
    void boxesAreWeightedByTheirCentreness() {
        ImageTargets targets = targets(3, new float[] {0.5f, 1}, HALF, BESIDE);
        NDList losses = GlipLoss.of(List.of(targets)).of(said(new float[6], 0, LN3, 0), targets, List.of(new int[0], new int[0]), 256);
        double boxes = 2 * (0.5 * (1 - 36 / 81.0) + 1 * (1 + 99 / 261.0)) / 1.5;
        // No token is meant, and the sum is shared by two positives; a centreness of 3/4 for a target of 1 costs ln(4/3).
        assertThat(numbers(losses)[1]).isCloseTo(6 * 0.75 / 4 * LN2 / 2, within(1e-5));
        assertThat(numbers(losses)[2]).isCloseTo(boxes, within(1e-5));
        assertThat(numbers(losses)[3]).isCloseTo((LN2 + Math.log(4 / 3.0)) / 2, within(1e-5));
    }

    @Test
    void anImageWithoutBoxesLearnsWhatIsNotThere() {
        ImageTargets targets = targets(2, new float[0]);
        NDList losses = GlipLoss.of(List.of(targets)).of(said(new float[] {LN3, LN3, 0, 0}, 1, 1), targets, List.of(), 256);
        double alignment = 2 * 0.75 * 9 / 16 * Math.log(4) + 2 * 0.75 / 4 * LN2;
        assertThat(numbers(losses)).containsExactly(new double[] {alignment, alignment, 0, 0}, within(1e-5));
    }

    /** Alone, the images are divided by 1, 2 and 1 positives; together by 3, and boxes by a centreness of 0.5 + 1 + 0.25. */
    @Test
    void theLossOfABatchIsTheSumOfItsImages() {
        ImageTargets two = targets(3, new float[] {0.5f, 1}, HALF, BESIDE);
        ImageTargets one = targets(2, new float[] {0.25f}, BESIDE);
        ImageTargets none = targets(2, new float[0]);
        GlipLoss loss = GlipLoss.of(List.of(two, one, none));
        assertThat(loss).isEqualTo(new GlipLoss(3, 1.75));
        double[] sum = new double[4];
        add(sum, loss.of(said(new float[6], 0, LN3, 0), two, List.of(new int[] {0}, new int[] {0}), 256));
        add(sum, loss.of(said(new float[4], 0, 0), one, List.of(new int[] {1}), 256));
        add(sum, loss.of(said(new float[4], 0, 0), none, List.of(), 256));
        double alignment = (3 * 0.25 + 11 * 0.75) / 4 * LN2 / 3;
        double boxes = 2 * (0.5 * (1 - 36 / 81.0) + 1.25 * (1 + 99 / 261.0)) / 1.75;
        // At a probability of 1/2 any target costs ln 2.
        double centreness = (2 * LN2 + Math.log(4 / 3.0)) / 3;
        assertThat(sum).containsExactly(new double[] {alignment + boxes + centreness, alignment, boxes, centreness}, within(1e-5));
    }

    /** A certain box and one that counts a quarter, and an anchor that counts nothing: normalised by one and a quarter. */
    @Test
    void everyAnchorCountsByItsWeight() {
        ImageTargets all = targets(3, new float[] {0.5f, 1}, HALF, BESIDE);
        ImageTargets weighted = new ImageTargets(all.anchors(), all.matched(), all.positives(), all.regression(), all.centreness(),
                new float[] {1, 0.25f, 0});
        GlipLoss loss = GlipLoss.of(List.of(weighted));
        assertThat(loss).isEqualTo(new GlipLoss(1.25, 0.75));
        double[] numbers = numbers(loss.of(said(new float[6], 0, LN3, 0), weighted, List.of(new int[] {0}, new int[] {0}), 256));
        double alignment = (1 + 0.25) / 4 * LN2 / 1.25;
        double boxes = 2 * (0.5 * (1 - 36 / 81.0) + 0.25 * (1 + 99 / 261.0)) / 0.75;
        double central = (LN2 + 0.25 * Math.log(4 / 3.0)) / 1.25;
        assertThat(numbers).containsExactly(new double[] {alignment + boxes + central, alignment, boxes, central}, within(1e-5));
    }

    private static void add(double[] sum, NDList losses) {
        double[] numbers = numbers(losses);
        for (int i = 0; i < sum.length; i++) {
            sum[i] += numbers[i];
        }
    }

    /** At 1/2 a token costs 0.25 ln 2 / 4 if it is meant and 0.75 ln 2 / 4 if not. */
    @Test
    void theLastTokenOfAFullTextStandsForBackground() {
        ImageTargets targets = targets(2, new float[] {1}, ANCHOR);
        List<int[]> first = List.of(new int[] {0});
        GlipLoss loss = GlipLoss.of(List.of(targets));
        assertThat(numbers(loss.of(said(new float[4], 0, 0), targets, first, 3))[1])
                .isCloseTo((0.25 + 0.75 + 0.75 + 0.75) / 4 * LN2, within(1e-6));
        assertThat(numbers(loss.of(said(new float[4], 0, 0), targets, first, 2))[1])
                .isCloseTo((0.25 + 0.75 + 0.75 + 0.25) / 4 * LN2, within(1e-6));
        // Background that is sure of the last token costs nothing.
        assertThat(numbers(loss.of(said(new float[] {0, 0, -50, 50}, 0, 0), targets, first, 2))[1])
                .isCloseTo((0.25 + 0.75) / 4 * LN2, within(1e-6));
    }

    @Test
    void gradientsOfExtremePredictionsAreFinite() {
        float[][] regressions = {{0, 0, 0, 0}, {1e4f, -1e4f, 1e6f, -1e6f}, {-3e5f, 0, -1e6f, 1e6f}, {1e6f, 1e6f, 1e6f, 1e6f},
            {0, 0, -1e9f, -1e9f}};
        for (float[] values : regressions) {
            for (float logit : new float[] {-50_000, 0, 50_000}) {
                ImageTargets targets = targets(2, new float[] {1e-3f}, HALF);
                NDArray logits = leaf(new float[] {logit, -logit, logit, -logit}, new Shape(2, 2));
                NDArray regression = leaf(new float[] {values[0], values[1], values[2], values[3], 0, 0, 0, 0}, new Shape(2, 4));
                NDArray centreness = leaf(new float[] {logit, logit}, new Shape(2));
                NDArray total = Gradients.backward(() -> GlipLoss.of(List.of(targets))
                        .of(new NDList(logits, regression, centreness), targets, List.of(new int[] {0}), 256).get(0));
                assertThat(numbers(new NDList(total))[0]).isFinite();
                for (NDArray leaf : List.of(logits, regression, centreness)) {
                    for (float value : leaf.getGradient().toFloatArray()) {
                        assertThat(value).as("regression %s, logit %s", values, logit).isFinite();
                    }
                }
            }
        }
    }

    private NDArray leaf(float[] values, Shape shape) {
        NDArray leaf = manager.create(values, shape).duplicate();
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /** A box that is too far left and too small has to go right and grow; p = 1/2 has to rise where a token is meant. */
    @Test
    void gradientsPointAwayFromTheTruth() {
        ImageTargets targets = targets(2, new float[] {1}, new float[] {2, 0, 11, 9});
        NDArray logits = leaf(new float[4], new Shape(2, 2));
        NDArray regression = leaf(new float[] {0, 0, -1, 0, 0, 0, 0, 0}, new Shape(2, 4));
        NDArray centreness = leaf(new float[] {0, 0}, new Shape(2));
        Gradients.backward(() -> GlipLoss.of(List.of(targets))
                .of(new NDList(logits, regression, centreness), targets, List.of(new int[] {1}), 256).get(0));
        float[] moves = regression.getGradient().toFloatArray();
        assertThat(moves[0]).isNegative();
        assertThat(moves[2]).isNegative();
        assertThat(moves).endsWith(0, 0, 0, 0);
        // d/dx of 0.25 (1-p)^2 -ln p at p = 1/2 is -0.25 (2 (1/8) ln 2 + 1/8); with the roles of p and 1-p changed 0.75 of it.
        float slope = (float) (2 * LN2 / 8 + 1 / 8.0);
        assertThat(logits.getGradient().toFloatArray())
                .containsExactly(new float[] {0.75f * slope, -0.25f * slope, 0.75f * slope, 0.75f * slope}, within(1e-5f));
        assertThat(centreness.getGradient().toFloatArray()).containsExactly(-0.5f, 0);
    }
}
