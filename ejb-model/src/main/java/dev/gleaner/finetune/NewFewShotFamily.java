package dev.gleaner.finetune;

import dev.gleaner.evaluationrun.NewEvaluationFamily;
import java.util.List;

/**
 * What somebody wants tuned on few images of several datasets, and measured.
 *
 * @param family           the model version, and the datasets to measure it on
 * @param shots            images of each category
 * @param seeds            null for the official ones
 * @param trainingDatasets for each of the family's datasets the one to train on; null where it is the same, of which a split then
 *                         holds out what is measured
 * @param training         how to train; shots and seed are null
 */
public record NewFewShotFamily(NewEvaluationFamily family, int shots, List<Long> seeds, List<Long> trainingDatasets,
        NewFineTune.Training training) {
}
