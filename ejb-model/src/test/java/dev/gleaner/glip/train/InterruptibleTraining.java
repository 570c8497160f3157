package dev.gleaner.glip.train;

import ai.djl.Device;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.text.BertTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small training on drawn scenes, with everything random switched on, in a process of its own that can be killed. */
final class InterruptibleTraining {

    static final int STEPS = 12;

    private static final GlipConfig CONFIG = new GlipConfig(
            new GlipConfig.Input(96, 128, List.of(103.53, 116.28, 123.675), List.of(57.375, 57.12, 58.395), 32),
            new GlipConfig.Swin(16, List.of(1, 1, 1, 1), List.of(2, 2, 4, 8), 4, 2), 16,
            new GlipConfig.Bert(16, 1, 2, 32, 9, 256, 2, 1e-12),
            new GlipConfig.Text(256, ". "),
            new GlipConfig.Fusion(true, 32, 2, true, true, true, true),
            new GlipConfig.Head(1, 4, 80, GlipConfig.Aligned.HIDDEN, true, 0, 0.01),
            new GlipConfig.Anchors(List.of(64.0, 128.0, 256.0, 512.0, 1024.0), List.of(8, 16, 32, 64, 128)),
            new GlipConfig.Selection(0.05, 0.6, 1000, 100, 80));

    private InterruptibleTraining() {
    }

    static TrainingSettings settings(long seed) {
        return new TrainingSettings(TuningMode.FULL, 2, LearningRate.official(3, STEPS), new Optimiser(1e-3, 1e-4, 1e-4, 1),
                Regularisation.OFFICIAL, 0.9, false, false, seed);
    }

    /** Seven scenes; one of them cannot be read. */
    static ExampleSource scenes() {
        return new ExampleSource() {
            @Override
            public int size() {
                return 7;
            }

            @Override
            public TrainingExample read(int index) throws IOException {
                if (index == 3) {
                    throw new IOException("scene 3 is torn");
                }
                Box box = Box.xywh(8 + 4 * index, 12, 40 + index, 30 + 3 * index);
                return new TrainingExample.DetectionExample(Scene.of(128, 96, box), List.of(new TargetBox(box, index % 2)),
                        List.of("square", "circle", "star"));
            }
        };
    }

    static boolean run(Path folder, long seed, TrainingRun.Listener listener) throws IOException {
        Path vocabulary = folder.resolve("vocab.txt");
        Files.write(vocabulary, List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "square", "circle", "star"));
        TrainingSettings settings = settings(seed);
        ItemMaker items = new ItemMaker(CONFIG, BertTokenizer.read(vocabulary), Augmentation.strong().scaledTo(CONFIG.input()),
                CaptionSampler.official());
        try (Trainer trainer = new Trainer(CONFIG, settings, InitialWeights.of(CONFIG, 5), null, Device.cpu())) {
            return new TrainingRun(trainer, settings, items, scenes(), folder.resolve("checkpoints"), "seven scenes", 2).run(listener);
        }
    }

    /** Prints a line for each step. */
    public static void main(String[] arguments) throws IOException {
        run(Path.of(arguments[0]), 11, new TrainingRun.Listener() {
            @Override
            public void stepped(TrainingStep step) {
                System.out.println("step " + step.step() + " " + step.loss());
                System.out.flush();
            }

            @Override
            public void unreadable(int index, IOException reason) {
                System.out.println("unreadable " + index);
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        });
    }
}
