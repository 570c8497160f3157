package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.finetune.FineTuneSettings.Augment;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.finetune.FineTuneSettings.Schedule;
import dev.gleaner.finetune.FineTuneSettings;
import dev.gleaner.finetune.NewFineTune;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How each fine-tune of a few-shot family trains, by the words of the API. */
public record TrainingOrder(String mode, Integer steps, Double epochs, Integer batch, Double learningRate, Double languageLearningRate,
        String schedule, Double weightDecay, Double clip, Double ema, String augmentation, Boolean regularise, Boolean recompute,
        Boolean bfloat16, Integer checkpointEvery) {

    NewFineTune.Training read() {
        try {
            return new NewFineTune.Training(mode(mode), null, null, steps, epochs, batch, learningRate, languageLearningRate, schedule(schedule),
                    weightDecay, clip, ema, augmentation(augmentation), regularise, recompute, bfloat16, checkpointEvery);
        } catch (InvalidInput e) {
            throw e.within("training");
        }
    }

    /** @return null for null */
    static TrainingOrder of(NewFineTune.Training training) {
        return training == null ? null : new TrainingOrder(label(training.mode()), training.steps(), training.epochs(), training.batch(),
                training.learningRate(), training.languageLearningRate(), label(training.schedule()), training.weightDecay(), training.clip(),
                training.ema(), label(training.augmentation()), training.regularise(), training.recompute(), training.bfloat16(), training.checkpointEvery());
    }

    private static String label(Enum<?> choice) {
        return choice == null ? null : FineTuneSettings.label(choice);
    }

    /** @return null for null: the service has a default */
    static Mode mode(String label) {
        return choice("mode", label, Mode.values());
    }

    /** @return null for null: the service has a default */
    static Schedule schedule(String label) {
        return choice("schedule", label, Schedule.values());
    }

    /** @return null for null: the service has a default */
    static Augment augmentation(String label) {
        return choice("augmentation", label, Augment.values());
    }

    private static <E extends Enum<E>> E choice(String field, String label, E[] choices) {
        return label == null ? null : Arrays.stream(choices).filter(choice -> FineTuneSettings.label(choice).equals(label)).findFirst()
                .orElseThrow(() -> new InvalidInput(field, label,
                        Arrays.stream(choices).map(FineTuneSettings::label).collect(Collectors.joining(" or "))));
    }
}
