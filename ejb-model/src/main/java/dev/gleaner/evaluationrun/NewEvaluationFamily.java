package dev.gleaner.evaluationrun;

import dev.gleaner.dataset.Split;
import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.Prompt;
import java.util.List;

/**
 * What somebody wants evaluated on several datasets.
 *
 * @param modelVersion       the model version's id
 * @param protocol           null for {@link EvaluationProtocol#COCO}
 * @param chunking           null for {@link Chunking#OFFICIAL}
 * @param detectionsPerImage null for the protocol's own
 */
public record NewEvaluationFamily(String name, Long modelVersion, EvaluationProtocol protocol, Chunking chunking,
        Integer detectionsPerImage, List<Member> datasets) {

    /**
     * One of the datasets.
     *
     * @param dataset      its id
     * @param prompts      phrases for some of its categories; the others are looked for by their names. Null for none
     * @param split        evaluates the images that it holds out; null for all
     * @param supervisedAp the AP of a model trained with all its labels, in [0, 1]; null if not known
     */
    public record Member(Long dataset, List<Prompt> prompts, Split split, Double supervisedAp) {
    }
}
