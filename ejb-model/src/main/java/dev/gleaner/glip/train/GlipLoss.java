package dev.gleaner.glip.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.head.BoxCoder;
import dev.gleaner.glip.ops.Gradients;
import dev.gleaner.glip.ops.Kernels;
import java.util.Arrays;
import java.util.List;

/**
 * What GLIP minimises (Li et al. 2022, equation 4 and appendix; ATSS for the localisation): a sigmoid focal loss on how well
 * every anchor agrees with every token, a GIoU loss on the boxes of the positive anchors, weighted by their centreness, and a
 * binary cross entropy on the centreness. Where classes are fixed they stand in the place of tokens, and this is the loss of
 * Dynamic Head and ATSS.
 *
 * <p>A batch's normalisers follow from its targets alone, so its images can be gone through one at a time: the sum of their
 * losses, each divided by the whole batch's normalisers, is the batch's loss.
 *
 * @param positives  positive anchors of the whole batch by their weights, at least 1
 * @param centreness sum of the batch's centreness targets by their weights; unused without positives
 */
record GlipLoss(double positives, double centreness) {

    private static final double FOCAL_ALPHA = 0.25;
    private static final double FOCAL_GAMMA = 2;
    private static final double BOX_WEIGHT = 2;
    private static final double EPSILON = 1e-7;
    /** The text length of a model of fixed classes. */
    static final int NO_TEXT = 0;

    /** The loss of a batch with these targets. */
    static GlipLoss of(List<ImageTargets> batch) {
        double positives = 0;
        double centreness = 0;
        for (ImageTargets targets : batch) {
            float[] weights = targets.positiveWeights();
            for (int i = 0; i < weights.length; i++) {
                positives += weights[i];
                centreness += weights[i] * targets.centreness()[i];
            }
        }
        return new GlipLoss(Math.max(1, positives), centreness);
    }

    /**
     * One image's share of the batch's loss.
     *
     * @param said           alignment or class logits (A, T), box regressions (A, 4) and centreness logits (A), see
     *                       {@link dev.gleaner.glip.Network#predict}
     * @param positiveTokens for each box the tokens it is named by, or its class
     * @param textLength     L, the length that texts are padded to; T is what is left of it without padding; {@link #NO_TEXT} for
     *                       fixed classes
     * @return the total, then its summands: alignment, boxes, centreness; each ()
     */
    NDList of(NDList said, ImageTargets targets, List<int[]> positiveTokens, int textLength) {
        NDArray logits = Kernels.to(said.get(0), DataType.FLOAT32);
        NDManager manager = logits.getManager();
        float[] tokens = tokens(targets, positiveTokens, (int) logits.getShape().get(1), textLength);
        NDArray wanted = Gradients.lasting(manager.create(tokens, logits.getShape())); // (A, T)
        NDArray share = number(manager, 1 / positives);
        NDArray weights = Gradients.lasting(manager.create(targets.weights(), new Shape(targets.weights().length, 1))); // (A, 1)
        NDArray alignment = Kernels.focalLoss(logits, wanted, weights, FOCAL_ALPHA, FOCAL_GAMMA).mul(share);
        int count = targets.positives().length;
        if (count == 0) {
            NDArray none = manager.zeros(new Shape());
            return new NDList(alignment, alignment.duplicate(), none, none);
        }
        NDArray rows = Gradients.lasting(manager.create(longs(targets.positives())));
        NDArray regression = Kernels.rows(Kernels.to(said.get(1), DataType.FLOAT32), rows); // (K, 4)
        NDArray wantedCentreness = Gradients.lasting(manager.create(targets.centreness())); // (K)
        NDArray positiveWeights = Gradients.lasting(manager.create(targets.positiveWeights())); // (K)
        NDArray boxes = giou(regression, targets, manager).mul(wantedCentreness.mul(positiveWeights)).sum().mul(number(manager, BOX_WEIGHT / centreness));
        NDArray centrality = Kernels.rows(Kernels.to(said.get(2), DataType.FLOAT32).expandDims(1), rows).squeeze(1); // (K)
        NDArray central = Kernels.binaryCrossEntropy(centrality, wantedCentreness, positiveWeights).mul(share);
        return new NDList(alignment.add(boxes).add(central), alignment, boxes, central);
    }

    /**
     * [A * T]: 1 where an anchor's box is named by the token. The last token of a text that fills its whole length stands for
     * nothing at all, and is what anchors without a box agree with.
     */
    private static float[] tokens(ImageTargets targets, List<int[]> positiveTokens, int length, int textLength) {
        float[] tokens = new float[targets.matched().length * length];
        for (int anchor : targets.positives()) {
            for (int token : positiveTokens.get(targets.matched()[anchor])) {
                tokens[anchor * length + token] = 1;
            }
        }
        for (int anchor = 0; length == textLength && anchor < targets.matched().length; anchor++) {
            if (targets.matched()[anchor] == AtssMatcher.BACKGROUND) {
                tokens[anchor * length + length - 1] = 1;
            }
        }
        return tokens;
    }

    /** {@code 1 - GIoU} (Rezatofighi et al. 2019) of each positive's box and the one it should be, (K). */
    private static NDArray giou(NDArray regression, ImageTargets targets, NDManager manager) {
        int count = targets.positives().length;
        float[] sizes = new float[count * 2];
        float[] centres = new float[count * 2];
        for (int i = 0; i < count; i++) {
            float[] anchor = ImageTargets.four(targets.anchors(), targets.positives()[i]);
            for (int axis = 0; axis < 2; axis++) {
                sizes[i * 2 + axis] = anchor[axis + 2] - anchor[axis] + 1;
                centres[i * 2 + axis] = (anchor[axis + 2] + anchor[axis]) / 2;
            }
        }
        Shape shape = new Shape(count, 2);
        NDArray size = Gradients.lasting(manager.create(sizes, shape));
        NDArray centre = Gradients.lasting(manager.create(centres, shape));
        NDList box = BoxCoder.decode(regression, size, centre);
        NDList truth = BoxCoder.decode(Gradients.lasting(manager.create(targets.regression(), new Shape(count, 4))), size, centre);
        NDArray far = NDArrays.maximum(box.get(0), box.get(1)); // a box must not be inside out
        NDArray shared = NDArrays.minimum(far, truth.get(1)).sub(NDArrays.maximum(box.get(0), truth.get(0))).maximum(Kernels.constant(0));
        NDArray around = NDArrays.maximum(far, truth.get(1)).sub(NDArrays.minimum(box.get(0), truth.get(0)));
        NDArray intersection = area(shared);
        NDArray union = area(far.sub(box.get(0))).add(area(truth.get(1).sub(truth.get(0)))).sub(intersection).add(EPSILON);
        NDArray enclosing = area(around).add(EPSILON);
        NDArray giou = intersection.div(union).sub(enclosing.sub(union).div(enclosing));
        return giou.neg().add(1);
    }

    private static NDArray number(NDManager manager, double value) {
        return Gradients.lasting(manager.create(value));
    }

    /** Width times height, (K, 2) to (K). */
    private static NDArray area(NDArray sides) {
        return sides.get(":, 0").mul(sides.get(":, 1"));
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}
