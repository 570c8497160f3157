package dev.gleaner.glip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.OfficialImport;
import dev.gleaner.glip.checkpoint.OfficialModel;
import dev.gleaner.glip.head.ScoredBox;
import dev.gleaner.glip.text.TextChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Official files imported, loaded, and the front door's detections compared with the official ones. Their order is not
 * defined, so they are compared as sets: the same count, and for each a detection of its label that overlaps by more than
 * 0.99 and has its score within 0.001.
 */
class GlipReferenceTest {

    @TempDir
    static Path bundles;

    private static final Map<Path, LoadedGlip> LOADED = new HashMap<>();

    static List<ReferenceCase> cases() {
        return Reference.cases();
    }

    static List<ReferenceCase> classCases() {
        return Reference.cases().stream().filter(reference -> reference.route().equals("classes")).toList();
    }

    static List<ReferenceCase> groundingCases() {
        return Reference.cases().stream().filter(reference -> reference.route().equals("grounding")).toList();
    }

    @AfterAll
    static void close() {
        LOADED.values().forEach(LoadedGlip::close);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theOfficialTokensGiveTheOfficialDetections(ReferenceCase reference) throws IOException {
        LoadedGlip glip = glip(reference.model());
        TextChunk chunk = officialChunk(reference);
        List<Prompt> labels = labels(chunk);
        try (Glip.PreparedText text = glip.prepare(labels, List.of(chunk))) {
            Glip.PreparedImage image = glip.decode(Files.readAllBytes(reference.imageFile()));
            long[] size = reference.whole("orig_size_wh").longs();
            assertThat(new long[] {image.width(), image.height()}).isEqualTo(size);

            List<Found> resized = glip.find(image, text).stream().map(Found::of).toList();
            assertSameSet(resized, expected(reference, "det_boxes_resized_frame"));
            List<Found> original = glip.detect(image, text, Thresholds.all(0)).stream()
                    .map(d -> new Found(labels.indexOf(Prompt.of(d.category())), d.box(), d.score())).toList();
            assertSameSet(original, expected(reference, "det_boxes_original_frame"));
        }
    }

    @ParameterizedTest
    @MethodSource("classCases")
    void categoryNamesGiveTheOfficialDetections(ReferenceCase reference) throws IOException {
        LoadedGlip glip = glip(reference.model());
        List<Prompt> prompts = classNames(reference.model()).stream().map(Prompt::of).toList();
        for (Glip.Chunking chunking : Glip.Chunking.values()) {
            try (Glip.PreparedText text = glip.prepare(prompts, chunking)) {
                List<Detection> found = glip.detect(glip.decode(Files.readAllBytes(reference.imageFile())), text, Thresholds.all(0));
                assertSameSet(found.stream().map(d -> new Found(prompts.indexOf(Prompt.of(d.category())), d.box(), d.score())).toList(),
                        expected(reference, "det_boxes_original_frame"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("groundingCases")
    void boxesOfEachPhraseComeAsTheOfficialGroundingEvaluationGetsThem(ReferenceCase reference) throws IOException {
        LoadedGlip glip = glip(reference.model());
        TextChunk chunk = officialChunk(reference);
        List<Prompt> labels = labels(chunk);
        JsonNode official = reference.json("_flickr.json");
        try (Glip.PreparedText text = glip.prepare(labels, List.of(chunk))) {
            List<Detection> found = glip.detect(glip.decode(Files.readAllBytes(reference.imageFile())), text, Thresholds.all(0));
            for (int phrase = 0; phrase < chunk.size(); phrase++) {
                Prompt label = labels.get(phrase);
                List<Detection> ofPhrase = found.stream().filter(d -> d.phrase().equals(label.phrase())).toList();
                double[] scores = doubles(official.get("scores_per_phrase").get(phrase));
                JsonNode boxes = official.get("boxes_per_phrase").get(phrase);
                assertThat(ofPhrase).hasSize(scores.length);
                // The official list ends with an empty box, so that every phrase has one.
                assertThat(doubles(boxes.get(scores.length))).containsOnly(0);
                List<Found> expected = new ArrayList<>();
                for (int i = 0; i < scores.length; i++) {
                    assertThat(ofPhrase.get(i).score()).isCloseTo(scores[i], within(1e-3));
                    double[] box = doubles(boxes.get(i));
                    expected.add(new Found(phrase, Box.xyxyInclusive(box[0], box[1], box[2], box[3]), scores[i]));
                }
                int index = phrase;
                assertSameSet(ofPhrase.stream().map(d -> new Found(index, d.box(), d.score())).toList(), expected);
            }
        }
    }

    /** What a GPU computes with; that it can be had on a CPU too lets every machine run this. */
    @ParameterizedTest
    @MethodSource("classCases")
    void halfPrecisionFindsAboutTheSame(ReferenceCase reference) throws IOException {
        glip(reference.model());
        TextChunk chunk = officialChunk(reference);
        try (LoadedGlip half = LoadedGlip.load(Bundle.open(bundles.resolve(reference.model().getFileName())), Device.cpu(), DataType.FLOAT16);
                Glip.PreparedText text = half.prepare(labels(chunk), List.of(chunk))) {
            List<Found> found = half.find(half.decode(Files.readAllBytes(reference.imageFile())), text).stream().map(Found::of).toList();
            List<Found> expected = expected(reference, "det_boxes_resized_frame");
            long alike = expected.stream().filter(one -> found.stream().anyMatch(other -> one.label == other.label
                    && one.box.iou(other.box) > 0.9 && Math.abs(one.score - other.score) < 0.01)).count();
            assertThat(alike).isGreaterThanOrEqualTo(expected.size() * 95L / 100);
        }
    }

    private record Found(int label, Box box, double score) {
        static Found of(ScoredBox box) {
            return new Found(box.label(), Box.xyxyInclusive(box.x1(), box.y1(), box.x2(), box.y2()), box.score());
        }

        boolean isSameAs(Found other) {
            return label == other.label && box.iou(other.box) > 0.99 && Math.abs(score - other.score) < 1e-3;
        }
    }

    private static void assertSameSet(List<Found> found, List<Found> expected) {
        assertThat(found).hasSameSizeAs(expected);
        List<Found> rest = new ArrayList<>(found);
        for (Found one : expected) {
            Found match = rest.stream().filter(one::isSameAs).findFirst().orElse(null);
            assertThat(match).as("detection like %s", one).isNotNull();
            rest.remove(match);
        }
    }

    private static List<Found> expected(ReferenceCase reference, String frame) {
        double[] boxes = reference.whole(frame).values();
        double[] scores = reference.whole("det_scores").values();
        int[] labels = reference.whole("det_labels").ints();
        return IntStream.range(0, scores.length)
                .mapToObj(i -> new Found(labels[i] - 1,
                        Box.xyxyInclusive(boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]), scores[i]))
                .toList();
    }

    /** The fixture's own token ids, and the tokens of each label: rows of the positive map, or the map of the classes. */
    private static TextChunk officialChunk(ReferenceCase reference) {
        List<int[]> positions = new ArrayList<>();
        reference.text().get("positive_map_label_to_token")
                .forEach(tokens -> positions.add(StreamSupport.stream(tokens.spliterator(), false).mapToInt(JsonNode::asInt).toArray()));
        return new TextChunk(reference.text().get("caption").asText(), reference.whole("input_ids").ints(),
                reference.whole("attention_mask").ints(), positions, IntStream.range(0, positions.size()).toArray());
    }

    private static List<Prompt> labels(TextChunk chunk) {
        return IntStream.range(0, chunk.size()).mapToObj(i -> Prompt.of("label " + i)).toList();
    }

    private static List<String> classNames(Path model) throws IOException {
        List<String> names = new ArrayList<>();
        new ObjectMapper().readTree(model.resolve("tiny_config.json").toFile()).at("/config/classes")
                .forEach(name -> names.add(name.asText()));
        return names;
    }

    private static double[] doubles(JsonNode numbers) {
        return StreamSupport.stream(numbers.spliterator(), false).mapToDouble(JsonNode::asDouble).toArray();
    }

    private static LoadedGlip glip(Path model) throws IOException {
        if (!LOADED.containsKey(model)) {
            Path bundle = bundles.resolve(model.getFileName());
            new OfficialImport().run(new OfficialModel(model.resolve("tiny.pth"), model.resolve("tiny.yaml"),
                    model.resolve("vocab.txt"), model.resolve("bert_config.json")), bundle);
            LOADED.put(model, (LoadedGlip) Glip.load(bundle, "cpu"));
        }
        return LOADED.get(model);
    }
}
