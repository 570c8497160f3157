package dev.gleaner.evaluationrun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.RealPhotos;
import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.DetectionEvaluation;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.glip.Box;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations on the deployed product, over REST. */
@ExtendWith(GleanerServerExtension.class)
class EvaluationIT {

    @TempDir
    private Path folder;

    @Test
    void theFiguresOfHeldOutPhotosAreThoseOfTheirDetections(GleanerServer server) {
        Path photos = RealPhotos.raccoons();
        Evaluating evaluating = new Evaluating(server);
        long dataset = evaluating.register("raccoons", Map.of("type", "voc", "path", photos.resolve("Annotations").toString(),
                "images", photos.resolve("JPEGImages").toString()));

        long id = evaluating.start(dataset, Map.of("split", Map.of("fraction", 0.25, "seed", 3)));
        JsonNode evaluation = evaluating.awaitCompleted(id);

        assertThat(evaluation.get("total").intValue()).isEqualTo(40);
        assertThat(evaluation.get("done").intValue()).isEqualTo(40);
        assertThat(evaluation.get("quarantined").intValue()).isZero();
        assertThat(evaluation.get("startedBy").textValue()).isNotBlank();
        assertThat(evaluation.at("/settings/chunking").textValue()).isEqualTo("official");
        assertThat(evaluation.at("/settings/detectionsPerImage").intValue()).isEqualTo(100);
        assertThat(evaluation.get("prompts")).hasSize(1);
        GroundTruth gold = evaluating.gold(id, folder);
        List<DetectedBox> detections = evaluating.detections(id, folder);
        assertThat(gold.images()).hasSize(40);
        assertThat(detections).hasSizeGreaterThan(40);
        assertThat(gold.boxes()).hasSize(evaluation.at("/snapshot/boxes").intValue());
        assertThatGoldIsWhatTheDatasetCameWith(evaluating, dataset, gold);
        assertThatDetectionsAreWhatDetectAnswers(evaluating, gold, detections, evaluation);

        DetectionEvaluation computed = DetectionEvaluation.coco(gold, detections);
        assertThat(Evaluating.figures(evaluation.get("figures"))).isEqualTo(Evaluating.written(computed.figures()));
        assertThat(computed.figures().ar()).as("the tiny model finds something by chance").isPositive();
        assertThat(evaluation.at("/figures/ap").doubleValue()).isPositive();

        JsonNode row = evaluating.items("/api/evaluations/" + id + "/categories", 100).get(0);
        assertThat(row.get("category").textValue()).isEqualTo("raccoon");
        assertThat(row.get("gold").intValue()).isEqualTo(gold.boxes().size());
        assertThat(row.get("detections").intValue()).isEqualTo(detections.size());
        assertThat(Evaluating.figures(row.get("figures"))).isEqualTo(Evaluating.written(computed.categories().get(0).figures()));
        JsonNode curve = evaluating.get("/api/evaluations/" + id + "/curve?iou=0.5&category=" + row.get("id"));
        assertThat(curve.get("recall")).hasSize(101);
        assertThat(StreamSupport.stream(curve.get("precision").spliterator(), false).mapToDouble(JsonNode::doubleValue).toArray())
                .isEqualTo(computed.categories().get(0).curve().precisions(50));
        assertThat(evaluating.get("/api/evaluations/" + id + "/curve?iou=0.5").get("precision")).isEqualTo(curve.get("precision"));

        assertThatExamplesComeFromTheDetections(evaluating, id, row, gold, detections);
    }

    private static void assertThatGoldIsWhatTheDatasetCameWith(Evaluating evaluating, long dataset, GroundTruth gold) {
        Set<Long> images = gold.images().stream().map(TruthImage::id).collect(Collectors.toSet());
        List<TruthBox> exported = new ArrayList<>();
        for (JsonNode box : evaluating.get("/api/datasets/" + dataset + "/export?format=coco&status=IMPORTED").get("annotations")) {
            if (images.contains(box.get("image_id").longValue())) {
                exported.add(TruthBox.of(box.get("id").longValue(), box.get("image_id").longValue(), box.get("category_id").longValue(), box(box)));
            }
        }
        assertThat(gold.boxes()).containsExactlyInAnyOrderElementsOf(exported);
    }

    private static Box box(JsonNode json) {
        JsonNode bbox = json.get("bbox");
        return Box.xywh(bbox.get(0).doubleValue(), bbox.get(1).doubleValue(), bbox.get(2).doubleValue(), bbox.get(3).doubleValue());
    }

    /** Some of them; a single category makes one pass either way of chunking. */
    private static void assertThatDetectionsAreWhatDetectAnswers(Evaluating evaluating, GroundTruth gold, List<DetectedBox> detections,
            JsonNode evaluation) {
        for (int i = 0; i < gold.images().size(); i += 10) {
            long image = gold.images().get(i).id();
            JsonNode answer = evaluating.server.postMultipart("/api/detect", Map.of("imageId", image, "modelVersion", evaluating.model,
                    "prompts", evaluation.get("prompts").toString(), "thresholds", "{\"default\":0}")).expect(200).json().get("detections");
            List<DetectedBox> expected = StreamSupport.stream(answer.spliterator(), false).limit(100)
                    .map(found -> new DetectedBox(image, gold.categories().get(0).id(), box(found), found.get("score").doubleValue())).toList();
            assertThat(detections.stream().filter(found -> found.imageId() == image)).as("image %d", image).containsExactlyElementsOf(expected);
        }
    }

    private static void assertThatExamplesComeFromTheDetections(Evaluating evaluating, long id, JsonNode row, GroundTruth gold,
            List<DetectedBox> detections) {
        List<JsonNode> examples = evaluating.items("/api/evaluations/" + id + "/examples", 7);
        assertThat(examples).isNotEmpty();
        assertThat(examples).extracting(example -> example.get("id").intValue()).isSorted().doesNotHaveDuplicates();
        int mistakes = 0;
        for (JsonNode count : row.get("mistakes")) {
            mistakes += count.intValue();
        }
        assertThat(mistakes).isGreaterThanOrEqualTo(examples.size());
        Map<Long, TruthBox> goldById = gold.boxes().stream().collect(Collectors.toMap(TruthBox::id, box -> box));
        for (JsonNode example : examples) {
            long image = example.get("image").longValue();
            if (example.get("kind").textValue().equals("MISSED")) {
                assertThat(goldById.get(example.get("gold").longValue()).imageId()).isEqualTo(image);
                assertThat(example.get("iou").doubleValue()).isLessThan(1);
            } else {
                Box found = box(example);
                assertThat(detections).contains(new DetectedBox(image, row.get("id").longValue(), found, example.get("score").doubleValue()));
                if (example.has("gold")) {
                    assertThat(found.iou(goldById.get(example.get("gold").longValue()).box())).isCloseTo(example.get("iou").doubleValue(), within(1e-12));
                }
            }
        }
        List<JsonNode> missed = evaluating.items("/api/evaluations/" + id + "/examples?kind=missed", 100);
        assertThat(missed).hasSameSizeAs(examples.stream().filter(example -> example.get("kind").textValue().equals("MISSED")).toList());
    }
}
