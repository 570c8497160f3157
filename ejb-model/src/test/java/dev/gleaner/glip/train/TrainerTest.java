package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.Network;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.ReferenceModel;
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.checkpoint.StoredTensor;
import dev.gleaner.glip.ops.Gradients;
import dev.gleaner.glip.vision.ImageTensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tiny reference model on noise of up to 96 x 128 pixels; arrays are compared bit for bit, by name. */
class TrainerTest {

    private static final Optimiser OPTIMISER = new Optimiser(1e-3, 1e-4, 1e-2, 1);
    private static final Regularisation EVERYTHING = new Regularisation(0.3, 0.3, 3, 0.1, 0.1);
    private static final int[] CAPTION = {2, 40, 41, 18, 42, 3};
    private static final TrainingItem ITEM = item(1, 96, 128, CAPTION, 10, 10, 60, 50, 30, 40, 100, 90);
    private static final TrainingItem OTHER = item(2, 64, 96, new int[] {2, 50, 18, 51, 52, 53, 3}, 5, 8, 70, 55);
    private static final TrainingItem EMPTY = item(3, 64, 64, CAPTION);
    /** As EMPTY, but its p6 has 2 x 2 places: of one place oneDNN's bfloat16 convolution gives gradients that are garbage. */
    private static final TrainingItem LARGER_EMPTY = item(4, 96, 96, CAPTION);

    private static ReferenceModel model;
    private static Map<String, StoredTensor> start;

    @BeforeAll
    static void read() {
        model = new ReferenceModel(Reference.file("tiny"));
        start = model.weights();
    }

    /** Noise with these boxes; the first is named by token 1, others by tokens 1 and 2. */
    private static TrainingItem item(long seed, int height, int width, int[] caption, float... boxes) {
        Random random = new Random(seed);
        float[] pixels = new float[3 * height * width];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        List<int[]> tokens = new ArrayList<>();
        for (int box = 0; box < boxes.length / 4; box++) {
            tokens.add(box == 0 ? new int[] {1} : new int[] {1, 2});
        }
        int[] mask = new int[256];
        Arrays.fill(mask, 0, caption.length, 1);
        return new TrainingItem(new ImageTensor(pixels, height, width, height, width, height, width), "caption " + caption.length,
                Arrays.copyOf(caption, 256), mask, boxes, new int[boxes.length / 4], tokens, 0);
    }

    private static TrainingItem withPixel(TrainingItem item, float value) {
        ImageTensor image = item.image();
        float[] pixels = image.values().clone();
        pixels[pixels.length / 2] = value;
        return new TrainingItem(new ImageTensor(pixels, image.paddedHeight(), image.paddedWidth(), image.height(), image.width(),
                image.originalHeight(), image.originalWidth()), item.caption(), item.tokenIds(), item.attentionMask(), item.boxes(),
                item.labels(), item.positiveTokens(), 0);
    }

    private static TrainingSettings settings(TuningMode mode, Regularisation regularisation, double average, boolean recompute,
            boolean bfloat16) {
        return new TrainingSettings(mode, 2, LearningRate.official(2, 6), OPTIMISER, regularisation, average, recompute, bfloat16, 17);
    }

    private static Trainer trainer(TrainingSettings settings) throws IOException {
        return new Trainer(model.config(), settings, start, settings.mode() == TuningMode.PROMPT ? CAPTION : null, Device.cpu());
    }

    private static Trainer plain() throws IOException {
        return trainer(settings(TuningMode.FULL, Regularisation.NONE, 0, false, false));
    }

    private static Map<String, float[]> read(List<StoredTensor> tensors) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (StoredTensor tensor : tensors) {
            try {
                float[] floats = new float[(int) tensor.elements()];
                tensor.readFloats().get(floats);
                values.put(tensor.name(), floats);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return values;
    }

    /** As it is now, to be read after the trainer has gone on. */
    private static Map<String, StoredTensor> snapshot(Trainer trainer) {
        Map<String, StoredTensor> snapshot = new LinkedHashMap<>();
        Map<String, float[]> values = read(trainer.state());
        trainer.state().forEach(tensor -> snapshot.put(tensor.name(),
                StoredTensor.ofFloats(tensor.name(), tensor.shape(), () -> FloatBuffer.wrap(values.get(tensor.name())))));
        return snapshot;
    }

    private static List<String> different(Map<String, float[]> first, Map<String, float[]> second) {
        assertThat(first.keySet()).isEqualTo(second.keySet());
        return first.keySet().stream().filter(name -> !Arrays.equals(first.get(name), second.get(name))).toList();
    }

    private static Map<String, float[]> gradients(Trainer trainer) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        trainer.trainedParameters().forEach(name -> gradients.put(name, trainer.gradient(name)));
        return gradients;
    }

    /** Each value within a share of the gradient's largest. */
    private static void assertClose(Map<String, float[]> actual, Map<String, float[]> expected, double tolerance) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, values) -> {
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < values.length; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
                difference = Math.max(difference, Math.abs((double) values[i] - actual.get(name)[i]));
            }
            assertThat(difference).as("difference of %s, whose largest value is %s", name, largest)
                    .isLessThanOrEqualTo(tolerance * largest + 1e-7);
        });
    }

    @ParameterizedTest
    @EnumSource
    void eachModeChangesItsParametersAndNoOthers(TuningMode mode) throws IOException {
        try (Trainer trainer = trainer(settings(mode, Regularisation.NONE, 0, false, false))) {
            Map<String, float[]> before = read(trainer.weights());
            trainer.step(List.of(ITEM));
            trainer.step(List.of(ITEM));
            List<String> expected = before.keySet().stream().filter(name -> switch (mode) {
                case FULL -> !name.startsWith("head.classes.");
                case LANGUAGE_FROZEN -> !name.startsWith("head.classes.") && !name.startsWith("bert.");
                case LINEAR_PROBE -> List.of("head.boxes.weight", "head.boxes.bias", "head.centreness.weight", "head.centreness.bias",
                        "head.text_projection.weight", "head.text_projection.bias", "head.log_scale", "head.text_bias", "head.bias")
                        .contains(name);
                case PROMPT -> false;
            }).toList();
            List<String> trained = mode == TuningMode.PROMPT ? List.of("prompt.offset") : expected;
            assertThat(trainer.trainedParameters()).containsExactlyInAnyOrderElementsOf(trained);
            // What no gradient reaches and does not decay stays: biases of p5's scale, say, when no box falls there.
            List<String> still = trainer.trainedParameters().stream().filter(name -> Optimiser.OFFICIAL.group(name).decay() == 0
                    && zero(trainer.gradient(name))).toList();
            assertThat(different(before, read(trainer.weights()))).containsExactlyInAnyOrderElementsOf(
                    expected.stream().filter(name -> !still.contains(name)).toList());
            assertThat(still.size()).isLessThan(10);
        }
    }

    private static boolean zero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void promptTuningLearnsOneOffsetForOneCaption(boolean recompute, boolean bfloat16) throws IOException {
        try (Trainer trainer = trainer(settings(TuningMode.PROMPT, EVERYTHING, 0.5, recompute, bfloat16))) {
            assertThat(trainer.promptOffset()).hasSize(CAPTION.length * model.config().bert().hidden()).containsOnly(0);
            assertThat(trainer.step(List.of(ITEM, EMPTY)).gradientNorm()).isPositive();
            assertThat(trainer.step(List.of(ITEM, EMPTY)).applied()).isTrue();
            assertThat(zero(trainer.promptOffset())).isFalse();
            int width = model.config().bert().hidden();
            for (int token = 0; token < CAPTION.length; token++) {
                assertThat(zero(Arrays.copyOfRange(trainer.promptOffset(), token * width, (token + 1) * width)))
                        .as("nothing learnt for token %d", token).isFalse();
            }
            Map<String, StoredTensor> before = snapshot(trainer);
            assertThat(before.keySet()).containsExactly("weight/prompt.offset", "mean/prompt.offset", "square/prompt.offset",
                    "average/prompt.offset");
            assertThatThrownBy(() -> trainer.step(List.of(ITEM, OTHER))).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("caption: 'caption 7' is not the one this prompt is tuned for");
            assertThat(different(read(trainer.state()), read(List.copyOf(before.values())))).isEmpty();
            assertThat(trainer.step()).isEqualTo(2);
        }
    }

    @Test
    void onlyPromptTuningTakesACaption() {
        TrainingSettings prompt = settings(TuningMode.PROMPT, Regularisation.NONE, 0, false, false);
        assertThatThrownBy(() -> new Trainer(model.config(), prompt, start, null, Device.cpu()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("promptTokens: ");
        TrainingSettings full = settings(TuningMode.FULL, Regularisation.NONE, 0, false, false);
        assertThatThrownBy(() -> new Trainer(model.config(), full, start, CAPTION, Device.cpu()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("promptTokens: ");
    }

    @Test
    void weightsThatDoNotFitAreNamed() {
        Map<String, StoredTensor> wrong = new LinkedHashMap<>(start);
        wrong.remove("head.bias");
        wrong.put("head.log_scale", StoredTensor.ofFloats("head.log_scale", new long[] {2}, () -> FloatBuffer.allocate(2)));
        TrainingSettings full = settings(TuningMode.FULL, Regularisation.NONE, 0, false, false);
        assertThatThrownBy(() -> new Trainer(model.config(), full, wrong, null, Device.cpu()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("head.bias is missing")
                .hasMessageContaining("head.log_scale is (2), expected (1)");
    }

    /** {@code average = 0.75 average + 0.25 weight} after each step, from the weights it started with. */
    @Test
    void theAverageFollowsTheWeights() throws IOException {
        String name = "head.log_scale";
        try (Trainer trainer = trainer(settings(TuningMode.FULL, Regularisation.NONE, 0.75, false, false))) {
            float expected = read(trainer.state()).get("weight/" + name)[0];
            assertThat(read(trainer.weights()).get(name)[0]).isEqualTo(expected);
            float last = expected;
            for (int i = 0; i < 3; i++) {
                trainer.step(List.of(ITEM));
                float weight = read(trainer.state()).get("weight/" + name)[0];
                assertThat(weight).isNotEqualTo(last);
                last = weight;
                expected = 0.75f * expected + 0.25f * weight;
                assertThat(read(trainer.state()).get("average/" + name)[0]).isCloseTo(expected, within(1e-6f));
            }
            assertThat(read(trainer.weights()).get(name)[0]).isCloseTo(expected, within(1e-6f)).isNotEqualTo(last);
        }
    }

    @Test
    void anImageTwiceInABatchIsTheSameAsOnce() throws IOException {
        try (Trainer once = plain(); Trainer twice = plain()) {
            TrainingStep alone = once.step(List.of(ITEM));
            TrainingStep together = twice.step(List.of(ITEM, ITEM));
            assertThat(together.loss()).isCloseTo(alone.loss(), within(1e-6 * alone.loss()));
            assertThat(together.positives()).isEqualTo(2 * alone.positives());
            assertClose(gradients(twice), gradients(once), 1e-5);
        }
    }

    /** The two images by themselves, each divided by what the batch is divided by, on a network of the test's own. */
    @Test
    void theGradientsOfABatchAreTheSumOfItsImages() throws IOException {
        List<TrainingItem> batch = List.of(ITEM, OTHER, EMPTY);
        try (Trainer trainer = plain(); NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            TrainingStep step = trainer.step(batch);
            Network network = model.load(new Network(model.config()), manager);
            List<ImageTargets> targets = batch.stream().map(item -> ImageTargets.of(model.config().anchors(),
                    item.image().paddedHeight(), item.image().paddedWidth(), item.boxes())).toList();
            GlipLoss loss = GlipLoss.of(targets);
            assertThat(step.positives()).isEqualTo((int) loss.positives()).isGreaterThan(2);
            Map<String, float[]> sums = new LinkedHashMap<>();
            double total = 0;
            for (int i = 0; i < batch.size(); i++) {
                total += add(sums, network, batch.get(i), targets.get(i), loss, manager);
            }
            assertThat(step.loss()).isCloseTo(total, within(1e-5 * total));
            sums.keySet().removeIf(name -> name.startsWith("head.classes."));
            assertClose(gradients(trainer), sums, 1e-4);
        }
    }

    /** Sums are added up in another order, so the numbers agree as closely as single precision allows; what is shared is the same. */
    @Test
    void severalThreadsComeToWhatOneComesTo() throws IOException {
        List<TrainingItem> batch = List.of(ITEM, OTHER, EMPTY);
        TrainingSettings settings = settings(TuningMode.FULL, Regularisation.NONE, 0.9, false, false);
        try (Trainer one = plain(); Trainer two = new Trainer(model.config(), settings, start, null, Device.cpu(), 2);
                Trainer five = new Trainer(model.config(), settings, start, null, Device.cpu(), 5)) {
            TrainingStep expected = one.step(batch);
            for (Trainer several : List.of(two, five)) {
                TrainingStep step = several.step(batch);
                assertThat(step.loss()).isCloseTo(expected.loss(), within(1e-6 * expected.loss()));
                assertClose(gradients(several), gradients(one), 1e-5);
            }
            // The second step shows that every thread's copy has followed the first.
            double second = one.step(batch).loss();
            assertThat(second).isNotCloseTo(expected.loss(), within(1e-3));
            assertThat(two.step(batch).loss()).isCloseTo(second, within(1e-4 * second));
            assertThat(five.step(batch).loss()).isCloseTo(second, within(1e-4 * second));
            assertThat(two.step(List.of(ITEM, withPixel(OTHER, Float.NaN))).applied()).isFalse();
        }
    }

    /** What a thread makes is its own to close; left alone it would fill the memory in a thousand steps. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void stepsLeaveNothingBehind(int lanes) throws IOException {
        TrainingSettings settings = settings(TuningMode.FULL, Regularisation.NONE, 0.9, false, false);
        try (Trainer trainer = new Trainer(model.config(), settings, start, null, Device.cpu(), lanes)) {
            trainer.step(List.of(ITEM, OTHER));
            int held = trainer.arraysHeld();
            trainer.step(List.of(ITEM, OTHER));
            trainer.step(List.of(EMPTY, ITEM));
            assertThat(trainer.arraysHeld()).isEqualTo(held).isGreaterThan(100);
        }
    }

    @Test
    void aFaultInOneThreadIsTheCallers() throws IOException {
        TrainingSettings settings = settings(TuningMode.FULL, Regularisation.NONE, 0, false, false);
        try (Trainer two = new Trainer(model.config(), settings, start, null, Device.cpu(), 2); Trainer one = plain()) {
            TrainingItem broken = new TrainingItem(ITEM.image(), ITEM.caption(), ITEM.tokenIds(), ITEM.attentionMask(), ITEM.boxes(), ITEM.labels(),
                    List.of(new int[] {10_000}, new int[] {10_000}), 0);
            assertThatThrownBy(() -> two.step(List.of(ITEM, broken))).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(two.step(List.of(ITEM, OTHER)).loss()).isCloseTo(one.step(List.of(ITEM, OTHER)).loss(), within(1e-4));
        }
    }

    @Test
    void severalThreadsRegulariseNothing() {
        TrainingSettings settings = settings(TuningMode.FULL, EVERYTHING, 0, false, false);
        assertThatThrownBy(() -> new Trainer(model.config(), settings, start, null, Device.cpu(), 2))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("lanes: 2");
        assertThatThrownBy(() -> new Trainer(model.config(), settings, start, null, Device.cpu(), 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("lanes: 0");
    }

    private static double add(Map<String, float[]> sums, Network network, TrainingItem item, ImageTargets targets, GlipLoss loss,
            NDManager manager) {
        int tokens = IntStream.of(item.attentionMask()).sum();
        network.namedParameters().values().forEach(parameter -> parameter.getArray().setRequiresGradient(true));
        network.namedParameters().values().forEach(parameter -> Gradients.clear(parameter.getArray()));
        NDArray pixels = manager.create(item.image().values(), new Shape(1, 3, item.image().paddedHeight(), item.image().paddedWidth()));
        NDArray ids = manager.create(Arrays.stream(item.tokenIds()).limit(tokens).asLongStream().toArray(), new Shape(1, tokens));
        NDArray mask = manager.create(Arrays.stream(item.attentionMask()).limit(tokens).asLongStream().toArray(), new Shape(1, tokens));
        NDArray total = Gradients.backward(() -> loss.of(network.forward(false, pixels, ids, mask), targets, item.positiveTokens(), 256)
                .get(0));
        network.namedParameters().forEach((name, parameter) -> {
            float[] gradient = parameter.getArray().getGradient().toFloatArray();
            float[] sum = sums.computeIfAbsent(name, key -> new float[gradient.length]);
            for (int i = 0; i < gradient.length; i++) {
                sum[i] += gradient[i];
            }
        });
        return total.getDouble();
    }

    /**
     * What is left out at random is the same in both. PyTorch rounds otherwise where nothing is recorded, so the numbers agree as
     * far as they do with the official ones: to a thousandth of the largest.
     */
    @ParameterizedTest
    @EnumSource(names = {"FULL", "LINEAR_PROBE", "PROMPT"})
    void recomputingChangesNoGradient(TuningMode mode) throws IOException {
        List<TrainingItem> batch = mode == TuningMode.PROMPT ? List.of(ITEM, EMPTY) : List.of(ITEM, OTHER, EMPTY);
        try (Trainer kept = trainer(settings(mode, EVERYTHING, 0, false, false));
                Trainer again = trainer(settings(mode, EVERYTHING, 0, true, false));
                Trainer quiet = trainer(settings(mode, Regularisation.NONE, 0, false, false))) {
            TrainingStep first = kept.step(batch);
            TrainingStep second = again.step(batch);
            assertThat(second.loss()).isCloseTo(first.loss(), within(1e-6 * first.loss()));
            assertClose(gradients(again), gradients(kept), 1e-3);
            double unregularised = quiet.step(batch).loss();
            if (mode == TuningMode.PROMPT) {
                assertThat(first.loss()).isEqualTo(unregularised);
            } else {
                assertThat(first.loss()).isNotCloseTo(unregularised, within(1e-4 * unregularised));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTrainingThatIsResumedEndsWithTheSameBits(boolean recompute) throws IOException {
        TrainingSettings settings = settings(TuningMode.FULL, EVERYTHING, 0.9, recompute, false);
        List<List<TrainingItem>> batches = List.of(List.of(ITEM, OTHER), List.of(EMPTY, ITEM), List.of(OTHER, ITEM),
                List.of(ITEM, ITEM), List.of(OTHER, EMPTY), List.of(ITEM, OTHER));
        Map<String, StoredTensor> half;
        Map<String, float[]> expected;
        Map<String, float[]> weights;
        List<TrainingStep> steps = new ArrayList<>();
        try (Trainer trainer = trainer(settings)) {
            for (int i = 0; i < 3; i++) {
                trainer.step(batches.get(i));
            }
            half = snapshot(trainer);
            for (int i = 3; i < 6; i++) {
                steps.add(trainer.step(batches.get(i)));
            }
            expected = read(trainer.state());
            weights = read(trainer.weights());
        }
        try (Trainer trainer = trainer(settings)) {
            trainer.step(List.of(OTHER));
            trainer.resume(3, 3, half);
            assertThat(different(read(trainer.state()), read(List.copyOf(half.values())))).isEmpty();
            for (int i = 3; i < 6; i++) {
                assertThat(trainer.step(batches.get(i))).isEqualTo(steps.get(i - 3));
            }
            assertThat(trainer.step()).isEqualTo(6);
            assertThat(different(read(trainer.state()), expected)).isEmpty();
            assertThat(different(read(trainer.weights()), weights)).isEmpty();
        }
        assertThat(expected.keySet().stream().filter(name -> name.startsWith("average/"))).hasSizeGreaterThan(250);
    }

    @Test
    void aWrongStateIsNamedAndChangesNothing() throws IOException {
        try (Trainer trainer = trainer(settings(TuningMode.FULL, Regularisation.NONE, 0.9, false, false))) {
            trainer.step(List.of(OTHER));
            Map<String, StoredTensor> state = snapshot(trainer);
            trainer.step(List.of(OTHER));
            Map<String, float[]> before = read(trainer.state());

            Map<String, StoredTensor> missing = new LinkedHashMap<>(state);
            missing.remove("square/head.bias");
            assertThatThrownBy(() -> trainer.resume(1, 1, missing)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("state: square/head.bias is missing, expected (1)");
            Map<String, StoredTensor> other = new LinkedHashMap<>(state);
            other.put("average/head.bias", StoredTensor.ofFloats("average/head.bias", new long[] {3}, () -> FloatBuffer.allocate(3)));
            assertThatThrownBy(() -> trainer.resume(1, 1, other)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("state: average/head.bias is (3), expected (1)");
            Map<String, StoredTensor> surplus = new LinkedHashMap<>(state);
            surplus.put("weight/head.ears", state.get("weight/head.bias"));
            assertThatThrownBy(() -> trainer.resume(1, 1, surplus)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("state: [weight/head.ears] belong to another training");
            assertThat(different(read(trainer.state()), before)).isEmpty();
            assertThat(trainer.step()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void aStepWithoutFiniteNumbersChangesNothing(float pixel) throws IOException {
        try (Trainer trainer = trainer(settings(TuningMode.FULL, EVERYTHING, 0.9, true, false))) {
            trainer.step(List.of(OTHER));
            Map<String, float[]> before = read(trainer.state());
            TrainingStep bad = trainer.step(List.of(ITEM, withPixel(OTHER, pixel)));
            assertThat(bad.applied()).isFalse();
            assertThat(trainer.step()).isEqualTo(2);
            assertThat(trainer.updates()).isEqualTo(1);
            assertThat(bad.loss()).isNaN();
            assertThat(bad.step()).isEqualTo(2);
            assertThat(different(read(trainer.state()), before)).isEmpty();
            TrainingStep good = trainer.step(List.of(ITEM, OTHER));
            assertThat(good.applied()).isTrue();
            assertThat(good.gradientNorm()).isFinite().isPositive();
            assertThat(read(trainer.state()).values().stream().flatMapToDouble(values ->
                    IntStream.range(0, values.length).mapToDouble(i -> values[i])).allMatch(Double::isFinite)).isTrue();
        }
    }

    @Test
    void tenStepsInARowWithoutFiniteNumbersEndTheTraining() throws IOException {
        TrainingItem bad = withPixel(OTHER, Float.NaN);
        try (Trainer trainer = plain()) {
            Map<String, float[]> before = read(trainer.weights());
            assertThat(trainer.step(List.of(bad)).applied()).isFalse();
            assertThat(trainer.step(List.of(OTHER)).applied()).isTrue();
            Map<String, float[]> after = read(trainer.weights());
            assertThat(different(before, after)).isNotEmpty();
            for (int i = 1; i < Trainer.MOST_SKIPPED; i++) {
                assertThat(trainer.step(List.of(bad)).applied()).isFalse();
            }
            assertThatThrownBy(() -> trainer.step(List.of(bad))).isInstanceOf(TrainingDiverged.class)
                    .hasMessageStartingWith("training stopped at step 12: loss NaN")
                    .hasMessageContaining("for 10 steps in a row");
            assertThatThrownBy(() -> trainer.step(List.of(bad))).isInstanceOf(TrainingDiverged.class);
            assertThat(different(read(trainer.weights()), after)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "true, true"})
    void anImageWithoutBoxesTrains(boolean recompute, boolean bfloat16) throws IOException {
        try (Trainer trainer = trainer(settings(TuningMode.FULL, EVERYTHING, 0, recompute, bfloat16))) {
            TrainingStep step = trainer.step(List.of(bfloat16 ? LARGER_EMPTY : EMPTY));
            assertThat(step.applied()).isTrue();
            assertThat(step.positives()).isZero();
            assertThat(step.loss()).isPositive().isEqualTo(step.alignment());
            assertThat(step.boxes()).isZero();
            assertThat(step.centreness()).isZero();
            assertThat(zero(trainer.gradient("head.boxes.weight"))).isTrue();
            assertThat(zero(trainer.gradient("head.bias"))).isFalse();
            assertThat(zero(trainer.gradient("swin.patch.projection.weight"))).isFalse();
        }
    }

    @Test
    void aStepNeedsImages() throws IOException {
        try (Trainer trainer = plain()) {
            assertThatThrownBy(() -> trainer.step(List.of())).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("batch");
            assertThat(trainer.step()).isZero();
        }
    }

    @Test
    void stepsMakeTheLossSmaller() throws IOException {
        try (Trainer trainer = plain()) {
            double first = trainer.step(List.of(ITEM, OTHER)).loss();
            double last = first;
            for (int i = 0; i < 10; i++) {
                last = trainer.step(List.of(ITEM, OTHER)).loss();
            }
            assertThat(last).isLessThan(0.95 * first);
        }
    }

    /** Eight bits of mantissa: losses within some percent, and gradients that mostly agree, in single precision. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void halfPrecisionComesNearSinglePrecision(boolean recompute) throws IOException {
        try (Trainer single = plain(); Trainer half = trainer(settings(TuningMode.FULL, Regularisation.NONE, 0, recompute, true))) {
            TrainingStep expected = single.step(List.of(ITEM, LARGER_EMPTY));
            TrainingStep actual = half.step(List.of(ITEM, LARGER_EMPTY));
            assertThat(actual.alignment()).isCloseTo(expected.alignment(), within(0.03 * expected.alignment()));
            assertThat(actual.boxes()).isCloseTo(expected.boxes(), within(0.03 * expected.boxes()));
            assertThat(actual.centreness()).isCloseTo(expected.centreness(), within(0.03 * expected.centreness()));
            assertThat(actual.gradientNorm()).isCloseTo(expected.gradientNorm(), within(0.1 * expected.gradientNorm()));
            assertThat(cosine(gradients(half), gradients(single))).isGreaterThan(0.98);
            // Values that half precision does not have.
            assertThat(rounded(half.gradient("head.log_scale"))).isFalse();
            assertThat(rounded(read(half.weights()).get("head.boxes.weight"))).isFalse();
        }
    }

    private static double cosine(Map<String, float[]> first, Map<String, float[]> second) {
        double product = 0;
        double length = 0;
        double other = 0;
        for (String name : first.keySet()) {
            for (int i = 0; i < first.get(name).length; i++) {
                product += (double) first.get(name)[i] * second.get(name)[i];
                length += (double) first.get(name)[i] * first.get(name)[i];
                other += (double) second.get(name)[i] * second.get(name)[i];
            }
        }
        return product / Math.sqrt(length * other);
    }

    private static boolean rounded(float[] values) {
        for (float value : values) {
            if ((Float.floatToIntBits(value) & 0xffff) != 0) {
                return false;
            }
        }
        return true;
    }
}
