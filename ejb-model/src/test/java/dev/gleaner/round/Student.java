package dev.gleaner.round;

import dev.gleaner.glip.Devices;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.checkpoint.AtomicFolder;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.Provenance;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.train.Augmentation;
import dev.gleaner.glip.train.CaptionSampler;
import dev.gleaner.glip.train.ColorJitter;
import dev.gleaner.glip.train.ExampleSource;
import dev.gleaner.glip.train.ItemMaker;
import dev.gleaner.glip.train.LearningRate;
import dev.gleaner.glip.train.Optimiser;
import dev.gleaner.glip.train.RandomCrop;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.train.Trainer;
import dev.gleaner.glip.train.TrainingExample;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.train.TrainingRun;
import dev.gleaner.glip.train.TrainingSettings;
import dev.gleaner.glip.train.TrainingStep;
import dev.gleaner.glip.train.TuningMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Trains a model on from another one. Interrupted, it goes on from its last checkpoint. */
record Student(String device, int steps, int batch, double rate, double average) {

    /** An image and what is shown of it. */
    record Lesson(int number, List<TargetBox> targets) {
    }

    /** @return the bundle that the student has become, in the folder's {@code bundle} */
    Bundle train(Path folder, Bundle start, Pool pool, List<Lesson> lessons, long seed) throws IOException {
        Path target = folder.resolve("bundle");
        if (Files.exists(target)) {
            return Bundle.open(target);
        }
        GlipConfig config = start.config();
        TrainingSettings settings = new TrainingSettings(TuningMode.FULL, batch, LearningRate.cosine(steps / 10, steps, 0.01),
                new Optimiser(rate, rate, 0.05, 1), Regularisation.NONE, average, false, false, seed);
        ItemMaker items = new ItemMaker(config, BertTokenizer.read(start.vocabulary()), strong(config), CaptionSampler.everyCategory());
        try (Trainer trainer = new Trainer(config, settings, start.weights(), null, Devices.named(device))) {
            new TrainingRun(trainer, settings, items, examples(pool, lessons), folder.resolve("checkpoints"), folder.getFileName().toString(),
                    Math.max(1, steps / 3)).run(new Quiet());
            Bundle trained = Bundle.write(target, config, new Provenance(config.architecture(), Instant.now().toString(), "SelfTrainingExperiment", List.of(),
                    start.weightsSha256()), start.vocabulary(), trainer.weights());
            AtomicFolder.delete(folder.resolve("checkpoints"));
            return trained;
        }
    }

    /** Sizes around the one that the model detects with, every second image cropped, and colours changed. */
    private static Augmentation strong(GlipConfig config) {
        int side = config.input().minSize();
        return new Augmentation(List.of(side * 7 / 8, side, side, side * 9 / 8), config.input().maxSize() * 9 / 8, 0.5, new RandomCrop(0.5, 0.5, 0.5),
                new ColorJitter(0.2, 0.2, 0.2, 0.03));
    }

    private static ExampleSource examples(Pool pool, List<Lesson> lessons) {
        return new ExampleSource() {
            @Override
            public int size() {
                return lessons.size();
            }

            @Override
            public TrainingExample read(int index) {
                Lesson lesson = lessons.get(index);
                return new DetectionExample(pool.picture(lesson.number).image(), lesson.targets, pool.categories());
            }
        };
    }

    private static final class Quiet implements TrainingRun.Listener {
        @Override
        public void stepped(TrainingStep step) {
        }

        @Override
        public void unreadable(int index, IOException reason) {
            throw new IllegalStateException("image " + index, reason);
        }

        @Override
        public boolean stopRequested() {
            return false;
        }
    }
}
