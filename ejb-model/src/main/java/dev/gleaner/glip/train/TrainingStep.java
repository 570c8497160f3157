package dev.gleaner.glip.train;

/**
 * What one step did.
 *
 * @param step         counted from 1
 * @param loss         the whole loss of the batch
 * @param alignment    its share for anchors agreeing with tokens, or with fixed classes
 * @param boxes        its share for the boxes
 * @param centreness   its share for the centreness
 * @param gradientNorm of all gradients together, before clipping
 * @param learningRate share of the base rates
 * @param positives    anchors that had a box
 * @param applied      whether the parameters changed: not if a loss or gradient was no finite number
 */
public record TrainingStep(int step, double loss, double alignment, double boxes, double centreness, double gradientNorm,
                           double learningRate, int positives, boolean applied) {
}
