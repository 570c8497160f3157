package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.DyHead;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.UntrainedModel;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.RgbImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A model of fixed classes is trained as one with text is: items, losses, steps, and detections in the end. */
class FixedClassesTest {

    private static final List<String> CLASSES = List.of("tree", "tall", "wide");
    private static final Box TALL = Box.xywh(16, 20, 32, 64);
    private static final Box WIDE = Box.xywh(52, 60, 64, 32);

    @TempDir
    static Path folder;

    private static Bundle start;

    @BeforeAll
    static void write() throws IOException {
        Bundle glip = UntrainedModel.write(folder.resolve("glip"), List.of(), 3);
        GlipConfig large = glip.config();
        GlipConfig.Input input = new GlipConfig.Input(128, 128, large.input().mean(), large.input().std(), 32);
        GlipConfig small = new GlipConfig(input, large.swin(), large.channels(), large.bert(), large.text(), large.fusion(),
                large.head(), large.anchors(), large.selection());
        Bundle base = Bundle.write(folder.resolve("small"), small, glip.provenance(), glip.vocabulary(), glip.weights().values());
        start = DyHead.write(folder.resolve("start"), base, CLASSES, 1);
    }

    private static ItemMaker maker(double flip) {
        return ItemMaker.ofClasses(start.config(), CLASSES, new Augmentation(List.of(128), 128, flip, RandomCrop.NONE, ColorJitter.NONE));
    }

    /** The categories of the data have an order of their own. */
    private static DetectionExample scene(Box box, int label) {
        return new DetectionExample(Scene.of(128, 128, box), List.of(new TargetBox(box, label)), List.of("WIDE", "tall"));
    }

    private static List<TrainingItem> batch() {
        return List.of(maker(0).make(scene(TALL, 1), new SplittableRandom(1)), maker(0).make(scene(WIDE, 0), new SplittableRandom(1)));
    }

    private static Trainer trainer(TuningMode mode, double rate) throws IOException {
        return new Trainer(start.config(), new TrainingSettings(mode, 2, LearningRate.constant(100), new Optimiser(rate, 1e-5, 1e-4, 1),
                Regularisation.NONE, 0, false, false, 1), start.weights(), null, Device.cpu());
    }

    @Test
    void anItemHasTheClassesOfTheModel() {
        TrainingItem item = maker(0).make(scene(WIDE, 0), new SplittableRandom(1));

        assertThat(item.caption()).isEmpty();
        assertThat(item.tokenIds()).isEmpty();
        assertThat(item.positiveTokens()).containsExactly(new int[] {2});
        assertThat(item.labels()).containsExactly(0);
        assertThat(item.boxes()).containsExactly(52, 60, 115, 91);
    }

    @Test
    void aMirroredItemHasTheOtherHand() {
        List<String> hands = List.of("left hand", "right hand");
        ItemMaker maker = ItemMaker.ofClasses(start.config(), hands,
                new Augmentation(List.of(128), 128, 1, RandomCrop.NONE, ColorJitter.NONE));

        TrainingItem item = maker.make(new DetectionExample(Scene.of(128, 128, TALL), List.of(new TargetBox(TALL, 0)), hands),
                new SplittableRandom(1));

        assertThat(item.boxes()).containsExactly(80, 20, 111, 83);
        assertThat(item.positiveTokens()).containsExactly(new int[] {1});
    }

    @Test
    void aHandWithoutTheOtherIsNotMirrored() {
        List<String> hand = List.of("nose", "left hand");
        ItemMaker maker = ItemMaker.ofClasses(start.config(), hand,
                new Augmentation(List.of(128), 128, 1, RandomCrop.NONE, ColorJitter.NONE));

        TrainingItem item = maker.make(new DetectionExample(Scene.of(128, 128, TALL), List.of(new TargetBox(TALL, 1)), hand),
                new SplittableRandom(1));

        assertThat(item.boxes()).containsExactly(16, 20, 47, 83);
        assertThat(item.positiveTokens()).containsExactly(new int[] {1});
    }

    @Test
    void whatIsNoClassOrHasACaptionIsRefused() {
        DetectionExample zebra = new DetectionExample(Scene.of(9, 9), List.of(), List.of("tall", "zebra"));
        GroundingExample caption = new GroundingExample(Scene.of(9, 9), "a tall one", List.of(), List.of(List.of(new Span(0, 6))));

        assertThatIllegalArgumentException().isThrownBy(() -> maker(0).make(zebra, new SplittableRandom(1)))
                .withMessage("categories[1]: \"zebra\", expected one of the model's classes: tree, tall, wide");
        assertThatIllegalArgumentException().isThrownBy(() -> maker(0).make(caption, new SplittableRandom(1)))
                .withMessage("caption: \"a tall one\", expected detection data: a model of fixed classes reads no text");
    }

    /** The focal loss of all classes of all anchors, in double precision. */
    @Test
    void theLossIsTheFocalLossOfTheClasses() {
        TrainingItem item = batch().get(0);
        ImageTargets targets = ImageTargets.of(start.config().anchors(), 128, 128, item.boxes());
        int anchors = targets.matched().length;
        assertThat(targets.positives()).isNotEmpty();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray logits = manager.randomNormal(new Shape(anchors, 3));
            double expected = 0;
            for (int a = 0; a < anchors; a++) {
                for (int c = 0; c < 3; c++) {
                    double p = 1 / (1 + Math.exp(-logits.getFloat(a, c)));
                    boolean positive = targets.matched()[a] >= 0 && c == 1;
                    expected -= positive ? 0.25 * Math.pow(1 - p, 2) * Math.log(p) : 0.75 * Math.pow(p, 2) * Math.log(1 - p);
                }
            }
            NDList loss = GlipLoss.of(List.of(targets)).of(new NDList(logits, manager.zeros(new Shape(anchors, 4)),
                    manager.zeros(new Shape(anchors))), targets, item.positiveTokens(), GlipLoss.NO_TEXT);

            expected /= targets.positives().length;
            assertThat(loss.get(1).getDouble()).isCloseTo(expected, within(1e-5 * expected));
        }
    }

    @Test
    void aFewStepsLearnTwoImagesByHeart() throws IOException {
        List<TrainingItem> batch = batch();
        List<Double> losses = new ArrayList<>();
        Path trained = folder.resolve("trained");
        try (Trainer trainer = trainer(TuningMode.FULL, 2e-3)) {
            assertThat(trainer.trainedParameters()).contains("head.classes.weight", "swin.patch.norm.weight").noneMatch(n -> n.startsWith("bert"));
            for (int i = 0; i < 60; i++) {
                losses.add(trainer.step(batch).loss());
            }
            Bundle.write(trained, start.config(), start.provenance(), start.vocabulary(), trainer.weights());
        }
        assertThat(losses.get(59)).isLessThan(0.3 * losses.get(0));

        try (Glip glip = Glip.load(trained, "cpu");
                Glip.PreparedText text = glip.prepare(CLASSES.stream().map(Prompt::of).toList(), Glip.Chunking.PACKED)) {
            for (int i = 0; i < 2; i++) {
                RgbImage image = i == 0 ? scene(TALL, 1).image() : scene(WIDE, 0).image();
                List<Detection> found = glip.detect(glip.decode(PromptTuningTest.png(image)), text, Thresholds.all(0));
                assertThat(found.get(0).category()).isEqualTo(i == 0 ? "tall" : "wide");
                assertThat(found.get(0).box().iou(i == 0 ? TALL : WIDE)).isGreaterThan(0.7);
                assertThat(found.get(0).score()).isGreaterThan(0.5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LANGUAGE_FROZEN", "LINEAR_PROBE"})
    void otherModesTrainTheClassesToo(TuningMode mode) throws IOException {
        try (Trainer trainer = trainer(mode, 1e-3)) {
            assertThat(trainer.trainedParameters()).contains("head.classes.weight", "head.boxes.bias");
            assertThat(trainer.trainedParameters().contains("swin.patch.norm.weight")).isEqualTo(mode == TuningMode.LANGUAGE_FROZEN);
            assertThat(trainer.step(batch()).applied()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"true, false, 1e-6", "false, true, 0.02", "true, true, 0.02"})
    void recomputingAndHalfPrecisionTrainAlike(boolean recompute, boolean half, double tolerance) throws IOException {
        TrainingStep[] steps = new TrainingStep[2];
        for (int i = 0; i < 2; i++) {
            TrainingSettings settings = new TrainingSettings(TuningMode.FULL, 2, LearningRate.constant(1), Optimiser.OFFICIAL,
                    Regularisation.NONE, 0, i == 1 && recompute, i == 1 && half, 1);
            try (Trainer trainer = new Trainer(start.config(), settings, start.weights(), null, Device.cpu())) {
                steps[i] = trainer.step(batch());
            }
        }
        assertThat(steps[1].loss()).isCloseTo(steps[0].loss(), within(tolerance * steps[0].loss()));
        assertThat(steps[1].gradientNorm()).isCloseTo(steps[0].gradientNorm(), within(5 * tolerance * steps[0].gradientNorm()));
    }

    /** The prior of the configuration, 0.3, is what a fresh model gives every class; ln(3 / 7) is its logit. */
    @Test
    void aModelFromNothingStartsNearThePrior() throws IOException {
        GlipConfig config = DyHead.config(start.config(), 2);
        FloatBuffer bias = InitialWeights.of(config, 1).get("head.classes.bias").readFloats();

        assertThat(config.head().classes()).isEqualTo(2);
        assertThat(bias).isEqualTo(FloatBuffer.wrap(new float[] {(float) Math.log(3 / 7.0), (float) Math.log(3 / 7.0)}));
        assertThat(InitialWeights.of(config, 1)).doesNotContainKeys("head.bias", "head.log_scale", "bert.embeddings.word.weight");
    }

    @Test
    void thereIsNoPromptToTune() {
        TrainingSettings settings = new TrainingSettings(TuningMode.PROMPT, 1, LearningRate.constant(1), Optimiser.OFFICIAL,
                Regularisation.NONE, 0, false, false, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Trainer(start.config(), settings, start.weights(), new int[] {1}, Device.cpu()))
                .withMessage("mode: PROMPT, expected another one: a model of fixed classes reads no text");
    }
}
