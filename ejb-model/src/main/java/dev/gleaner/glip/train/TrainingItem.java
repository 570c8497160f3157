package dev.gleaner.glip.train;

import dev.gleaner.glip.vision.ImageTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What a training step reads of one image, in plain memory. {@code B} boxes, possibly none; {@code L} is the model's text
 * length, 0 for a model of fixed classes, whose caption is empty. The arrays are shared, not copied: nobody changes them.
 *
 * @param image          the augmented image, resized, normalised and padded
 * @param caption        the text as the tokeniser reads it
 * @param tokenIds       {@code [L]}, vocabulary ids, {@code [PAD]} at the end
 * @param attentionMask  {@code [L]}, 1 for a token (among them {@code [CLS]}, {@code [SEP]} and the separators), 0 for padding
 * @param boxes          {@code [B * 4]}: x1, y1, x2, y2 of each box in pixels of the resized image; corners are inclusive, the width
 *                       is {@code x2 - x1 + 1}, and greater than 1; where a photo was shrunk, boxes at its edge may pass that by less
 *                       than a pixel, as the official ones do
 * @param labels         {@code [B]}, indexes into the categories or phrases of the example
 * @param positiveTokens for each box the positions in {@code tokenIds} it is positive for, ascending, or its class; none for a box whose phrase was
 *                       cut off the end of a long caption: it trains regression, and is negative for every token
 * @param weights        {@code [B]}, how much each box counts, see {@link TargetBox}
 * @param droppedBoxes   boxes of the example that are not here: they vanished in a crop or at the edge of the image, or their category
 *                       found no room in the caption
 */
public record TrainingItem(ImageTensor image, String caption, int[] tokenIds, int[] attentionMask, float[] boxes, int[] labels,
                           List<int[]> positiveTokens, float[] weights, int droppedBoxes) {

    /** An item whose boxes are all certain. */
    public TrainingItem(ImageTensor image, String caption, int[] tokenIds, int[] attentionMask, float[] boxes, int[] labels,
                        List<int[]> positiveTokens, int droppedBoxes) {
        this(image, caption, tokenIds, attentionMask, boxes, labels, positiveTokens, ones(labels.length), droppedBoxes);
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    public TrainingItem {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(caption, "caption");
        positiveTokens = List.copyOf(positiveTokens);
        if (attentionMask.length != tokenIds.length) {
            throw new IllegalArgumentException(
                    "attentionMask: " + attentionMask.length + " entries, expected " + tokenIds.length + ", one for each token id");
        }
        if (boxes.length != 4 * labels.length) {
            throw new IllegalArgumentException("boxes: " + boxes.length + " numbers, expected " + 4 * labels.length + ", four for each of "
                    + labels.length + " labels");
        }
        if (weights.length != labels.length) {
            throw new IllegalArgumentException("weights: " + weights.length + " numbers, expected " + labels.length + ", one for each box");
        }
        if (positiveTokens.size() != labels.length) {
            throw new IllegalArgumentException(
                    "positiveTokens: " + positiveTokens.size() + " entries, expected " + labels.length + ", one for each box");
        }
    }

    /** The number of boxes. */
    public int size() {
        return labels.length;
    }

    /**
     * The official binary positive map.
     *
     * @return {@code [B, L]}, 1 where the box is positive for the token
     */
    public float[][] positiveMap() {
        float[][] rows = new float[size()][tokenIds.length];
        for (int box = 0; box < rows.length; box++) {
            for (int token : positiveTokens.get(box)) {
                rows[box][token] = 1;
            }
        }
        return rows;
    }
}
