package dev.gleaner.labeling;

import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import java.util.List;

/**
 * What somebody wants labeled.
 *
 * @param dataset      the dataset's id
 * @param modelVersion the model version's id; null for the champion of the dataset's project
 * @param prompts      what to look for
 * @param thresholds   the least final score to propose a box; null for those of the project's categories, and
 *                     {@link LabelingRules#DEFAULT_THRESHOLD} for categories that have none
 */
public record NewLabelingRun(Long dataset, Long modelVersion, List<Prompt> prompts, Thresholds thresholds) {
}
