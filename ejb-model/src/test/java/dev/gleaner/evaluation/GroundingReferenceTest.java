package dev.gleaner.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The recalls of the official Flickr30k evaluation, case by case. */
class GroundingReferenceTest {

    static List<String> cases() throws IOException {
        return MetricsReference.cases("flickr_", "");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void recallsAreThoseOfTheOfficialEvaluation(String name) throws IOException {
        Path folder = MetricsReference.folder().resolve(name);
        JsonNode expected = MetricsReference.read(folder.resolve("expected.json"));

        GroundingRecall recall = GroundingRecall.of(Flickr30k.read(folder, "test"), detections(folder.resolve("predictions.json")),
                expected.get("merge_boxes").asBoolean() ? GroundingRecall.Boxes.MERGED : GroundingRecall.Boxes.ANY,
                expected.get("iou_thresh").asDouble());

        Map<String, Double> computed = new TreeMap<>();
        recall.byType().forEach((type, share) -> {
            computed.put("Recall@1_" + type, share.at1());
            computed.put("Recall@5_" + type, share.at5());
            computed.put("Recall@10_" + type, share.at10());
            computed.put("Upper_bound_" + type, share.upperBound());
        });
        MetricsReference.assertSame(computed, expected.get("scores"));
    }

    private static List<SentenceDetections> detections(Path file) throws IOException {
        List<SentenceDetections> detections = new ArrayList<>();
        for (JsonNode sentence : MetricsReference.read(file)) {
            List<List<Corners>> boxes = new ArrayList<>();
            for (JsonNode phrase : sentence.get("boxes")) {
                List<Corners> found = new ArrayList<>();
                phrase.forEach(b -> found.add(
                        new Corners(b.get(0).asDouble(), b.get(1).asDouble(), b.get(2).asDouble(), b.get(3).asDouble())));
                boxes.add(found);
            }
            detections.add(new SentenceDetections(sentence.get("image_id").asText(), sentence.get("sentence_id").asInt(), boxes));
        }
        return detections;
    }
}
