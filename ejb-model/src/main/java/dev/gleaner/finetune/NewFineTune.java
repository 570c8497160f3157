package dev.gleaner.finetune;

import dev.gleaner.dataset.Split;
import dev.gleaner.finetune.FineTuneSettings.Augment;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.finetune.FineTuneSettings.Schedule;
import dev.gleaner.glip.Prompt;
import java.util.List;

/**
 * What somebody wants trained. Everything but the name and the dataset may be null: see {@link FineTuneDefaults}.
 *
 * @param name         of the model version to make
 * @param modelVersion the id of the one to start from; null for the champion of the dataset's project
 * @param dataset      the dataset's id
 * @param prompts      what to learn; null for each category that has gold in the dataset, by its own name
 * @param split        trains on the images that it does not hold out, and evaluates on those that it does
 * @param images       the ids of the images to train on; null for no list
 * @param validation   what to evaluate before and after; null for what the split holds out, if there is one
 * @param training     how to train
 */
public record NewFineTune(String name, Long modelVersion, Long dataset, List<Prompt> prompts, Split split, List<Long> images,
        Validation validation, Training training) {

    /**
     * Images that the base and the result are evaluated on.
     *
     * @param dataset null for the one that is trained on
     */
    public record Validation(Long dataset, Split split, List<Long> images) {
    }

    /** Settings, null where the default is to be taken; by {@code steps} or {@code epochs}, not both. */
    public record Training(Mode mode, Integer shots, Long seed, Integer steps, Double epochs, Integer batch, Double learningRate,
            Double languageLearningRate, Schedule schedule, Double weightDecay, Double clip, Double ema, Augment augmentation,
            Boolean regularise, Boolean recompute, Boolean bfloat16, Integer checkpointEvery) {

        /** All defaults. */
        public static final Training DEFAULT = new Training(null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null);

        /** The same with another mode and augmentation. */
        public Training with(Mode anyMode, Augment anyAugmentation) {
            return new Training(anyMode, shots, seed, steps, epochs, batch, learningRate, languageLearningRate, schedule, weightDecay, clip, ema,
                    anyAugmentation, regularise, recompute, bfloat16, checkpointEvery);
        }

        Training with(int fewShots, long anySeed) {
            return new Training(mode, fewShots, anySeed, steps, epochs, batch, learningRate, languageLearningRate, schedule, weightDecay, clip, ema,
                    augmentation, regularise, recompute, bfloat16, checkpointEvery);
        }
    }
}
