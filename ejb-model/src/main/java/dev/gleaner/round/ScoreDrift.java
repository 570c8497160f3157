package dev.gleaner.round;

import java.util.Locale;

/**
 * How the champion's scores have moved between two of its labeling runs with the same prompts: the newest one, and the last one before
 * the latest round was ordered, or its first one where there was no round.
 *
 * <p>Labeling runs are compared, and not a run with the teacher's boxes of a round: these are kept from a lower score on and come
 * from several views, so that they would differ though nothing has moved.
 *
 * @param referenceRun    the earlier run
 * @param latestRun       the newest run
 * @param from            the score from which on both runs have all their boxes
 * @param referenceScores how many boxes of at least this score the earlier run has
 * @param latestScores    and the newest
 */
public record ScoreDrift(long referenceRun, long latestRun, double from, int referenceScores, int latestScores, PopulationStability stability) {

    static ScoreDrift of(long referenceRun, long latestRun, double from, ScoreHistogram reference, ScoreHistogram latest) {
        return new ScoreDrift(referenceRun, latestRun, from, reference.total(), latest.total(), PopulationStability.of(reference, latest));
    }

    /** {@code 0.31 between labeling runs 3 and 7}. */
    String written() {
        return String.format(Locale.ROOT, "%.2f between labeling runs %d and %d", stability.index(), referenceRun, latestRun);
    }
}
