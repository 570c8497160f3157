package dev.gleaner.scene;

import ai.djl.Device;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.Provenance;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.train.Augmentation;
import dev.gleaner.glip.train.CaptionSampler;
import dev.gleaner.glip.train.ColorJitter;
import dev.gleaner.glip.train.ExampleSource;
import dev.gleaner.glip.train.InitialWeights;
import dev.gleaner.glip.train.ItemMaker;
import dev.gleaner.glip.train.LearningRate;
import dev.gleaner.glip.train.Optimiser;
import dev.gleaner.glip.train.RandomCrop;
import dev.gleaner.glip.train.Trainer;
import dev.gleaner.glip.train.TrainingExample;
import dev.gleaner.glip.train.TrainingRun;
import dev.gleaner.glip.train.TrainingSettings;
import dev.gleaner.glip.train.TrainingStep;
import dev.gleaner.glip.train.TuningMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Trains the starter model from nothing on drawn scenes: {@code mvn -Pstarter -pl ejb-model -am test}. There are three phases: the first
 * shows plain and dense scenes and few captions, since kinds are learned first; the second goes on from its weights with scenes as they
 * are measured, and captions every second time; the third does the same with larger images, in which small things are found better.
 * Killed and started again with the same folder it goes on. The
 * result is the bundle in the folder {@code phase-3/trained}; its figures on the test scenes come last. System properties change what
 * is tried: {@code batch}, {@code average} (of the moving average), {@code validation} and {@code test} (scenes), {@code device}.
 */
public final class StarterTraining {

    private static final long SEED = 5;
    /** More than any training on a few cores gets to see. */
    private static final int SCENES = 1_000_000;
    /** Threads that share a batch; the operations of a model as small as this do not fill two cores. */
    private static final int LANES = Integer.getInteger("lanes", 2);
    private static final int VALIDATION = Integer.getInteger("validation", 40);
    private static final int TEST = Integer.getInteger("test", 300);

    /** What is shown, in this order again and again. */
    enum Phase {
        FIRST(5e-4, 320, null, SceneSettings.PLAIN, SceneSettings.DENSE, SceneSettings.DENSE),
        SECOND(4e-4, 320, null, SceneSettings.TRAINING, null, SceneSettings.DENSE),
        THIRD(3e-4, 416, null, SceneSettings.TRAINING, null, SceneSettings.DENSE);

        private final double rate;
        /** What the shorter side of an image is resized to, in pixels. */
        private final int side;
        /** Null for a caption. */
        private final List<SceneSettings> shown;

        Phase(double rate, int side, SceneSettings... shown) {
            this.rate = rate;
            this.side = side;
            this.shown = Arrays.asList(shown);
        }
    }

    private final Path folder;
    private final Phase phase;
    private final String device;
    private final TrainingSettings settings;

    /** @param all the folder of all phases */
    StarterTraining(Path all, Phase phase, String device, TrainingSettings settings) {
        folder = all.resolve("phase-" + (phase.ordinal() + 1));
        this.phase = phase;
        this.device = device;
        this.settings = settings;
    }

    static GlipConfig config(Phase phase) {
        return new GlipConfig(
                new GlipConfig.Input(phase.side, phase.side * 5 / 4, List.of(103.53, 116.28, 123.675), List.of(57.375, 57.12, 58.395), 32),
                new GlipConfig.Swin(32, List.of(2, 2, 4, 2), List.of(2, 4, 8, 16), 7, 4), 64,
                new GlipConfig.Bert(96, 2, 4, 256, SceneVocabulary.tokens().size(), 256, 2, 1e-12),
                new GlipConfig.Text(256, ". "),
                new GlipConfig.Fusion(true, 128, 4, true, true, true, true),
                new GlipConfig.Head(2, 16, 80, GlipConfig.Aligned.HIDDEN, true, -2, 0.01),
                new GlipConfig.Anchors(List.of(32.0, 64.0, 128.0, 256.0, 512.0), List.of(8, 16, 32, 64, 128)),
                new GlipConfig.Selection(0.05, 0.6, 1000, 100, 80));
    }

    static TrainingSettings settings(Phase phase, int steps, int batch, double average) {
        return new TrainingSettings(TuningMode.FULL, batch, LearningRate.cosine(Math.min(100, steps / 10), steps, 0.01),
                new Optimiser(phase.rate, phase.rate, 0.05, 1), Regularisation.NONE, average, false, false, SEED + phase.ordinal());
    }

    /** The model that has learned nothing. */
    Bundle untrained() throws IOException {
        Path target = folder.resolve("untrained");
        if (Files.exists(target)) {
            return Bundle.open(target);
        }
        GlipConfig config = config(phase);
        Path vocabulary = Files.createDirectories(folder).resolve("vocab.txt");
        Files.write(vocabulary, SceneVocabulary.tokens());
        return Bundle.write(target, config, provenance(config, null), vocabulary, InitialWeights.of(config, SEED).values());
    }

    /** @param parent what this phase goes on from; null if from nothing */
    private Provenance provenance(GlipConfig config, String parent) {
        String made = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return new Provenance(config.architecture(), made, Provenance.thisProgram() + ", StarterTraining with seed " + SEED + ", phase "
                + phase + ", " + settings.steps() + " steps of " + settings.batch() + " drawn scenes", List.of(), parent);
    }

    private ExampleSource examples() {
        return new ExampleSource() {
            @Override
            public int size() {
                return SCENES;
            }

            @Override
            public TrainingExample read(int index) {
                SceneSettings settings = phase.shown.get(index % phase.shown.size());
                if (settings != null) {
                    return Scenes.draw(settings, SEED, index).detection(Domain.TRAINED);
                }
                Scene scene = Scenes.draw(SceneSettings.TRAINING, SEED, index);
                return CaptionWriter.write(scene, new SplittableRandom(SEED * SCENES + index)).example(scene);
            }
        };
    }

    /** Every size the same share of the image as before; scenes are endless, so little needs to be changed about them. */
    private Augmentation augmentation() {
        int side = phase.side;
        return new Augmentation(List.of(side * 7 / 10, side * 8 / 10, side * 9 / 10, side, side), side * 5 / 4, 0.5, RandomCrop.NONE, new ColorJitter(0.1, 0.1, 0.1, 0.01));
    }

    /** Trains, or goes on training, from these weights and writes the result. */
    Bundle train(Bundle base, int report, int evaluateEvery) throws IOException {
        Path target = folder.resolve("trained");
        if (Files.exists(target)) {
            return Bundle.open(target);
        }
        GlipConfig config = config(phase);
        ItemMaker items = new ItemMaker(config, BertTokenizer.read(base.vocabulary()), augmentation(), CaptionSampler.official());
        try (Trainer trainer = new Trainer(config, settings, base.weights(), null, device.equals("cpu") ? Device.cpu() : Device.gpu(), LANES)) {
            boolean finished = new TrainingRun(trainer, settings, items, examples(), folder.resolve("checkpoints"),
                    "drawn scenes of phase " + phase + " on " + LANES + " lanes",
                    Math.min(250, settings.steps())).run(new Reporter(trainer, base, report, evaluateEvery));
            if (!finished) {
                throw new IllegalStateException("stopped after " + trainer.step() + " of " + settings.steps() + " steps");
            }
            return Bundle.write(target, config, provenance(config, base.provenance().madeBy()), base.vocabulary(), trainer.weights());
        }
    }

    private final class Reporter implements TrainingRun.Listener {

        private final Trainer trainer;
        private final Bundle base;
        private final int every;
        private final int evaluateEvery;
        private final double[] sums = new double[4];
        private int steps;
        private long start = System.nanoTime();

        Reporter(Trainer trainer, Bundle base, int every, int evaluateEvery) {
            this.trainer = trainer;
            this.base = base;
            this.every = every;
            this.evaluateEvery = evaluateEvery;
        }

        @Override
        public void stepped(TrainingStep step) {
            sums[0] += step.loss();
            sums[1] += step.alignment();
            sums[2] += step.boxes();
            sums[3] += step.centreness();
            steps++;
            if (step.step() % every == 0) {
                System.out.printf(Locale.ROOT, "step %d: loss %.3f = alignment %.3f + boxes %.3f + centreness %.3f, %.2f s a step%n", step.step(),
                        sums[0] / steps, sums[1] / steps, sums[2] / steps, sums[3] / steps, (System.nanoTime() - start) / 1e9 / steps);
                Arrays.fill(sums, 0);
                steps = 0;
                start = System.nanoTime();
            }
            if (step.step() % evaluateEvery == 0) {
                evaluate(step.step());
                start = System.nanoTime();
            }
        }

        private void evaluate(int step) {
            try {
                Path target = folder.resolve("step-" + step);
                if (!Files.exists(target)) {
                    Bundle.write(target, config(phase), provenance(config(phase), base.provenance().madeBy()), base.vocabulary(), trainer.weights());
                }
                SceneMeasure.of(target, device, SceneSettings.TEST, SceneMeasure.VALIDATION_SEED, VALIDATION).print("validation at step " + step);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void unreadable(int index, IOException reason) {
            throw new IllegalStateException("scene " + index, reason);
        }

        @Override
        public boolean stopRequested() {
            return false;
        }
    }

    /** @param arguments a folder for the training, steps between two looks at the validation scenes, the number of steps of each phase */
    public static void main(String[] arguments) throws IOException {
        String device = System.getProperty("device", "cpu");
        Bundle weights = null;
        for (Phase phase : Phase.values()) {
            int steps = Integer.parseInt(arguments[2 + phase.ordinal()]);
            StarterTraining training = new StarterTraining(Path.of(arguments[0]), phase, device, settings(phase, steps,
                    Integer.getInteger("batch", 4), Double.parseDouble(System.getProperty("average", "0.999"))));
            weights = training.train(weights == null ? training.untrained() : weights, 20, Integer.parseInt(arguments[1]));
        }
        SceneMeasure.of(weights.folder(), device, SceneSettings.TEST, SceneMeasure.TEST_SEED, TEST).print("test");
    }
}
