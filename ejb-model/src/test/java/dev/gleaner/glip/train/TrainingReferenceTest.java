package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Npz;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.checkpoint.OfficialCheckpoint;
import dev.gleaner.glip.checkpoint.OfficialConfig;
import dev.gleaner.glip.checkpoint.OfficialNames;
import dev.gleaner.glip.checkpoint.StoredTensor;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.Encoding;
import dev.gleaner.glip.vision.ImageTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets, losses, gradients and optimiser steps of the official implementation on its batch of two images. */
class TrainingReferenceTest {

    static Map<String, Npz.Array> numbers;
    static JsonNode facts;
    private static GlipConfig config;
    static OfficialNames names;
    static List<TrainingItem> batch;

    @BeforeAll
    static void read() throws IOException {
        Path tiny = Reference.file("tiny");
        numbers = Npz.read(Reference.file("training/training.npz"));
        facts = new ObjectMapper().readTree(Reference.file("training/training.json").toFile());
        config = OfficialConfig.read(tiny.resolve("tiny.yaml"), tiny.resolve("bert_config.json"));
        names = new OfficialNames(config);
        batch = batch(BertTokenizer.read(tiny.resolve("vocab.txt")));
    }

    private static List<TrainingItem> batch(BertTokenizer tokenizer) {
        Npz.Array images = numbers.get("batch_images");
        int height = (int) images.shape()[2];
        int width = (int) images.shape()[3];
        float[] all = images.floats();
        float[] map = numbers.get("batch_positive_map_binary").floats();
        int length = config.text().length();
        List<TrainingItem> batch = new ArrayList<>();
        int row = 0;
        for (int i = 0; i < images.shape()[0]; i++) {
            float[] pixels = Arrays.copyOfRange(all, i * 3 * height * width, (i + 1) * 3 * height * width);
            JsonNode size = facts.get("image_sizes_hw").get(i);
            float[] boxes = numbers.get("gt_boxes_img" + i).floats();
            List<int[]> tokens = new ArrayList<>();
            for (int box = 0; box < boxes.length / 4; box++, row++) {
                int start = row * length;
                tokens.add(IntStream.range(0, length).filter(token -> map[start + token] > 0).toArray());
            }
            String caption = facts.get("captions").get(i).asText();
            Encoding encoding = tokenizer.encode(caption);
            int h = size.get(0).asInt();
            int w = size.get(1).asInt();
            batch.add(new TrainingItem(new ImageTensor(pixels, height, width, h, w, h, w), caption, encoding.paddedIds(length, 0),
                    encoding.attentionMask(length), boxes, new int[boxes.length / 4], tokens, 0));
        }
        return batch;
    }

    static Trainer trainer(boolean recompute) throws IOException {
        JsonNode first = facts.get("param_groups").get(0);
        double rate = first.get("lr").asDouble();
        Optimiser optimiser = new Optimiser(rate, Optimiser.OFFICIAL.languageRate(), first.get("weight_decay").asDouble(),
                facts.get("optimizer").get("clip_full_model_norm").asDouble());
        TrainingSettings settings = new TrainingSettings(TuningMode.FULL, batch.size(), LearningRate.constant(5), optimiser,
                Regularisation.NONE, 0, recompute, false, 1);
        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(Reference.file("tiny/tiny.pth"))) {
            Map<String, StoredTensor> ours = new HashMap<>();
            checkpoint.tensors().forEach((name, tensor) -> {
                if (names.ours(name) != null) {
                    ours.put(names.ours(name), tensor);
                }
            });
            return new Trainer(config, settings, ours, null, Device.cpu());
        }
    }

    private static List<ImageTargets> targets() {
        return batch.stream().map(item -> ImageTargets.of(config.anchors(), item.image().paddedHeight(),
                item.image().paddedWidth(), item.boxes())).toList();
    }

    @Test
    void everyAnchorHasItsBox() {
        for (int i = 0; i < batch.size(); i++) {
            ImageTargets targets = targets().get(i);
            assertThat(targets.anchors()).isEqualTo(numbers.get("anchors_img" + i).floats());
            int[] labels = numbers.get("gt_labels_img" + i).ints();
            int[] assigned = IntStream.of(targets.matched()).map(box -> box == AtssMatcher.BACKGROUND ? 0 : labels[box]).toArray();
            assertThat(assigned).isEqualTo(numbers.get("assigned_labels_img" + i).ints());
            assertThat(targets.positives()).isEqualTo(numbers.get("positive_anchor_index_img" + i).ints());
            float[] regression = numbers.get("assigned_reg_targets_img" + i).floats();
            for (int k = 0; k < targets.positives().length; k++) {
                int start = 4 * targets.positives()[k];
                assertThat(Arrays.copyOfRange(targets.regression(), 4 * k, 4 * k + 4))
                        .containsExactly(Arrays.copyOfRange(regression, start, start + 4), within(1e-5f));
            }
        }
    }

    @Test
    void everyPositiveHasItsCentrenessAndItsTokens() {
        float[] expected = numbers.get("centerness_targets_positives").floats();
        int start = 0;
        for (int i = 0; i < batch.size(); i++) {
            ImageTargets targets = targets().get(i);
            int count = targets.positives().length;
            assertThat(targets.centreness()).containsExactly(Arrays.copyOfRange(expected, start, start + count), within(1e-5f));
            start += count;
            int[] tokens = numbers.get("token_labels_at_positives_img" + i).ints();
            for (int k = 0; k < count; k++) {
                int row = k * config.text().length();
                assertThat(batch.get(i).positiveTokens().get(targets.matched()[targets.positives()[k]]))
                        .isEqualTo(IntStream.range(0, config.text().length()).filter(t -> tokens[row + t] > 0).toArray());
            }
        }
        assertThat(start).isEqualTo(expected.length);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lossesGradientsAndStepsAreTheOfficialOnes(boolean recompute) throws IOException {
        try (Trainer trainer = trainer(recompute)) {
            for (int i = 0; i < 5; i++) {
                TrainingStep step = trainer.step(batch);
                // Adam turns noise near zero gradients into whole steps, which later losses show, and later gradients far more.
                assertLosses(step, facts.get("losses_step0_to_5").get(i), i == 0 ? 1e-4 : 1e-3);
                if (i == 0) {
                    double norm = facts.get("grad_norm_before_clip_step0_to_5").get(0).asDouble();
                    assertThat(step.gradientNorm()).isCloseTo(norm, within(1e-4 * norm));
                    assertGradients(trainer);
                    assertParameters(trainer, "after1/", 1e-4);
                    assertSums(trainer);
                }
            }
            assertParameters(trainer, "after5/", 1e-3);
        }
    }

    private static void assertLosses(TrainingStep step, JsonNode expected, double tolerance) {
        assertClose(step.boxes(), expected.get("loss_reg"), tolerance);
        assertClose(step.centreness(), expected.get("loss_centerness"), tolerance);
        assertClose(step.alignment(), expected.get("loss_dot_product_token"), tolerance);
        assertClose(step.loss(), expected.get("total"), tolerance);
    }

    private static void assertClose(double actual, JsonNode expected, double tolerance) {
        assertThat(actual).isCloseTo(expected.asDouble(), within(tolerance * expected.asDouble()));
    }

    private static void assertGradients(Trainer trainer) {
        assertThat(numbers.keySet().stream().filter(name -> name.startsWith("grad/"))).isNotEmpty().allSatisfy(name -> {
            float[] expected = numbers.get(name).floats();
            float[] actual = trainer.gradient(names.ours(name.substring("grad/".length())));
            double allowed = 1e-3 * numbers.get(name).largest();
            assertThat(actual).hasSameSizeAs(expected);
            for (int k = 0; k < actual.length; k++) {
                assertThat((double) actual[k]).as("%s[%d]", name, k).isCloseTo(expected[k], within(allowed));
            }
        });
        facts.get("grad_norm_per_param_step0").fields().forEachRemaining(field -> {
            if (!field.getValue().isNull()) {
                double squares = 0;
                for (float value : trainer.gradient(names.ours(field.getKey()))) {
                    squares += (double) value * value;
                }
                double expected = field.getValue().asDouble();
                assertThat(Math.sqrt(squares)).as("norm of the gradient of %s", field.getKey())
                        .isCloseTo(expected, within(1e-3 * expected + 1e-7));
            }
        });
    }

    private static void assertParameters(Trainer trainer, String prefix, double tolerance) {
        Map<String, float[]> weights = weights(trainer);
        assertThat(numbers.keySet().stream().filter(name -> name.startsWith(prefix))).isNotEmpty().allSatisfy(name -> {
            float[] expected = numbers.get(name).floats();
            float[] actual = weights.get(names.ours(name.substring(prefix.length())));
            double squares = 0;
            double difference = 0;
            for (int k = 0; k < expected.length; k++) {
                squares += (double) expected[k] * expected[k];
                difference += Math.pow((double) expected[k] - actual[k], 2);
            }
            assertThat(Math.sqrt(difference / squares)).as("relative difference of %s", name).isLessThanOrEqualTo(tolerance);
        });
    }

    private static void assertSums(Trainer trainer) {
        Map<String, float[]> weights = weights(trainer);
        facts.get("param_sum_after_1_step").fields().forEachRemaining(field -> {
            float[] values = weights.get(names.ours(field.getKey()));
            double sum = 0;
            double absolute = 0;
            for (float value : values) {
                sum += value;
                absolute += Math.abs(value);
            }
            assertThat(sum).as("sum of %s", field.getKey())
                    .isCloseTo(field.getValue().asDouble(), within(1e-4 * absolute + 1e-6));
        });
    }

    private static Map<String, float[]> weights(Trainer trainer) {
        Map<String, float[]> weights = new HashMap<>();
        trainer.weights().forEach(tensor -> {
            try {
                float[] values = new float[(int) tensor.elements()];
                tensor.readFloats().get(values);
                weights.put(tensor.name(), values);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return weights;
    }

    @Test
    void parameterGroupsAreTheOfficialOnes() throws IOException {
        try (Trainer trainer = trainer(false)) {
            Map<String, Optimiser.Group> ours = new HashMap<>();
            trainer.trainedParameters().forEach(name -> ours.put(names.official(name), Optimiser.OFFICIAL.group(name)));
            Map<String, Optimiser.Group> expected = new HashMap<>();
            facts.get("param_groups").forEach(group -> expected.put(group.get("name").asText(),
                    new Optimiser.Group(group.get("lr").asDouble(), group.get("weight_decay").asDouble())));
            assertThat(ours).isEqualTo(expected);
        }
    }

    @Test
    void learningRatesAreTheOfficialOnes() {
        LearningRate schedule = LearningRate.official(2000, 10_000);
        double base = Optimiser.OFFICIAL.group(names.ours(facts.get("lr_schedule_first_group_name").asText())).rate();
        facts.get("lr_schedule_sample_first_group(MAX_ITER=10000)").forEach(entry ->
                assertThat(base * schedule.at(entry.get(0).asInt())).as("at step %d", entry.get(0).asInt())
                        .isEqualTo(entry.get(1).asDouble()));
    }
}
