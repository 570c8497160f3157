package dev.gleaner.round;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Two normal distributions fitted to scores by expectation maximisation: those of wrong boxes below, those of right ones above. Scores
 * are counted in {@value #BINS} bins, so that the fit takes as long for millions of them.
 *
 * @param lowWeight  share of the lower distribution
 * @param lowMean    its mean
 * @param lowSpread  its standard deviation
 * @param highMean   mean of the upper one
 * @param highSpread its standard deviation
 */
record ScoreMixture(double lowWeight, double lowMean, double lowSpread, double highMean, double highSpread) {

    /** Over 0 to 1, all of one width; a score of 1 is in the last. */
    static final int BINS = 1000;

    private static final int ROUNDS = 200;
    private static final double CONVERGED = 1e-9;
    /** No distribution becomes a single score. */
    private static final double LEAST_SPREAD = 0.01;

    static int bin(double score) {
        return Math.max(0, Math.min(BINS - 1, (int) (score * BINS)));
    }

    private static double middle(int bin) {
        return (bin + 0.5) / BINS;
    }

    /**
     * Fits scores, or nothing where they are all alike.
     *
     * @param counts of the scores in each bin
     */
    static Optional<ScoreMixture> fit(long[] counts) {
        int[] used = IntStream.range(0, counts.length).filter(bin -> counts[bin] > 0).toArray();
        if (used.length == 0 || middle(used[used.length - 1]) - middle(used[0]) < LEAST_SPREAD) {
            return Optional.empty();
        }
        double[] scores = Arrays.stream(used).mapToDouble(ScoreMixture::middle).toArray();
        double[] many = Arrays.stream(used).mapToDouble(bin -> counts[bin]).toArray();
        double half = Arrays.stream(many).sum() / 2;
        // The lower half begins as the lower distribution.
        double[] low = new double[scores.length];
        double before = 0;
        for (int i = 0; i < low.length; i++) {
            low[i] = Math.max(0, Math.min(1, (half - before) / many[i]));
            before += many[i];
        }
        ScoreMixture fitted = of(scores, many, index -> low[index]);
        for (int round = 0; round < ROUNDS; round++) {
            ScoreMixture last = fitted;
            Arrays.setAll(low, index -> last.low(scores[index]));
            fitted = of(scores, many, index -> low[index]);
            if (Math.abs(fitted.lowMean - last.lowMean) + Math.abs(fitted.highMean - last.highMean) < CONVERGED) {
                break;
            }
        }
        return Optional.of(fitted);
    }

    private static ScoreMixture of(double[] scores, double[] many, IntToDoubleFunction low) {
        double[] weights = new double[2];
        double[] means = new double[2];
        double[] squares = new double[2];
        for (int i = 0; i < scores.length; i++) {
            double share = low.applyAsDouble(i);
            weights[0] += many[i] * share;
            weights[1] += many[i] * (1 - share);
            means[0] += many[i] * share * scores[i];
            means[1] += many[i] * (1 - share) * scores[i];
        }
        for (int side = 0; side < 2; side++) {
            means[side] /= Math.max(weights[side], Double.MIN_NORMAL);
        }
        for (int i = 0; i < scores.length; i++) {
            double share = low.applyAsDouble(i);
            squares[0] += many[i] * share * Math.pow(scores[i] - means[0], 2);
            squares[1] += many[i] * (1 - share) * Math.pow(scores[i] - means[1], 2);
        }
        double[] spreads = new double[2];
        for (int side = 0; side < 2; side++) {
            spreads[side] = Math.max(LEAST_SPREAD, Math.sqrt(squares[side] / Math.max(weights[side], Double.MIN_NORMAL)));
        }
        return new ScoreMixture(weights[0] / (weights[0] + weights[1]), means[0], spreads[0], means[1], spreads[1]);
    }

    /** The probability that a score is of the lower distribution. */
    double low(double score) {
        double low = lowWeight * density(score, lowMean, lowSpread);
        double high = (1 - lowWeight) * density(score, highMean, highSpread);
        return low + high == 0 ? (score < (lowMean + highMean) / 2 ? 1 : 0) : low / (low + high);
    }

    /** The score between both means from which on the upper distribution is the likelier one. */
    double boundary() {
        double below = lowMean;
        double above = highMean;
        for (int i = 0; i < 60; i++) {
            double middle = (below + above) / 2;
            if (low(middle) > 0.5) {
                below = middle;
            } else {
                above = middle;
            }
        }
        return above;
    }

    private static double density(double score, double mean, double spread) {
        return Math.exp(-Math.pow((score - mean) / spread, 2) / 2) / spread;
    }
}
