package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Network;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.UntrainedModel;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.OfficialImport;
import dev.gleaner.glip.checkpoint.OfficialModel;
import dev.gleaner.glip.checkpoint.PromptDelta;
import dev.gleaner.glip.checkpoint.StoredTensor;
import dev.gleaner.glip.head.AnchorGrid;
import dev.gleaner.glip.head.PostProcessor;
import dev.gleaner.glip.head.ScoredBox;
import dev.gleaner.glip.head.Suppression;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.TextPlanner;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.vision.ImageTensor;
import dev.gleaner.glip.vision.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A prompt tuned on the tiny reference model, from the first step to detections. */
class PromptTuningTest {

    private static final List<String> CATEGORIES = List.of("person", "white dog", "kite");
    private static final RgbImage IMAGE = Scene.of(120, 96, Box.xywh(20, 16, 40, 48), Box.xywh(72, 50, 30, 30));

    @TempDir
    static Path folder;

    private static Bundle base;
    private static BertTokenizer tokenizer;
    private static List<TrainingItem> batch;
    private static String before;
    private static List<Double> losses;
    private static int[] tokens;
    private static float[] offset;
    private static Map<String, StoredTensor> weights;
    private static Path delta;

    @BeforeAll
    static void tune() throws IOException {
        base = imported(Reference.file("tiny"), folder.resolve("base"));
        tokenizer = BertTokenizer.read(base.vocabulary());
        before = base.weightsSha256();
        ItemMaker maker = ItemMaker.ofFixedText(base.config(), tokenizer, Augmentation.none(base.config().input()));
        batch = List.of(maker.make(new DetectionExample(IMAGE, List.of(new TargetBox(Box.xywh(20, 16, 40, 48), 1),
                new TargetBox(Box.xywh(72, 50, 30, 30), 2)), CATEGORIES), new SplittableRandom(1)));
        tokens = planner().planOne(CATEGORIES.stream().map(Prompt::of).toList()).tokens();
        losses = new ArrayList<>();
        try (Trainer trainer = trainer(tokens)) {
            assertThat(trainer.trainedParameters()).containsExactly("prompt.offset");
            for (int i = 0; i < 6; i++) {
                losses.add(trainer.step(batch).loss());
            }
            offset = trainer.promptOffset();
            weights = new HashMap<>();
            for (StoredTensor tensor : trainer.weights()) {
                FloatBuffer values = tensor.readFloats();
                weights.put(tensor.name(), StoredTensor.ofFloats(tensor.name(), tensor.shape(), values::duplicate));
            }
        }
        delta = folder.resolve("prompt.safetensors");
        PromptDelta.of(base, List.of(new PromptDelta.Text(CATEGORIES, tokens, offset))).write(delta);
    }

    private static Bundle imported(Path tiny, Path target) throws IOException {
        return new OfficialImport().run(new OfficialModel(tiny.resolve("tiny.pth"), tiny.resolve("tiny.yaml"), tiny.resolve("vocab.txt"),
                tiny.resolve("bert_config.json")), target);
    }

    private static TextPlanner planner() {
        return new TextPlanner(tokenizer, base.config().text().separator(), base.config().text().length());
    }

    private static Trainer trainer(int[] tokens) throws IOException {
        return new Trainer(base.config(), new TrainingSettings(TuningMode.PROMPT, 1, LearningRate.constant(6),
                new Optimiser(0.02, 1e-5, 1e-4, 1), Regularisation.OFFICIAL, 0, false, false, 1), base.weights(), tokens, Device.cpu());
    }

    @Test
    void stepsLowerTheLossAndLeaveTheModelAsItIs() throws IOException {
        assertThat(losses.get(losses.size() - 1)).isLessThan(0.9 * losses.get(0));
        assertThat(offset).hasSize(tokens.length * base.config().bert().hidden());
        assertThat(base.weightsSha256()).isEqualTo(before);
        for (StoredTensor tensor : base.weights().values()) {
            assertThat(weights.get(tensor.name()).readFloats()).as(tensor.name()).isEqualTo(tensor.readFloats());
        }
    }

    @Test
    void recomputingGivesTheSameGradient() throws IOException {
        float[][] gradients = new float[2][];
        for (int i = 0; i < 2; i++) {
            TrainingSettings settings = new TrainingSettings(TuningMode.PROMPT, 1, LearningRate.constant(6), Optimiser.OFFICIAL,
                    Regularisation.NONE, 0, i == 1, false, 1);
            try (Trainer trainer = new Trainer(base.config(), settings, base.weights(), tokens, Device.cpu())) {
                trainer.step(batch);
                gradients[i] = trainer.gradient(Trainer.PROMPT);
            }
        }
        double largest = IntStream.range(0, gradients[0].length).mapToDouble(i -> Math.abs(gradients[0][i])).max().orElseThrow();
        assertThat(largest).isPositive();
        assertThat(gradients[1]).containsExactly(gradients[0], within((float) (1e-4 * largest)));
    }

    @Test
    void theSavedPromptFindsWhatTheTrainedNetworkFinds() throws IOException {
        assertFinds(base, delta, foundByPieces(base.config(), weights, offset));
    }

    /** Which aligns with the language backbone's output itself, where the first model aligns with what the head makes of it. */
    @Test
    void soDoesAModelWithoutFusion() throws IOException {
        Bundle plain = imported(Reference.file("tiny_a"), folder.resolve("plain"));
        Path file = folder.resolve("plain.safetensors");
        float[] large = new float[tokens.length * plain.config().bert().hidden()];
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < large.length; i++) {
            large[i] = (float) random.nextDouble(-0.5, 0.5);
        }
        PromptDelta.of(plain, List.of(new PromptDelta.Text(CATEGORIES, tokens, large))).write(file);

        assertThat(plain.config().head().aligned()).isEqualTo(GlipConfig.Aligned.EMBEDDED);
        assertFinds(plain, file, foundByPieces(plain.config(), plain.weights(), large));
    }

    private static void assertFinds(Bundle bundle, Path delta, List<ScoredBox> expected) throws IOException {
        try (Glip glip = Glip.load(bundle.folder(), delta, "cpu")) {
            for (Glip.Chunking chunking : Glip.Chunking.values()) {
                List<Detection> found = find(glip, chunking, CATEGORIES, CATEGORIES.size());

                assertThat(found).hasSameSizeAs(expected).hasSizeGreaterThan(5);
                for (int i = 0; i < found.size(); i++) {
                    Detection detection = found.get(i);
                    assertThat(detection.score()).isCloseTo(expected.get(i).score(), within(1e-4));
                    assertThat(expected).anySatisfy(box -> {
                        assertThat(CATEGORIES.get(box.label())).isEqualTo(detection.category());
                        assertThat(detection.box().iou(Box.xyxyInclusive(box.x1(), box.y1(), box.x2(), box.y2()))).isGreaterThan(0.99);
                    });
                }
            }
        }
    }

    @Test
    void neitherOrderNorWhatElseIsAskedForChangesWhatIsFound() throws IOException {
        try (Glip glip = Glip.load(base.folder(), delta, "cpu"); Glip untuned = Glip.load(base.folder(), "cpu")) {
            List<Detection> all = find(glip, Glip.Chunking.PACKED, CATEGORIES, 3);
            List<Detection> dogs = all.stream().filter(d -> d.category().equals("white dog")).toList();
            assertThat(dogs).isNotEmpty();

            assertThat(find(glip, Glip.Chunking.PACKED, List.of("kite", "White_Dog", "person"), 3))
                    .filteredOn(d -> d.category().equals("White_Dog")).extracting(Detection::box)
                    .containsExactlyElementsOf(dogs.stream().map(Detection::box).toList());
            List<Detection> mixed = find(glip, Glip.Chunking.PACKED, List.of("red car", "white dog", "bus"), 1);
            // An image's detections are limited in number, so fewer categories have room for more.
            assertThat(mixed.stream().filter(d -> d.category().equals("white dog")).limit(dogs.size())).isEqualTo(dogs);
            assertThat(mixed).filteredOn(d -> !d.category().equals("white dog"))
                    .isEqualTo(find(untuned, Glip.Chunking.PACKED, List.of("red car", "bus"), 0)).isNotEmpty();
            assertThat(find(untuned, Glip.Chunking.PACKED, CATEGORIES, 0)).isNotEqualTo(all);
        }
    }

    private static List<Detection> find(Glip glip, Glip.Chunking chunking, List<String> categories, int tuned) throws IOException {
        try (Glip.PreparedText text = glip.prepare(categories.stream().map(Prompt::of).toList(), chunking)) {
            assertThat(text.tuned()).isEqualTo(tuned);
            return glip.detect(glip.decode(png(IMAGE)), text, Thresholds.all(0));
        }
    }

    @Test
    void anotherBaseIsRefusedByName() throws IOException {
        Bundle other = UntrainedModel.write(folder.resolve("other"), List.of("dog"), 1);

        assertThatThrownBy(() -> Glip.load(other.folder(), delta, "cpu")).isInstanceOf(IOException.class)
                .hasMessageContainingAll("base (SHA-256 " + before, "other (SHA-256");
    }

    @Test
    void aPromptThatTheModelReadsInAnotherWayIsRefused() throws IOException {
        Path odd = folder.resolve("odd.safetensors");
        PromptDelta.of(base, List.of(new PromptDelta.Text(List.of("kite"), tokens, offset))).write(odd);

        assertThatThrownBy(() -> Glip.load(base.folder(), odd, "cpu")).isInstanceOf(IOException.class)
                .hasMessageContaining("the tuned prompt has " + tokens.length + " tokens");
    }

    @Test
    void categoriesThatNeedSeveralTextsAreRefused() {
        List<String> many = IntStream.range(0, 300).mapToObj(i -> "dog").toList();
        ItemMaker maker = ItemMaker.ofFixedText(base.config(), tokenizer, Augmentation.none(base.config().input()));

        assertThatIllegalArgumentException().isThrownBy(() -> maker.make(new DetectionExample(IMAGE, List.of(), many), new SplittableRandom(1)))
                .withMessageMatching("prompts: 300 fill \\d+ texts of 256 tokens, expected one, which has room for the first \\d+");
    }

    @Test
    void anItemOfAnotherTextIsRefused() throws IOException {
        try (Trainer trainer = trainer(new int[] {2, 7, 3})) {
            assertThatIllegalArgumentException().isThrownBy(() -> trainer.step(batch)).withMessageContaining("person. white dog. kite");
        }
    }

    /** Detections of the trainer's own network, by its training path and this test's own reading of the head. */
    private static List<ScoredBox> foundByPieces(GlipConfig config, Map<String, StoredTensor> weights, float[] offset) {
        TrainingItem item = batch.get(0);
        ImageTensor image = item.image();
        List<int[]> positions = planner().planOne(CATEGORIES.stream().map(Prompt::of).toList()).tokenPositions();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            Network network = new Network(config);
            network.load(name -> array(weights.get(name), manager));
            NDArray ids = manager.create(IntStream.of(tokens).asLongStream().toArray(), new Shape(1, tokens.length));
            NDList said = new NDList(manager.create(image.values(), new Shape(1, 3, image.paddedHeight(), image.paddedWidth())), ids,
                    ids.onesLike());
            for (var piece : network.pieces(part -> false, manager.create(offset, new Shape(1, tokens.length, config.bert().hidden())))) {
                said = piece.apply(said);
            }
            float[] logits = said.get(0).toFloatArray();
            float[] regression = said.get(1).toFloatArray();
            float[] centreness = said.get(2).toFloatArray();
            PostProcessor post = new PostProcessor((float) config.selection().minScore(), config.selection().perLevel(),
                    (float) config.selection().nmsIou(), config.selection().perImage());
            List<ScoredBox> candidates = new ArrayList<>();
            int anchor = 0;
            int height = image.paddedHeight() / 8;
            int width = image.paddedWidth() / 8;
            for (int level = 0; level < GlipConfig.LEVELS; level++) {
                AnchorGrid grid = new AnchorGrid(config.anchors().strides().get(level), config.anchors().sizes().get(level).floatValue());
                for (int place = 0; place < height * width; place++, anchor++) {
                    for (int label = 0; label < positions.size(); label++) {
                        int row = anchor * tokens.length;
                        double score = IntStream.of(positions.get(label)).mapToDouble(t -> sigmoid(logits[row + t])).average().orElseThrow();
                        if (score > post.scoreThreshold()) {
                            candidates.addAll(post.decode(new PostProcessor.Candidates(new long[] {place}, new long[] {label},
                                    new float[] {(float) Math.sqrt(score * sigmoid(centreness[anchor]))},
                                    Arrays.copyOfRange(regression, 4 * anchor, 4 * anchor + 4)), grid, width, image.width(), image.height()));
                        }
                    }
                }
                height = (height + 1) / 2;
                width = (width + 1) / 2;
            }
            float horizontal = image.originalWidth() / (float) image.width();
            float vertical = image.originalHeight() / (float) image.height();
            return Suppression.within(ScoredBox::label, post.select(candidates), post.overlapThreshold()).stream()
                    .map(box -> box.scale(horizontal, vertical)).toList();
        }
    }

    private static double sigmoid(float x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static NDArray array(StoredTensor tensor, NDManager manager) {
        try {
            FloatBuffer values = tensor.readFloats();
            float[] floats = new float[values.remaining()];
            values.get(floats);
            return manager.create(floats, new Shape(tensor.shape()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] png(RgbImage image) throws IOException {
        BufferedImage drawn = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                drawn.setRGB(x, y, image.sample(x, y, 0) << 16 | image.sample(x, y, 1) << 8 | image.sample(x, y, 2));
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(drawn, "png", bytes);
        return bytes.toByteArray();
    }
}
