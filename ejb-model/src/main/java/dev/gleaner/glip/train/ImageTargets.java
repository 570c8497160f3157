package dev.gleaner.glip.train;

import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.head.AnchorGrid;
import dev.gleaner.glip.head.BoxCoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What each anchor of one image is to learn. {@code A} anchors of all levels lie one level after the other, row by row;
 * {@code K} of them are positive, in ascending order.
 *
 * @param anchors    [A * 4], inclusive corners in pixels of the resized image
 * @param matched    [A], index of the anchor's box, or {@link AtssMatcher#BACKGROUND}
 * @param positives  [K], indices of the anchors that have a box
 * @param regression [K * 4], what the boxes of the positives are encoded as
 * @param centreness [K], how central each positive lies in its box, 0 to 1 (FCOS, section 3.2)
 * @param weights    [A], how much each anchor counts: as its box does, 0 where it would have to find a box of weight 0, else 1
 */
record ImageTargets(float[] anchors, int[] matched, int[] positives, float[] regression, float[] centreness, float[] weights) {

    /** Targets that all count. */
    ImageTargets(float[] anchors, int[] matched, int[] positives, float[] regression, float[] centreness) {
        this(anchors, matched, positives, regression, centreness, ones(matched.length));
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Targets of an image whose boxes are all certain. */
    static ImageTargets of(GlipConfig.Anchors config, int height, int width, float[] boxes) {
        return of(config, height, width, boxes, ones(boxes.length / 4));
    }

    /**
     * Targets of an image.
     *
     * @param height of the padded image, a multiple of 32
     * @param width  of the padded image, a multiple of 32
     * @param boxes   [B * 4], inclusive corners in pixels of the resized image
     * @param weights [B], how much each box counts; anchors go to those of weight 0 only where no other wants them
     */
    static ImageTargets of(GlipConfig.Anchors config, int height, int width, float[] boxes, float[] weights) {
        List<float[]> levels = new ArrayList<>();
        int gridHeight = height / config.strides().get(0);
        int gridWidth = width / config.strides().get(0);
        for (int level = 0; level < GlipConfig.LEVELS; level++) {
            levels.add(new AnchorGrid(config.strides().get(level), config.sizes().get(level).floatValue())
                    .all(gridHeight, gridWidth));
            // Each level halves the one before, rounding up.
            gridHeight = (gridHeight + 1) / 2;
            gridWidth = (gridWidth + 1) / 2;
        }
        float[] anchorWeights = ones(levels.stream().mapToInt(level -> level.length / 4).sum());
        int[] matched = match(levels, boxes, weights, anchorWeights);
        float[] anchors = new float[matched.length * 4];
        int start = 0;
        for (float[] level : levels) {
            System.arraycopy(level, 0, anchors, start, level.length);
            start += level.length;
        }
        int[] positives = IntStream.range(0, matched.length).filter(i -> matched[i] != AtssMatcher.BACKGROUND).toArray();
        float[] regression = new float[positives.length * 4];
        float[] centreness = new float[positives.length];
        for (int i = 0; i < positives.length; i++) {
            float[] anchor = four(anchors, positives[i]);
            float[] code = BoxCoder.encode(four(boxes, matched[positives[i]]), anchor);
            System.arraycopy(code, 0, regression, i * 4, 4);
            // Of the decoded box, as the official code has it: the last bit shows it.
            centreness[i] = centreness(BoxCoder.decode(code, anchor), anchor);
        }
        return new ImageTargets(anchors, matched, positives, regression, centreness, anchorWeights);
    }

    /** Matches the boxes that count, and sets the weights of their anchors and of those that boxes of weight 0 would have had. */
    private static int[] match(List<float[]> levels, float[] boxes, float[] weights, float[] anchorWeights) {
        int[] counted = IntStream.range(0, weights.length).filter(box -> weights[box] > 0).toArray();
        int[] ignored = IntStream.range(0, weights.length).filter(box -> weights[box] == 0).toArray();
        int[] matched = AtssMatcher.match(levels, chosen(boxes, counted));
        int[] unwanted = AtssMatcher.match(levels, chosen(boxes, ignored));
        for (int anchor = 0; anchor < matched.length; anchor++) {
            if (matched[anchor] != AtssMatcher.BACKGROUND) {
                matched[anchor] = counted[matched[anchor]];
                anchorWeights[anchor] = weights[matched[anchor]];
            } else if (unwanted[anchor] != AtssMatcher.BACKGROUND) {
                anchorWeights[anchor] = 0;
            }
        }
        return matched;
    }

    private static float[] chosen(float[] boxes, int[] which) {
        float[] chosen = new float[4 * which.length];
        for (int i = 0; i < which.length; i++) {
            System.arraycopy(boxes, 4 * which[i], chosen, 4 * i, 4);
        }
        return chosen;
    }

    /** The weights of the positives, [K]. */
    float[] positiveWeights() {
        float[] chosen = new float[positives.length];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = weights[positives[i]];
        }
        return chosen;
    }

    static float[] four(float[] boxes, int index) {
        float[] box = new float[4];
        System.arraycopy(boxes, index * 4, box, 0, 4);
        return box;
    }

    private static float centreness(float[] box, float[] anchor) {
        float product = 1;
        for (int axis = 0; axis < 2; axis++) {
            float centre = (anchor[axis + 2] + anchor[axis]) / 2;
            float before = centre - box[axis];
            float after = box[axis + 2] - centre;
            product *= Math.min(before, after) / Math.max(before, after);
        }
        return (float) Math.sqrt(product);
    }
}
