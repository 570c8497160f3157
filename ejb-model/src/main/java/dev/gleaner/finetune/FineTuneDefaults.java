package dev.gleaner.finetune;

import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.InvalidInput;
import dev.gleaner.finetune.FineTuneSettings.Augment;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.finetune.FineTuneSettings.Schedule;
import java.util.ArrayList;
import java.util.List;

/**
 * From what somebody wants to how it is trained. The defaults are those of the official fine-tuning on the datasets of ODinW: all
 * parameters, 4 images a step, a rate of 1e-4 and 1e-5 for the language backbone, a weight decay of 0.05, no average, gradients
 * recomputed. It trains until validation gets no better; what is here instead are 12 epochs, the detectors' usual schedule, and no
 * fewer than 100 steps, since a few images need more than 12 looks.
 */
final class FineTuneDefaults {

    private static final double EPOCHS = 12;
    private static final int LEAST_STEPS = 100;
    private static final int MOST_STEPS = 10_000_000;
    private static final int MOST_BATCH = 1024;
    private static final int MOST_SHOTS = 1_000_000;
    private static final double MOST_EPOCHS = 100_000;

    private final List<Fault> faults = new ArrayList<>();

    private FineTuneDefaults() {
    }

    /** @throws InvalidInput naming everything that is out of its range */
    static void check(NewFineTune.Training wanted) {
        FineTuneDefaults checks = new FineTuneDefaults();
        checks.whole("shots", wanted.shots(), 1, MOST_SHOTS);
        if (wanted.steps() != null && wanted.epochs() != null) {
            checks.fault("epochs", wanted.epochs(), "either steps or epochs");
        }
        checks.whole("steps", wanted.steps(), 1, MOST_STEPS);
        checks.positive("epochs", wanted.epochs(), MOST_EPOCHS);
        checks.whole("batch", wanted.batch(), 1, MOST_BATCH);
        checks.positive("learningRate", wanted.learningRate(), 1);
        checks.positive("languageLearningRate", wanted.languageLearningRate(), 1);
        checks.share("weightDecay", wanted.weightDecay());
        checks.positive("clip", wanted.clip(), 1e6);
        checks.share("ema", wanted.ema());
        checks.whole("checkpointEvery", wanted.checkpointEvery(), 1, MOST_STEPS);
        if (!checks.faults.isEmpty()) {
            throw new InvalidInput(checks.faults);
        }
    }

    private void fault(String field, Object value, String expected) {
        faults.add(new Fault(field, value, expected));
    }

    private void whole(String field, Integer value, int least, int most) {
        if (value != null && (value < least || value > most)) {
            fault(field, value, "a whole number from " + least + " to " + most);
        }
    }

    private void positive(String field, Double value, double most) {
        if (value != null && !(value > 0 && value <= most)) {
            fault(field, value, "a number above 0 and up to " + (most < 1e9 && most == Math.rint(most) ? Long.toString((long) most) : most));
        }
    }

    private void share(String field, Double value) {
        if (value != null && !(value >= 0 && value < 1)) {
            fault(field, value, "a number from 0 to below 1");
        }
    }

    /**
     * Everything decided.
     *
     * @param wanted {@linkplain #check checked}
     * @param images how many there are to train on
     * @param gpu    whether this server's model runs on one
     */
    static FineTuneSettings settings(NewFineTune.Training wanted, int images, boolean gpu) {
        int batch = or(wanted.batch(), 4);
        return new FineTuneSettings(or(wanted.mode(), Mode.FULL), wanted.shots(), or(wanted.seed(), 3L), steps(wanted, images, batch), batch,
                or(wanted.learningRate(), 1e-4), or(wanted.languageLearningRate(), 1e-5), or(wanted.schedule(), Schedule.STEPS),
                or(wanted.weightDecay(), 0.05), or(wanted.clip(), 1.0), or(wanted.ema(), 0.0), or(wanted.augmentation(), Augment.OFFICIAL),
                or(wanted.regularise(), true), or(wanted.recompute(), true), or(wanted.bfloat16(), gpu), wanted.checkpointEvery());
    }

    private static int steps(NewFineTune.Training wanted, int images, int batch) {
        if (wanted.steps() != null) {
            return wanted.steps();
        }
        double epochs = or(wanted.epochs(), EPOCHS);
        int steps = (int) Math.min(MOST_STEPS, Math.max(1, Math.ceil(epochs * images / batch)));
        return wanted.epochs() == null ? Math.max(LEAST_STEPS, steps) : steps;
    }

    private static <T> T or(T wanted, T otherwise) {
        return wanted == null ? otherwise : wanted;
    }
}
