package dev.gleaner.glip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.TextChunk;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.ImageTensor;
import dev.gleaner.glip.vision.Preprocessor;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
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
        FullSizeModel model = FullSizeModel.read(name);
        NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        Network network = model.network(manager);
        try (LoadedGlip glip = new LoadedGlip(model.config(), BertTokenizer.read(Reference.file("text/vocab.txt")), manager,
                network, DataType.FLOAT32)) {
            byte[] photo = FullSizeModel.photo();
            everyStageMatches(model, network, photo, manager);
            theBestScoresMatch(glip, photo, model);
        }
    }

    /** With all 256 tokens, padding included, as the reference has them. */
    private static void everyStageMatches(FullSizeModel model, Network network, byte[] photo, NDManager manager) throws IOException {
        ImageTensor image = new Preprocessor(model.config().input()).prepare(ImageDecoder.decode(photo));
        Set<String> compared = new TreeSet<>();
        Stages.observe(network, (stage, array) -> {
            compare(stage, array, model);
            compared.add(stage);
        });
        network.forward(false, manager.create(image.values(), new Shape(1, 3, image.paddedHeight(), image.paddedWidth())),
                tokens(model, "input_ids", manager), tokens(model, "attention_mask", manager)).close();
        Stages.observe(network, (stage, array) -> { });
        assertThat(compared).containsAll(model.outputs().keySet().stream()
                .filter(stage -> stage.matches("(swin_stage|fpn|bert|lang_[aeh]|tower|head).*")).toList());
    }

    private static void theBestScoresMatch(LoadedGlip glip, byte[] photo, FullSizeModel model) throws IOException {
        double[] expected = model.outputs().get("det_scores").values().clone();
        Arrays.sort(expected);
        TextChunk chunk = model.chunk();
        try (Glip.PreparedText text = glip.prepare(FullSizeModel.prompts(chunk.size()), List.of(chunk))) {
            double[] best = glip.detect(glip.decode(photo), text, Thresholds.all(0)).stream().limit(BEST)
                    .mapToDouble(Detection::score).toArray();
            assertThat(best).hasSize(BEST);
            for (int i = 0; i < BEST; i++) {
                assertThat(best[i]).isCloseTo(expected[expected.length - 1 - i], within(1e-4 * expected[expected.length - 1]));
            }
        }
    }

    private static void compare(String stage, NDArray array, FullSizeModel model) {
        JsonNode stat = model.stats().at("/stats/" + stage);
        assertThat(array.getShape().getShape()).as("shape of " + stage)
                .isEqualTo(StreamSupport.stream(stat.get("shape").spliterator(), false).mapToLong(JsonNode::asLong).toArray());
        float[] actual = array.toFloatArray();
        double[] expected = model.outputs().get(stage).values();
        double largest = Math.max(Math.abs(stat.get("min").asDouble()), Math.abs(stat.get("max").asDouble()));
        double worst = IntStream.range(0, expected.length)
                .mapToDouble(k -> Math.abs(actual[expected.length == actual.length ? k : ReferenceCase.sampleIndex(k, actual.length)]
                        - expected[k])).max().orElseThrow();
        assertThat(worst).as("largest difference of " + stage).isLessThanOrEqualTo(ReferenceCase.TOLERANCE * largest);
    }

    private static NDArray tokens(FullSizeModel model, String name, NDManager manager) {
        return manager.create(model.outputs().get(name).longs(), new Shape(1, model.outputs().get(name).values().length));
    }
}
