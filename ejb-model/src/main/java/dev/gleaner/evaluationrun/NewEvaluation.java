package dev.gleaner.evaluationrun;

import dev.gleaner.dataset.Split;
import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.Prompt;
import java.util.List;

/**
 * What somebody wants evaluated.
 *
 * @param dataset            the dataset's id
 * @param modelVersion       the model version's id; null for the champion of the dataset's project
 * @param protocol           by whose rules; null for {@link EvaluationProtocol#COCO}
 * @param prompts            what to look for; null for each category that has gold in the dataset, by its own name
 * @param chunking           null for {@link Chunking#OFFICIAL}
 * @param detectionsPerImage how many to keep; null for the protocol's own
 * @param split              evaluates the images that it holds out; null for no split
 * @param images             the ids of the images to evaluate; null for no list
 */
public record NewEvaluation(Long dataset, Long modelVersion, EvaluationProtocol protocol, List<Prompt> prompts, Chunking chunking,
        Integer detectionsPerImage, Split split, List<Long> images) {
}
