package dev.gleaner.glip;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.checkpoint.FormulaWeights;
import dev.gleaner.glip.checkpoint.Manifest;
import dev.gleaner.glip.checkpoint.OfficialNames;
import dev.gleaner.glip.checkpoint.StoredTensor;
import dev.gleaner.glip.text.TextChunk;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;

/**
 * An official model in its full size with weights made by a formula, and what it was run on: a photo and token ids that
 * are made by formulas too.
 *
 * @param outputs sampled results of the official implementation, by stage
 * @param stats   shape and extent of each stage's result, and the tokens of each label
 */
record FullSizeModel(Manifest manifest, Map<String, Npz.Array> outputs, JsonNode stats) {

    static FullSizeModel read(String name) throws IOException {
        return new FullSizeModel(Manifest.read(name), Npz.read(Reference.file("fullsize/" + name + "_outputs.npz")),
                new ObjectMapper().readTree(Reference.file("fullsize/" + name + "_stats.json").toFile()));
    }

    GlipConfig config() {
        return manifest.config();
    }

    Network network(NDManager manager) {
        OfficialNames names = new OfficialNames(config());
        Map<String, StoredTensor> weights = FormulaWeights.of(manifest);
        Network network = new Network(config());
        network.load(name -> ReferenceModel.array(weights.get(names.official(name)), manager));
        return network;
    }

    TextChunk chunk() {
        List<int[]> positions = new ArrayList<>();
        stats.get("positive_map_label_to_token")
                .forEach(tokens -> positions.add(StreamSupport.stream(tokens.spliterator(), false).mapToInt(JsonNode::asInt).toArray()));
        return new TextChunk("token ids made by a formula", outputs.get("input_ids").ints(), outputs.get("attention_mask").ints(),
                positions, IntStream.range(0, positions.size()).toArray());
    }

    static List<Prompt> prompts(int count) {
        return IntStream.range(0, count).mapToObj(i -> Prompt.of("class " + i)).toList();
    }

    /** 1066 x 800. */
    static byte[] photo() throws IOException {
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
