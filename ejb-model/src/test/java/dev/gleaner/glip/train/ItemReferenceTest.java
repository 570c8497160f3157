package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Npz;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.ReferenceModel;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.ImageTensor;
import dev.gleaner.glip.vision.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The batch that the official code was trained on, made here of the same images, captions and boxes. */
class ItemReferenceTest {

    private final Map<String, Npz.Array> official = Npz.read(Reference.file("training/training.npz"));
    private final JsonNode training = json("training/training.json");
    private final JsonNode images = json("tiny/tiny_config.json").get("config").get("images");
    private final GlipConfig config = new ReferenceModel(Reference.file("tiny")).config();

    ItemReferenceTest() throws IOException {
    }

    private static JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(Reference.file(file).toFile());
    }

    @Test
    void givesTheOfficialBatch() throws IOException {
        ItemMaker maker = new ItemMaker(config, BertTokenizer.read(Reference.file("tiny/vocab.txt")), Augmentation.none(config.input()),
                CaptionSampler.official());
        List<Float> positiveMap = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            TrainingItem item = maker.make(example(i), new SplittableRandom(1));

            assertThat(item.caption()).isEqualTo(training.get("captions").get(i).asText());
            assertSameImage(item.image(), i);
            assertThat(item.boxes()).containsExactly(official.get("gt_boxes_img" + i).floats(), within(1e-4f));
            for (float[] row : item.positiveMap()) {
                for (float value : row) {
                    positiveMap.add(value);
                }
            }
            assertThat(item.droppedBoxes()).isZero();
        }
        float[] expected = official.get("batch_positive_map_binary").floats();
        assertThat(positiveMap).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(positiveMap.get(i)).isEqualTo(expected[i]);
        }
    }

    /** Boxes are stored in the resized frame alone; the originals have whole numbers. */
    private GroundingExample example(int index) throws IOException {
        RgbImage image = ImageDecoder.decode(Files.readAllBytes(Reference.file("tiny/image" + index + ".png")));
        JsonNode size = training.get("image_sizes_hw").get(index);
        double wide = size.get(1).asDouble() / image.width();
        double high = size.get(0).asDouble() / image.height();
        double[] corners = official.get("gt_boxes_img" + index).values();
        int[] labels = official.get("gt_labels_img" + index).ints();
        List<TargetBox> boxes = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            boxes.add(new TargetBox(Box.xyxyInclusive(whole(corners[4 * i] / wide), whole(corners[4 * i + 1] / high),
                    whole(corners[4 * i + 2] / wide), whole(corners[4 * i + 3] / high)), labels[i] - 1));
        }
        String caption = training.get("captions").get(index).asText();
        List<List<Span>> phrases = new ArrayList<>();
        for (JsonNode phrase : images.get(index).get("spans")) {
            int start = caption.indexOf(phrase.asText());
            phrases.add(List.of(new Span(start, start + phrase.asText().length())));
        }
        return new GroundingExample(image, caption, boxes, phrases);
    }

    private static double whole(double value) {
        assertThat(value).isCloseTo(Math.rint(value), within(1e-4));
        return Math.rint(value);
    }

    /** The batch is padded to its largest image. */
    private void assertSameImage(ImageTensor image, int index) {
        Npz.Array batch = official.get("batch_images");
        int batchHeight = (int) batch.shape()[2];
        int batchWidth = (int) batch.shape()[3];
        float[] expected = batch.floats();
        assertThat(List.of(image.height(), image.width())).containsExactly(
                training.get("image_sizes_hw").get(index).get(0).asInt(), training.get("image_sizes_hw").get(index).get(1).asInt());
        for (int row = 0; row < 3 * image.height(); row++) {
            int channel = row / image.height();
            int y = row % image.height();
            int from = (channel * image.paddedHeight() + y) * image.paddedWidth();
            int expectedFrom = ((index * 3 + channel) * batchHeight + y) * batchWidth;
            for (int x = 0; x < image.width(); x++) {
                assertThat(image.values()[from + x]).isEqualTo(expected[expectedFrom + x]);
            }
        }
    }
}
