package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.DetectionEvaluation;
import dev.gleaner.evaluation.DetectionFigures;

/**
 * What an evaluation comes to.
 *
 * @param all        the means over all categories that have gold
 * @param categories how many those are
 */
public record Figures(DetectionFigures all, int categories) {

    static Figures of(DetectionEvaluation evaluation) {
        return new Figures(evaluation.figures(), (int) evaluation.categories().stream().filter(row -> row.truths() > 0).count());
    }
}
