package dev.gleaner.round;

/**
 * How far scores have moved from one population to another: the population stability index, the sum over bins of
 * (latest share - reference share) ln(latest share / reference share); 0.1 and 0.25 are the customary bounds of a small and of a
 * considerable shift (Siddiqi, Credit Risk Scorecards, 2006).
 *
 * <p>Each bin that either population has anything in counts half a score more, since a share of 0 has no logarithm. Of few scores
 * the index is large by chance alone: between samples of one population it is distributed as (1/n + 1/m) times a chi-square
 * variable of bins - 1 degrees of freedom (Yurdakul and Naranjo, Statistical properties of the population stability index, Journal
 * of Risk Model Validation 14, 2020).
 *
 * @param index  0 for the same shares
 * @param chance what one of a hundred pairs of samples of this size exceeds though nothing has moved; infinite where a population
 *               is empty
 */
public record PopulationStability(double index, double chance) {

    /** Of the standard normal distribution at 0.99. */
    private static final double QUANTILE = 2.3263;
    private static final double SPARSE = 0.5;

    public static PopulationStability of(ScoreHistogram reference, ScoreHistogram latest) {
        if (reference.total() == 0 || latest.total() == 0) {
            return new PopulationStability(0, Double.POSITIVE_INFINITY);
        }
        int bins = 0;
        for (int bin = 0; bin < reference.counts().size(); bin++) {
            bins += isUsed(bin, reference, latest) ? 1 : 0;
        }
        double index = 0;
        for (int bin = 0; bin < reference.counts().size(); bin++) {
            if (isUsed(bin, reference, latest)) {
                double before = share(reference, bin, bins);
                double after = share(latest, bin, bins);
                index += (after - before) * Math.log(after / before);
            }
        }
        return new PopulationStability(index, chiSquare(bins - 1) * (1.0 / reference.total() + 1.0 / latest.total()));
    }

    private static boolean isUsed(int bin, ScoreHistogram reference, ScoreHistogram latest) {
        return reference.counts().get(bin) + latest.counts().get(bin) > 0;
    }

    private static double share(ScoreHistogram scores, int bin, int bins) {
        return (scores.counts().get(bin) + SPARSE) / (scores.total() + SPARSE * bins);
    }

    /** The quantile 0.99, by the approximation of Wilson and Hilferty (1931). */
    private static double chiSquare(int freedom) {
        if (freedom == 0) {
            return 0;
        }
        double spread = 2.0 / (9 * freedom);
        return freedom * Math.pow(1 - spread + QUANTILE * Math.sqrt(spread), 3);
    }

    /** Whether the scores have moved at least so far, and farther than by chance. */
    public boolean exceeds(double limit) {
        return index >= limit && index > chance;
    }
}
