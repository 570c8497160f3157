package dev.gleaner.glip.head;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns what the head says about each anchor into detections (ATSS, with the official GLIP's order of steps): boxes are
 * decoded and cut to the image, each label's duplicates are suppressed, and the best are kept.
 *
 * @param scoreThreshold    least class score a candidate must exceed, before its centreness is looked at
 * @param candidatesPerLevel most candidates a pyramid level may bring
 * @param overlapThreshold  overlap above which the lesser of two boxes of one label is dropped
 * @param detections        how many detections are wanted; boxes that share the last one's score are kept as well
 */
public record PostProcessor(float scoreThreshold, int candidatesPerLevel, float overlapThreshold, int detections) {

    /**
     * What one pyramid level brings: anchors whose class score passed the threshold, at most
     * {@code candidatesPerLevel} of them, in no particular order.
     *
     * @param anchor     index of the anchor, {@code y * gridWidth + x}
     * @param label      index of the label, from 0
     * @param score      final score: square root of class score times centreness
     * @param regression the head's values, four for each candidate
     */
    public record Candidates(long[] anchor, long[] label, float[] score, float[] regression) {
    }

    /**
     * Boxes of one level's candidates, decoded and cut to the image.
     *
     * @param width  of the resized image in pixels, without padding
     * @param height of the resized image in pixels, without padding
     */
    public List<ScoredBox> decode(Candidates candidates, AnchorGrid anchors, int gridWidth, int width, int height) {
        List<ScoredBox> boxes = new ArrayList<>(candidates.score().length);
        float[] regression = new float[4];
        for (int i = 0; i < candidates.score().length; i++) {
            System.arraycopy(candidates.regression(), i * 4, regression, 0, 4);
            float[] box = BoxCoder.decode(regression, anchors.anchor((int) candidates.anchor()[i], gridWidth));
            boxes.add(new ScoredBox(box[0], box[1], box[2], box[3], (int) candidates.label()[i], candidates.score()[i])
                    .clip(width, height));
        }
        return boxes;
    }

    /** The detections among the decoded candidates of all levels, best first. */
    public List<ScoredBox> select(List<ScoredBox> candidates) {
        List<ScoredBox> kept = Suppression.within(ScoredBox::label, candidates, overlapThreshold);
        if (kept.size() <= detections) {
            return kept;
        }
        float least = kept.get(detections - 1).score();
        return kept.stream().takeWhile(box -> box.score() >= least).toList();
    }
}
