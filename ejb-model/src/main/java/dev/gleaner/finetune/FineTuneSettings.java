package dev.gleaner.finetune;

import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.train.Augmentation;
import dev.gleaner.glip.train.LearningRate;
import dev.gleaner.glip.train.Optimiser;
import dev.gleaner.glip.train.TrainingSettings;
import dev.gleaner.glip.train.TuningMode;

/**
 * How a fine-tune trains; everything that the result depends on beside the base and the data.
 *
 * @param mode                 what is trained
 * @param shots                images of each category; null for all images
 * @param seed                 draws the images of the shots, and everything random in the training
 * @param steps                of the whole training
 * @param batch                images of a step
 * @param learningRate         of all but the language backbone
 * @param languageLearningRate of the language backbone
 * @param schedule             how the rates fall
 * @param weightDecay          of all parameters that are no bias
 * @param clip                 the norm that gradients are scaled down to
 * @param ema                  what the average of the parameters keeps of itself at a step; 0 for no average
 * @param augmentation         what happens to images
 * @param regularise           whether parts are left out at random, as in the official training
 * @param recompute            less memory, a third more time
 * @param bfloat16             half precision
 * @param checkpointEvery      steps between checkpoints; null for one about every two minutes. The result does not depend on it
 */
public record FineTuneSettings(Mode mode, Integer shots, long seed, int steps, int batch, double learningRate,
        double languageLearningRate, Schedule schedule, double weightDecay, double clip, double ema, Augment augmentation,
        boolean regularise, boolean recompute, boolean bfloat16, Integer checkpointEvery) {

    /** What is trained. */
    public enum Mode {
        /** All parameters. */
        FULL(TuningMode.FULL),
        /** All but the language backbone. */
        LANGUAGE_FROZEN(TuningMode.LANGUAGE_FROZEN),
        /** The last layers alone. */
        LINEAR_PROBE(TuningMode.LINEAR_PROBE),
        /** A vector for each token of the prompts. */
        PROMPT(TuningMode.PROMPT),
        /** All parameters of a detector without language that is made of the base, and knows the categories of the prompts alone. */
        DYHEAD(TuningMode.FULL);

        private final TuningMode tuning;

        Mode(TuningMode tuning) {
            this.tuning = tuning;
        }
    }

    /** How learning rates fall, after a warm-up in the first twentieth of the steps. */
    public enum Schedule {
        /** To a tenth after 67 % and again after 89 % of the steps, as in the official training. */
        STEPS,
        /** Along half a cosine wave to nothing. */
        COSINE
    }

    /** What happens to images. */
    public enum Augment { NONE, OFFICIAL, STRONG }

    /** GLIP-L's Swin is that wide. */
    private static final int LARGE = 192;
    private static final double LARGE_DROP_PATH = 0.4;

    TrainingSettings training(GlipConfig config) {
        int warmup = steps / 20;
        LearningRate rate = schedule == Schedule.COSINE ? LearningRate.cosine(warmup, steps, 0) : LearningRate.official(warmup, steps);
        return new TrainingSettings(mode.tuning, batch, rate, new Optimiser(learningRate, languageLearningRate, weightDecay, clip),
                regularisation(config), ema, recompute, bfloat16, seed);
    }

    private Regularisation regularisation(GlipConfig config) {
        if (!regularise) {
            return Regularisation.NONE;
        }
        Regularisation official = Regularisation.OFFICIAL;
        return config.swin().embedDim() < LARGE ? official : new Regularisation(LARGE_DROP_PATH, official.dropBlock(), official.dropBlockSize(),
                official.fusionDropout(), official.textDropout());
    }

    /** In the sizes of the model's own input. */
    Augmentation augmentation(GlipConfig config) {
        return switch (augmentation) {
            case NONE -> Augmentation.none(config.input());
            case OFFICIAL -> Augmentation.official().scaledTo(config.input());
            case STRONG -> Augmentation.strong().scaledTo(config.input());
        };
    }

    /** As users write a choice: {@code linear-probe}. */
    public static String label(Enum<?> choice) {
        return choice.name().toLowerCase().replace('_', '-');
    }
}
