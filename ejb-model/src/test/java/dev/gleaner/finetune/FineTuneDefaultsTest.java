package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gleaner.InvalidInput;
import dev.gleaner.finetune.FineTuneSettings.Augment;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.finetune.FineTuneSettings.Schedule;
import dev.gleaner.finetune.NewFineTune.Training;
import org.junit.jupiter.api.Test;

class FineTuneDefaultsTest {

    private static Training lasting(Integer steps, Double epochs, Integer batch) {
        return new Training(null, null, null, steps, epochs, batch, null, null, null, null, null, null, null, null, null, null, null);
    }

    private static int steps(Training wanted, int images) {
        return FineTuneDefaults.settings(wanted, images, false).steps();
    }

    @Test
    void theDefaultsAreThoseOfTheOfficialFineTuning() {
        assertThat(FineTuneDefaults.settings(Training.DEFAULT, 120, false)).isEqualTo(new FineTuneSettings(Mode.FULL, null, 3, 360, 4,
                1e-4, 1e-5, Schedule.STEPS, 0.05, 1, 0, Augment.OFFICIAL, true, true, false, null));
        assertThat(FineTuneDefaults.settings(Training.DEFAULT, 120, true).bfloat16()).isTrue();
    }

    @Test
    void epochsBecomeStepsThatSeeEveryImageSoOften() {
        // 12 epochs of 120 images, 4 a step: 360; of 3 images it would be 9.
        assertThat(steps(Training.DEFAULT, 120)).isEqualTo(360);
        assertThat(steps(Training.DEFAULT, 3)).isEqualTo(100);
        assertThat(steps(lasting(null, 2.0, 4), 9)).as("18 images").isEqualTo(5);
        assertThat(steps(lasting(null, 0.001, 4), 9)).isEqualTo(1);
        assertThat(steps(lasting(7, null, null), 9)).isEqualTo(7);
        assertThat(steps(lasting(null, null, 1), 118_287)).isEqualTo(12 * 118_287);
    }

    @Test
    void everythingOutOfItsRangeIsNamedAtOnce() {
        Training wrong = new Training(null, 0, null, 0, null, 0, 0.0, Double.NaN, null, 1.0, -1.0, 1.0, null, null, null, null, 0);
        InvalidInput refusal = catchThrowableOfType(InvalidInput.class, () -> FineTuneDefaults.check(wrong));
        assertThat(refusal.faults()).extracting(InvalidInput.Fault::field).containsExactly("shots", "steps", "batch", "learningRate",
                "languageLearningRate", "weightDecay", "clip", "ema", "checkpointEvery");
        assertThatCode(() -> FineTuneDefaults.check(Training.DEFAULT)).doesNotThrowAnyException();
    }
}
