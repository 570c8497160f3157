package dev.gleaner.glip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.CheckpointException;
import dev.gleaner.glip.checkpoint.PromptDelta;
import dev.gleaner.glip.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DyHeadTest {

    private static final List<String> CATEGORIES = List.of("red circle", "Blue_Square", "tree (plant)");

    @TempDir
    static Path folder;

    private static Bundle from;
    private static Bundle bundle;

    @BeforeAll
    static void write() throws IOException {
        from = UntrainedModel.write(folder.resolve("glip"), List.of("red"), 7);
        bundle = DyHead.write(folder.resolve("dyhead"), from, CATEGORIES, 5);
    }

    @Test
    void opensAsItWasWritten() throws IOException {
        Bundle opened = Bundle.open(bundle.folder());

        assertThat(opened).isEqualTo(bundle);
        assertThat(opened.categories()).isEqualTo(CATEGORIES);
        assertThat(opened.config().hasFixedClasses()).isTrue();
        assertThat(opened.config().architecture()).isEqualTo("DyHead, Swin of width 24, 2 head layers, 3 classes");
        assertThat(opened.provenance().parent()).isEqualTo("glip");
        assertThat(bundle.folder().resolve("vocab.txt")).doesNotExist();
        assertThat(bundle.content()).extracting(file -> file.getFileName().toString())
                .containsExactly("model.safetensors", "config.json", "categories.txt");
    }

    @Test
    void hasTheOthersImagePartAndNothingOfText() throws IOException {
        Map<String, StoredTensor> given = from.weights();
        Map<String, StoredTensor> weights = bundle.weights();

        assertThat(weights.keySet()).noneMatch(name -> name.matches("bert.*|tower.*(text|fusion).*|.*text.*|head.log_scale|head.bias"));
        assertThat(weights.keySet()).contains("swin.patch.norm.weight", "fpn.p7.bias", "tower.1.image.offset.weight", "head.boxes.weight",
                "head.centreness.bias", "head.box_scales.4");
        for (StoredTensor tensor : weights.values()) {
            if (!tensor.name().startsWith("head.classes.")) {
                assertThat(tensor.read()).as(tensor.name()).isEqualTo(given.get(tensor.name()).read());
            }
        }
    }

    @Test
    void itsClassesAreFresh() throws IOException {
        float[] weight = floats(bundle.weights().get("head.classes.weight"));
        double mean = IntStream.range(0, weight.length).mapToDouble(i -> weight[i]).average().orElseThrow();
        double square = IntStream.range(0, weight.length).mapToDouble(i -> weight[i] * weight[i]).average().orElseThrow();

        assertThat(weight).hasSize(3 * from.config().channels());
        assertThat(Math.sqrt(square - mean * mean)).isCloseTo(0.01, within(0.002));
        // The configuration's prior is 0.3, whose logit is ln(3 / 7).
        assertThat(floats(bundle.weights().get("head.classes.bias"))).containsOnly((float) Math.log(3 / 7.0));
        assertThat(floats(DyHead.write(folder.resolve("again"), from, CATEGORIES, 5).weights().get("head.classes.weight"))).isEqualTo(weight);
        assertThat(floats(DyHead.write(folder.resolve("other"), from, CATEGORIES, 6).weights().get("head.classes.weight"))).isNotEqualTo(weight);
    }

    /** A place of p3 is worked out by hand from what the tower gives. */
    @Test
    void everyPlaceGetsALogitForEachClass() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            Network network = new Network(bundle.config());
            Map<String, StoredTensor> weights = bundle.weights();
            network.load(name -> ReferenceModel.array(weights.get(name), manager));
            NDArray image = manager.randomNormal(new Shape(1, 3, 64, 96));
            NDList said = network.forward(false, image);
            int places = 8 * 12 + 4 * 6 + 2 * 3 + 1 * 2 + 1;
            assertThat(said.get(0).getShape()).isEqualTo(new Shape(places, 3));
            assertThat(said.get(1).getShape()).isEqualTo(new Shape(places, 4));
            assertThat(said.get(2).getShape()).isEqualTo(new Shape(places));
            NDList last = Stages.block(network, "tower.1").forward(false, Stages.block(network, "tower.0")
                    .forward(false, network.pyramid(false, image).toArray(new NDArray[0])).toArray(new NDArray[0]));
            float[] features = last.get(0).get("0, :, 5, 7").toFloatArray();
            float[] weight = floats(weights.get("head.classes.weight"));
            for (int c = 0; c < 3; c++) {
                int row = c * features.length;
                double logit = Math.log(3 / 7.0) + IntStream.range(0, features.length).mapToDouble(i -> features[i] * weight[row + i]).sum();
                assertThat((double) said.get(0).getFloat(5 * 12 + 7, c)).isCloseTo(logit, within(1e-4));
            }

            NDList piecewise = new NDList(image);
            for (var piece : network.pieces(part -> false, null)) {
                piecewise = piece.apply(piecewise);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(piecewise.get(i).toFloatArray()).containsExactly(said.get(i).toFloatArray(), within(1e-5f));
            }
        }
    }

    @Test
    void promptsStandForTheClassesTheyName() throws IOException {
        try (Glip glip = Glip.load(bundle.folder(), "cpu")) {
            List<Detection> all = find(glip, CATEGORIES.stream().map(Prompt::of).toList());
            List<Detection> squares = all.stream().filter(d -> d.category().equals("Blue_Square")).toList();
            assertThat(squares).isNotEmpty();

            List<Detection> byPhrase = find(glip, List.of(new Prompt("thing", "blue square")));
            assertThat(byPhrase).extracting(Detection::category).containsOnly("thing");
            assertThat(byPhrase).extracting(Detection::box).startsWith(squares.stream().map(Detection::box).toArray(Box[]::new));
            List<Detection> byCategory = find(glip, List.of(new Prompt("blue square", "a thing with four corners"),
                    new Prompt("blue square", "blue square")));
            assertThat(byCategory).extracting(Detection::box).isEqualTo(byPhrase.stream().map(Detection::box).toList());
            assertThat(byCategory).extracting(Detection::phrase).containsOnly("a thing with four corners");
            assertThat(find(glip, List.of())).isEmpty();
        }
    }

    @Test
    void halfPrecisionFindsAboutTheSame() throws IOException {
        List<Prompt> prompts = CATEGORIES.stream().map(Prompt::of).toList();
        try (Glip whole = Glip.load(bundle.folder(), "cpu"); Glip half = LoadedGlip.load(bundle, Device.cpu(), DataType.FLOAT16)) {
            Detection best = find(whole, prompts).get(0);

            assertThat(find(half, prompts)).anySatisfy(found -> {
                assertThat(found.category()).isEqualTo(best.category());
                assertThat(found.box().iou(best.box())).isGreaterThan(0.95);
                assertThat(found.score()).isCloseTo(best.score(), within(0.01));
            });
        }
    }

    private static List<Detection> find(Glip glip, List<Prompt> prompts) throws IOException {
        try (Glip.PreparedText text = glip.prepare(prompts, Glip.Chunking.PACKED)) {
            return glip.detect(glip.decode(LoadedGlipTest.scene()), text, Thresholds.all(0));
        }
    }

    @Test
    void whatIsNoClassIsRefusedByName() throws IOException {
        try (Glip glip = Glip.load(bundle.folder(), "cpu")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> glip.prepare(List.of(Prompt.of("tree"), new Prompt("animal", "zebra")), Glip.Chunking.PACKED))
                    .withMessage("prompts[1]: phrase \"zebra\" of category \"animal\", expected one of the model's classes: "
                            + "red circle, Blue_Square, tree (plant)");
            assertThatIllegalArgumentException().isThrownBy(() -> glip.prepareCaption("a red circle"))
                    .withMessage("caption: this model reads no text, expected prompts that name its classes: "
                            + "red circle, Blue_Square, tree (plant)");
        }
    }

    @Test
    void itHasNoPromptToTune() throws IOException {
        Path delta = folder.resolve("prompt.safetensors");
        PromptDelta.of(bundle, List.of(new PromptDelta.Text(List.of("a"), new int[] {1}, new float[1]))).write(delta);

        assertThatThrownBy(() -> Glip.load(bundle.folder(), delta, "cpu")).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("reads no text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"red\nred", " ", "red circle"})
    void namesThatCannotBeKeptApartAreRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> DyHead.write(folder.resolve("bad"), from, List.of("red circle", name), 1))
                .withMessageStartingWith("categories[1]: \"" + name);
        assertThat(folder.resolve("bad")).doesNotExist();
    }

    @Test
    void namesThatAreNotAsManyAsTheClassesAreRefused() throws IOException {
        Path broken = folder.resolve("broken");
        Bundle.write(broken, bundle.config(), bundle.provenance(), bundle.vocabulary(), bundle.weights().values());
        Files.writeString(broken.resolve("categories.txt"), "one\ntwo\n");
        assertThatThrownBy(() -> Bundle.open(broken)).isInstanceOf(CheckpointException.class)
                .hasMessage("categories.txt has 2 names; the model has 3 classes");
        Files.writeString(broken.resolve("categories.txt"), "one\ntwo\none\n");
        assertThatThrownBy(() -> Bundle.open(broken)).isInstanceOf(CheckpointException.class)
                .hasMessage("categories.txt, line 3: \"one\", expected a name that no line before it has");
        Files.delete(broken.resolve("categories.txt"));
        assertThatThrownBy(() -> Bundle.open(broken)).isInstanceOf(CheckpointException.class).hasMessageContaining("no categories.txt");
    }

    @Test
    void aConfigurationIsOneOrTheOther() {
        GlipConfig text = from.config();
        GlipConfig fixed = bundle.config();
        assertThatIllegalArgumentException().isThrownBy(() -> new GlipConfig(text.input(), text.swin(), text.channels(), text.bert(),
                text.text(), fixed.fusion(), fixed.head(), text.anchors(), text.selection()))
                .withMessage("a model of fixed classes has no bert, no text and no fusion");
        assertThatIllegalArgumentException().isThrownBy(() -> new GlipConfig(text.input(), text.swin(), text.channels(), null,
                text.text(), text.fusion(), text.head(), text.anchors(), text.selection()))
                .withMessage("a model that image features are aligned with HIDDEN in needs bert and text");
    }

    private static float[] floats(StoredTensor tensor) throws IOException {
        FloatBuffer buffer = tensor.readFloats();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }
}
