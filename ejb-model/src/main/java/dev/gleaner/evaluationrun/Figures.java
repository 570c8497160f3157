package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.DetectionEvaluation;
import dev.gleaner.evaluation.DetectionFigures;
import dev.gleaner.evaluation.TruthCategory.Frequency;

/**
 * What an evaluation comes to.
 *
 * @param all        the means over all categories that have gold
 * @param categories how many those are
 * @param apRare     LVIS's APr, over the categories of up to 10 training images; {@link DetectionFigures#UNDEFINED} where there are none
 * @param apCommon   APc, of up to 100
 * @param apFrequent APf, of more
 */
public record Figures(DetectionFigures all, int categories, double apRare, double apCommon, double apFrequent) {

    static Figures of(DetectionEvaluation evaluation) {
        return new Figures(evaluation.figures(), (int) evaluation.categories().stream().filter(row -> row.truths() > 0).count(),
                evaluation.figures(Frequency.RARE).ap(), evaluation.figures(Frequency.COMMON).ap(), evaluation.figures(Frequency.FREQUENT).ap());
    }
}
