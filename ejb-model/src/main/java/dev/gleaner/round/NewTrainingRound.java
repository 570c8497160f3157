package dev.gleaner.round;

import dev.gleaner.dataset.Split;
import dev.gleaner.finetune.NewFineTune;
import dev.gleaner.glip.Prompt;
import java.util.List;
import java.util.Map;

/**
 * What somebody, or a schedule, wants of a round. Everything but the dataset may be null: see {@link RoundDefaults}.
 *
 * @param name         of the model version to make
 * @param dataset      the id of the dataset whose gold is trained on
 * @param modelVersion the id of the teacher; null for the champion of the dataset's project
 * @param prompts      what to look for and learn; null for each category that has gold, by its own name
 * @param split        what is held out of the gold
 * @param gold         instead of a split: the id of a dataset that is held out
 * @param outOfDomain  the id of a dataset that the candidate must not get worse on
 * @param unlabelled   the ids of the datasets whose images the teacher labels; null for the dataset itself
 */
public record NewTrainingRound(String name, Long dataset, Long modelVersion, List<Prompt> prompts, Split split, Long gold, Long outOfDomain,
        List<Long> unlabelled, Teaching teacher, List<SelectionRule> selection, Double pseudoWeight, RoundExamples.Rejected rejected,
        Boolean captions, NewFineTune.Training training, Limits gate, Boolean promote) {

    /** As {@link RoundSettings.Teaching}, null where the default is to be taken. */
    public record Teaching(Double average, Boolean flip, List<Double> scales, Double least, Double grounds) {

        static final Teaching DEFAULT = new Teaching(null, null, null, null, null);
    }

    /** As {@link Gate}, null where the default is to be taken. */
    public record Limits(Double margin, Double allowance, Map<String, Double> allowances) {

        static final Limits DEFAULT = new Limits(null, null, null);
    }

    /** All defaults for a dataset. */
    public static NewTrainingRound of(long dataset) {
        return new NewTrainingRound(null, dataset, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** The same with other images for the teacher. */
    NewTrainingRound withUnlabelled(List<Long> others) {
        return new NewTrainingRound(name, dataset, modelVersion, prompts, split, gold, outOfDomain, others, teacher, selection, pseudoWeight, rejected,
                captions, training, gate, promote);
    }
}
