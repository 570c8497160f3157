package dev.gleaner.glip.train;

import ai.djl.Device;
import dev.gleaner.evaluation.DetectionFigures;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.Provenance;
import dev.gleaner.glip.text.BertTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Trains a small GLIP from nothing on 120 photos of raccoons and prints its AP on the other 40 before and after, with the losses
 * on the way: {@code mvn -Praccoons -pl ejb-model -am test}. Killed and started again it goes on.
 */
public final class RaccoonTraining {

    private static final GlipConfig CONFIG = new GlipConfig(
            new GlipConfig.Input(224, 320, List.of(103.53, 116.28, 123.675), List.of(57.375, 57.12, 58.395), 32),
            new GlipConfig.Swin(32, List.of(2, 2, 2, 2), List.of(2, 4, 8, 16), 7, 4), 64,
            new GlipConfig.Bert(64, 2, 4, 128, 8, 256, 2, 1e-12),
            new GlipConfig.Text(256, ". "),
            new GlipConfig.Fusion(true, 128, 4, true, true, true, true),
            new GlipConfig.Head(2, 16, 80, GlipConfig.Aligned.HIDDEN, true, 0, 0.01),
            new GlipConfig.Anchors(List.of(64.0, 128.0, 256.0, 512.0, 1024.0), List.of(8, 16, 32, 64, 128)),
            new GlipConfig.Selection(0.05, 0.6, 1000, 100, 80));
    private static final long SEED = 7;

    private final Raccoons training;
    private final Path folder;
    private final Augmentation augmentation;
    private final TrainingSettings settings;

    RaccoonTraining(Raccoons training, Path folder, Augmentation augmentation, TrainingSettings settings) {
        this.training = training;
        this.folder = folder;
        this.augmentation = augmentation;
        this.settings = settings;
    }

    static GlipConfig config() {
        return CONFIG;
    }

    static TrainingSettings settings(int steps, int batch, double rate) {
        return new TrainingSettings(TuningMode.FULL, batch, new LearningRate(steps / 20, 0.001, steps, List.of(), true, 0.01),
                new Optimiser(rate, rate, 0.05, 1), Regularisation.NONE, 0.99, false, false, SEED);
    }

    /** The model that has learned nothing. */
    Bundle untrained() throws IOException {
        Path target = folder.resolve("untrained");
        if (Files.exists(target)) {
            return Bundle.open(target);
        }
        Path vocabulary = Files.createDirectories(folder).resolve("vocab.txt");
        Files.write(vocabulary, List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", Raccoons.NAME, "##s"));
        return Bundle.write(target, CONFIG, new Provenance(CONFIG.architecture(), Instant.EPOCH.toString(), "RaccoonTraining",
                List.of(), null), vocabulary, InitialWeights.of(CONFIG, SEED).values());
    }

    /** Trains, or goes on training, and writes the result. */
    Bundle train(int report) throws IOException {
        Bundle base = untrained();
        ItemMaker items = new ItemMaker(CONFIG, BertTokenizer.read(base.vocabulary()), augmentation, CaptionSampler.everyCategory());
        try (Trainer trainer = new Trainer(CONFIG, settings, base.weights(), null, Device.cpu())) {
            new TrainingRun(trainer, settings, items, training.examples(), folder.resolve("checkpoints"),
                    training.photos().size() + " photos of raccoons", Math.max(1, settings.steps() / 10)).run(new Printer(report));
            Path target = folder.resolve("trained");
            return Files.exists(target) ? Bundle.open(target)
                    : Bundle.write(target, CONFIG, new Provenance(CONFIG.architecture(), Instant.now().toString(), "RaccoonTraining",
                            List.of(), "untrained"), base.vocabulary(), trainer.weights());
        }
    }

    private record Printer(int every) implements TrainingRun.Listener {
        @Override
        public void stepped(TrainingStep step) {
            if (step.step() % every == 0) {
                System.out.printf(Locale.ROOT, "step %d: loss %.3f = alignment %.3f + boxes %.3f + centreness %.3f%n", step.step(),
                        step.loss(), step.alignment(), step.boxes(), step.centreness());
            }
        }

        @Override
        public void unreadable(int index, IOException reason) {
            System.out.println("photo " + index + " cannot be read: " + reason.getMessage());
        }

        @Override
        public boolean stopRequested() {
            return false;
        }
    }

    static void print(String when, DetectionFigures figures) {
        System.out.printf(Locale.ROOT, "AP %s training: %.1f (AP50 %.1f, AP75 %.1f)%n", when, 100 * figures.ap(),
                100 * figures.ap50(), 100 * figures.ap75());
    }

    /** @param arguments a folder for the training, the number of steps */
    public static void main(String[] arguments) throws IOException {
        Raccoons all = Raccoons.all();
        Raccoons validation = all.part(120, 160);
        RaccoonTraining training = new RaccoonTraining(all.part(0, 120), Path.of(arguments[0]),
                Augmentation.strong().scaledTo(CONFIG.input()), settings(Integer.parseInt(arguments[1]), 4, 1e-3));
        print("before", validation.evaluate(training.untrained().folder()));
        print("after", validation.evaluate(training.train(20).folder()));
    }
}
