package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.finetune.FineTuneSettings.Augment;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.finetune.FineTuneSettings.Schedule;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.train.Augmentation;
import dev.gleaner.glip.train.TrainingSettings;
import dev.gleaner.glip.train.TuningMode;
import java.util.List;
import org.junit.jupiter.api.Test;

class FineTuneSettingsTest {

    private static GlipConfig config(int width, int side) {
        return new GlipConfig(new GlipConfig.Input(side, 2 * side, List.of(103.53, 116.28, 123.675), List.of(57.375, 57.12, 58.395), 32),
                new GlipConfig.Swin(width, List.of(2, 2, 2, 2), List.of(2, 4, 8, 16), 7, 4), 64,
                new GlipConfig.Bert(64, 2, 4, 128, 8, 256, 2, 1e-12), new GlipConfig.Text(256, ". "),
                new GlipConfig.Fusion(true, 128, 4, true, true, true, true),
                new GlipConfig.Head(2, 16, 80, GlipConfig.Aligned.HIDDEN, true, 0, 0.01),
                new GlipConfig.Anchors(List.of(64.0, 128.0, 256.0, 512.0, 1024.0), List.of(8, 16, 32, 64, 128)),
                new GlipConfig.Selection(0.05, 0.6, 1000, 100, 80));
    }

    private static FineTuneSettings settings(Schedule schedule, Augment augmentation, boolean regularise) {
        return new FineTuneSettings(Mode.LINEAR_PROBE, 3, 30, 200, 2, 1e-3, 1e-4, schedule, 0.1, 2, 0.99, augmentation, regularise, true,
                false, 10);
    }

    @Test
    void becomesWhatTheTrainerReads() {
        TrainingSettings training = settings(Schedule.STEPS, Augment.NONE, true).training(config(32, 224));
        assertThat(training.mode()).isEqualTo(TuningMode.LINEAR_PROBE);
        assertThat(training.steps()).isEqualTo(200);
        assertThat(training.seed()).isEqualTo(30);
        assertThat(training.regularisation()).isEqualTo(Regularisation.OFFICIAL);
        // A warm-up of 10 steps, then drops at 134 and 178.
        assertThat(training.learningRate().at(5)).isCloseTo(0.5005, within(1e-12));
        assertThat(training.learningRate().at(133)).isEqualTo(1);
        assertThat(training.learningRate().at(134)).isCloseTo(0.1, within(1e-12));
        assertThat(training.learningRate().at(178)).isCloseTo(0.01, within(1e-12));
    }

    @Test
    void aCosineFallsToNothing() {
        TrainingSettings training = settings(Schedule.COSINE, Augment.NONE, false).training(config(32, 224));
        assertThat(training.learningRate().at(110)).as("half of 200 steps after the warm-up").isCloseTo(0.5, within(1e-12));
        assertThat(training.regularisation()).isEqualTo(Regularisation.NONE);
    }

    @Test
    void aLargeModelLeavesOutMorePaths() {
        assertThat(settings(Schedule.STEPS, Augment.NONE, true).training(config(192, 224)).regularisation().dropPath()).isEqualTo(0.4);
    }

    @Test
    void imagesAreAugmentedInTheSizesOfTheModelsInput() {
        assertThat(settings(Schedule.STEPS, Augment.OFFICIAL, true).augmentation(config(32, 400)).shorterSides()).containsExactly(240, 280, 320, 360, 400);
        GlipConfig.Input input = config(32, 224).input();
        assertThat(settings(Schedule.STEPS, Augment.NONE, true).augmentation(config(32, 224))).isEqualTo(Augmentation.none(input));
        assertThat(settings(Schedule.STEPS, Augment.STRONG, true).augmentation(config(32, 224))).isEqualTo(Augmentation.strong().scaledTo(input));
    }

    @Test
    void choicesAreWrittenAsUsersWriteThem() {
        assertThat(FineTuneSettings.label(Mode.LANGUAGE_FROZEN)).isEqualTo("language-frozen");
    }
}
