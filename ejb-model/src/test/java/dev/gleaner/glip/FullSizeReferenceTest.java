package dev.gleaner.glip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.checkpoint.FormulaWeights;
import dev.gleaner.glip.checkpoint.Manifest;
import dev.gleaner.glip.checkpoint.OfficialNames;
import dev.gleaner.glip.checkpoint.StoredTensor;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.TextChunk;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.ImageTensor;
import dev.gleaner.glip.vision.Preprocessor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The official models in their full size, with weights made by a formula: the sampled values of every stage and the best
 * scores. The boxes are not compared: scores lie so close together that which of them are kept is left to rounding.
 */
@Tag("full-size")
class FullSizeReferenceTest {

    private static final int BEST = 20;

    @ParameterizedTest
    @ValueSource(strings = {"GLIP-T", "GLIP-L"})
    void everyStageAndTheBestScoresMatch(String name) throws IOException {
        Map<String, Npz.Array> outputs = Npz.read(Reference.file("fullsize/" + name + "_outputs.npz"));
        JsonNode stats = new ObjectMapper().readTree(Reference.file("fullsize/" + name + "_stats.json").toFile());
        Manifest manifest = Manifest.read(name);
        NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        Network network = network(manifest, manager);
        try (LoadedGlip glip = new LoadedGlip(manifest.config(), BertTokenizer.read(Reference.file("text/vocab.txt")), manager,
                network, DataType.FLOAT32)) {
            byte[] photo = photo();
            everyStageMatches(manifest, network, photo, outputs, stats, manager);
            theBestScoresMatch(glip, photo, outputs, stats);
        }
    }

    /** With all 256 tokens, padding included, as the reference has them. */
    private static void everyStageMatches(Manifest manifest, Network network, byte[] photo, Map<String, Npz.Array> outputs,
            JsonNode stats, NDManager manager) throws IOException {
        ImageTensor image = new Preprocessor(manifest.config().input()).prepare(ImageDecoder.decode(photo));
        Set<String> compared = new TreeSet<>();
        Stages.observe(network, (stage, array) -> {
            compare(stage, array, outputs, stats);
            compared.add(stage);
        });
        network.forward(false, manager.create(image.values(), new Shape(1, 3, image.paddedHeight(), image.paddedWidth())),
                tokens(outputs, "input_ids", manager), tokens(outputs, "attention_mask", manager)).close();
        Stages.observe(network, (stage, array) -> { });
        assertThat(compared).containsAll(outputs.keySet().stream()
                .filter(stage -> stage.matches("(swin_stage|fpn|bert|lang_[aeh]|tower|head).*")).toList());
    }

    private static void theBestScoresMatch(LoadedGlip glip, byte[] photo, Map<String, Npz.Array> outputs, JsonNode stats) throws IOException {
        double[] expected = outputs.get("det_scores").values();
        Arrays.sort(expected);
        TextChunk chunk = chunk(outputs, stats);
        try (Glip.PreparedText text = glip.prepare(prompts(chunk.size()), List.of(chunk))) {
            double[] best = glip.detect(glip.decode(photo), text, Thresholds.all(0)).stream().limit(BEST)
                    .mapToDouble(Detection::score).toArray();
            assertThat(best).hasSize(BEST);
            for (int i = 0; i < BEST; i++) {
                assertThat(best[i]).isCloseTo(expected[expected.length - 1 - i], within(1e-4 * expected[expected.length - 1]));
            }
        }
    }

    private static void compare(String stage, NDArray array, Map<String, Npz.Array> outputs, JsonNode stats) {
        JsonNode stat = stats.at("/stats/" + stage);
        assertThat(array.getShape().getShape()).as("shape of " + stage)
                .isEqualTo(StreamSupport.stream(stat.get("shape").spliterator(), false).mapToLong(JsonNode::asLong).toArray());
        float[] actual = array.toFloatArray();
        double[] expected = outputs.get(stage).values();
        double largest = Math.max(Math.abs(stat.get("min").asDouble()), Math.abs(stat.get("max").asDouble()));
        double worst = IntStream.range(0, expected.length)
                .mapToDouble(k -> Math.abs(actual[expected.length == actual.length ? k : ReferenceCase.sampleIndex(k, actual.length)]
                        - expected[k])).max().orElseThrow();
        assertThat(worst).as("largest difference of " + stage).isLessThanOrEqualTo(ReferenceCase.TOLERANCE * largest);
    }

    private static Network network(Manifest manifest, NDManager manager) {
        OfficialNames names = new OfficialNames(manifest.config());
        Map<String, StoredTensor> weights = FormulaWeights.of(manifest);
        Network network = new Network(manifest.config());
        network.load(name -> ReferenceModel.array(weights.get(names.official(name)), manager));
        return network;
    }

    private static NDArray tokens(Map<String, Npz.Array> outputs, String name, NDManager manager) {
        return manager.create(outputs.get(name).longs(), new Shape(1, outputs.get(name).values().length));
    }

    private static TextChunk chunk(Map<String, Npz.Array> outputs, JsonNode stats) {
        List<int[]> positions = new ArrayList<>();
        stats.get("positive_map_label_to_token")
                .forEach(tokens -> positions.add(StreamSupport.stream(tokens.spliterator(), false).mapToInt(JsonNode::asInt).toArray()));
        return new TextChunk("token ids made by a formula", outputs.get("input_ids").ints(), outputs.get("attention_mask").ints(),
                positions, IntStream.range(0, positions.size()).toArray());
    }

    private static List<Prompt> prompts(int count) {
        return IntStream.range(0, count).mapToObj(i -> Prompt.of("class " + i)).toList();
    }

    private static byte[] photo() throws IOException {
        BufferedImage image = new BufferedImage(1066, 800, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    rgb = rgb << 8 | (x * (c + 1) / 5 + y * (3 - c) / 4 + 60 * ((x / 97 + y / 83 + c) % 3)) % 256;
                }
                image.setRGB(x, y, rgb);
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }
}
