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
import dev.gleaner.evaluation.TruthCategory;
import dev.gleaner.evaluation.TruthCategory.Frequency;
import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.glip.Box;
import dev.gleaner.labeling.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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

    @Test
    void goldIsWhatHumansDecidedAndStaysAsItWas(GleanerServer server) throws IOException {
        Evaluating evaluating = new Evaluating(server);
        Shapes.draw(folder.resolve("undecided"), 6, 5);
        long dataset = evaluating.register("undecided", Map.of("type", "folder", "path", folder.resolve("undecided/images").toString()));
        long run = Evaluating.id(server.post("/api/labeling-runs", Map.of("dataset", dataset, "modelVersion", evaluating.model,
                "prompts", List.of(Map.of("category", "disc")), "thresholds", Map.of("default", 0))).expect(202).json());
        server.await("run " + run + " ends", () -> evaluating.get("/api/labeling-runs/" + run).get("status").textValue().equals("COMPLETED"));
        assertThat(server.post("/api/evaluations", Map.of("dataset", dataset, "modelVersion", evaluating.model)).expect(400).body())
                .as("proposals are no gold").contains("a dataset that has boxes, imported or decided about");

        try (Database database = Database.of(server)) {
            String first = "(select id from annotations where ordinal = 0 and labeling_run_id = " + run + " order by image_id offset %d limit 1)";
            decide(database, "ACCEPTED", first.formatted(0));
            decide(database, "CORRECTED", first.formatted(1));
            decide(database, "REJECTED", first.formatted(2));
            long before = evaluating.start(dataset, Map.of());
            JsonNode evaluation = evaluating.awaitCompleted(before);
            assertThat(evaluation.get("total").intValue()).as("images that somebody has reviewed").isEqualTo(3);
            assertThat(evaluation.at("/snapshot/boxes").intValue()).isEqualTo(2);
            assertThat(evaluating.gold(before, folder).boxes()).hasSize(2);

            decide(database, "REJECTED", first.formatted(0));
            JsonNode after = evaluating.awaitCompleted(evaluating.start(dataset, Map.of()));
            assertThat(after.at("/snapshot/boxes").intValue()).isEqualTo(1);
            assertThat(after.at("/snapshot/sha256")).isNotEqualTo(evaluation.at("/snapshot/sha256"));
            assertThat(evaluating.gold(before, folder).boxes()).as("what was frozen").hasSize(2);
            assertThat(evaluating.get("/api/evaluations/" + before).get("figures")).isEqualTo(evaluation.get("figures"));
        }
    }

    private static void decide(Database database, String status, String which) {
        assertThat(database.update("update annotations set status = '" + status + "', decided_by = 'ann', decided_at = now() where id = " + which)).isOne();
    }

    @Test
    void theSameOrderComesToTheSame(GleanerServer server) {
        Evaluating evaluating = new Evaluating(server);
        long dataset = evaluating.register("shapes", Shapes.draw(folder.resolve("shapes"), 12, 6));
        List<JsonNode> images = evaluating.items("/api/datasets/" + dataset + "/images", 100);

        JsonNode all = evaluating.awaitCompleted(evaluating.start(dataset, Map.of()));
        JsonNode again = evaluating.awaitCompleted(evaluating.start(dataset, Map.of("chunking", "packed")));
        JsonNode listed = evaluating.awaitCompleted(evaluating.start(dataset, Map.of("images",
                images.stream().map(Evaluating::id).limit(5).toList(), "prompts", List.of(Map.of("category", "square", "phrase", "blue square")))));

        assertThat(again.get("snapshot")).isEqualTo(all.get("snapshot"));
        assertThat(again.get("figures")).as("two categories are one pass either way").isEqualTo(all.get("figures"));
        assertThat(evaluating.items("/api/evaluations", 500)).noneMatch(item -> item.has("prompts"));
        assertThat(listed.get("total").intValue()).isEqualTo(5);
        assertThat(listed.at("/snapshot/boxes").intValue()).as("squares alone").isEqualTo(5);
        assertThat(listed.at("/snapshot/listed").booleanValue()).isTrue();
        assertThat(evaluating.gold(Evaluating.id(listed), folder).categories()).extracting(category -> category.name()).containsExactly("square");
    }

    @Test
    void fixedApJudgesWhatAnImageTells(GleanerServer server) {
        Evaluating evaluating = new Evaluating(server);
        long dataset = evaluating.register("shapes", Shapes.drawFederated(folder.resolve("shapes"), 12, 7));

        long id = evaluating.start(dataset, Map.of("protocol", "lvis-fixed",
                "prompts", List.of(Map.of("category", "disc"), Map.of("category", "square"), Map.of("category", "cross"))));
        JsonNode evaluation = evaluating.awaitCompleted(id);

        GroundTruth gold = evaluating.gold(id, folder);
        assertThat(gold.images()).filteredOn(image -> !image.absent().isEmpty()).hasSize(6);
        assertThat(gold.images()).filteredOn(image -> !image.notExhaustive().isEmpty()).hasSize(4);
        DetectionEvaluation computed = DetectionEvaluation.lvis(gold, evaluating.detections(id, folder), 10_000);
        Map<String, Double> figures = Evaluating.written(computed.figures());
        figures.put("apRare", computed.figures(Frequency.RARE).ap());
        figures.put("apFrequent", computed.figures(Frequency.FREQUENT).ap());
        assertThat(evaluation.at("/settings/detectionsPerImage").intValue()).isEqualTo(300);
        assertThat(Evaluating.figures(evaluation.get("figures"))).as("crosses are common, and nowhere").isEqualTo(figures);
        JsonNode square = evaluating.items("/api/evaluations/" + id + "/categories", 10).stream()
                .filter(row -> row.get("category").textValue().equals("square")).findFirst().orElseThrow();
        assertThat(square.at("/figures/ap").doubleValue()).isEqualTo(figures.get("apRare"));
    }

    @Test
    void fixedApTakesAnOrdinaryImageToTellAll(GleanerServer server) {
        Evaluating evaluating = new Evaluating(server);
        long dataset = evaluating.register("shapes", Shapes.draw(folder.resolve("shapes"), 8, 13));

        long id = evaluating.start(dataset, Map.of("protocol", "lvis-fixed"));
        JsonNode evaluation = evaluating.awaitCompleted(id);

        GroundTruth gold = evaluating.gold(id, folder);
        Set<Long> categories = gold.categories().stream().map(TruthCategory::id).collect(Collectors.toSet());
        GroundTruth exhaustive = new GroundTruth(gold.images().stream().map(image -> new TruthImage(image.id(), categories, Set.of())).toList(),
                gold.categories(), gold.boxes());
        assertThat(Evaluating.figures(evaluation.get("figures"))).isEqualTo(
                Evaluating.written(DetectionEvaluation.lvis(exhaustive, evaluating.detections(id, folder), 10_000).figures()));
    }

    @Test
    void imagesThatCannotBeReadAreLeftOutUntilTheyCan(GleanerServer server) throws IOException {
        Evaluating evaluating = new Evaluating(server);
        long dataset = evaluating.register("broken", Shapes.draw(folder.resolve("broken"), 10, 8));
        Path picture = folder.resolve("broken/images/shapes-4.png");
        byte[] good = Files.readAllBytes(picture);
        Files.writeString(picture, "not a picture any more");

        long id = evaluating.start(dataset, Map.of());
        JsonNode without = evaluating.awaitCompleted(id);
        assertThat(without.get("quarantined").intValue()).isOne();
        assertThat(evaluating.items("/api/evaluations/" + id + "/quarantine", 10)).extracting(image -> image.get("fileName").textValue())
                .containsExactly("shapes-4.png");
        GroundTruth gold = evaluating.gold(id, folder);
        assertThat(gold.images()).hasSize(9);
        assertThat(Evaluating.figures(without.get("figures")))
                .isEqualTo(Evaluating.written(DetectionEvaluation.coco(gold, evaluating.detections(id, folder)).figures()));

        Files.write(picture, good);
        assertThat(server.post("/api/evaluations/" + id + "/restart", Map.of()).expect(202).json().has("figures")).isFalse();
        JsonNode whole = evaluating.awaitCompleted(id);
        assertThat(whole.get("quarantined").intValue()).isZero();
        JsonNode undisturbed = evaluating.awaitCompleted(evaluating.start(dataset, Map.of()));
        assertThat(whole.get("figures")).isEqualTo(undisturbed.get("figures"));
        assertThat(whole.at("/snapshot/sha256")).isEqualTo(undisturbed.at("/snapshot/sha256"));
        server.post("/api/evaluations/" + id + "/restart", Map.of()).expect(409);
    }

    @Test
    void itStopsAndGoesOnWhereItWas(GleanerServer server) {
        Evaluating evaluating = new Evaluating(server);
        int images = 500; // some seconds of work: the stop has to come in between
        long dataset = evaluating.register("stop", Shapes.draw(folder.resolve("stop"), images, 9));
        long id = evaluating.start(dataset, Map.of());
        evaluating.await(id, "has begun", view -> view.get("done").intValue() > 0);
        server.get("/api/evaluations/" + id + "/curve").expect(409);

        server.post("/api/evaluations/" + id + "/stop", Map.of()).expect(202);
        JsonNode stopped = evaluating.awaitRest(id);
        assertThat(stopped.get("status").textValue()).isEqualTo("STOPPED");
        assertThat(stopped.has("figures")).isFalse();
        server.post("/api/evaluations/" + id + "/stop", Map.of()).expect(409);

        try (Database database = Database.of(server)) {
            List<String> before = database.rows("select image_id, finished_at from evaluation_detections where evaluation_id = " + id);
            assertThat(before).hasSize(stopped.get("done").intValue()).hasSizeBetween(1, images - 1);
            server.post("/api/evaluations/" + id + "/restart", Map.of()).expect(202);
            JsonNode completed = evaluating.awaitCompleted(id);
            assertThat(database.rows("select image_id, finished_at from evaluation_detections where evaluation_id = " + id))
                    .hasSize(images).containsAll(before);
            assertThat(Evaluating.figures(completed.get("figures"))).isEqualTo(Evaluating.written(
                    DetectionEvaluation.coco(evaluating.gold(id, folder), evaluating.detections(id, folder)).figures()));
        }
    }

    @Test
    void aFamilyHasOneTable(GleanerServer server) {
        Evaluating evaluating = new Evaluating(server);
        long first = evaluating.register("first", Shapes.draw(folder.resolve("first"), 6, 10));
        long second = evaluating.register("second", Shapes.draw(folder.resolve("second"), 6, 11));

        long id = Evaluating.id(server.post("/api/evaluation-families", Map.of("name", "both", "modelVersion", evaluating.model, "datasets", List.of(
                Map.of("dataset", first, "prompts", List.of(Map.of("category", "disc", "phrase", "red circle")), "supervisedAp", 0.5),
                Map.of("dataset", second, "split", Map.of("fraction", 0.5))))).expect(202).json());
        for (JsonNode row : evaluating.get("/api/evaluation-families/" + id).get("evaluations")) {
            evaluating.awaitCompleted(row.get("evaluation").longValue());
        }

        JsonNode family = evaluating.get("/api/evaluation-families/" + id);
        assertThat(family.has("shots")).isFalse();
        double[] aps = new double[2];
        for (int row = 0; row < 2; row++) {
            JsonNode evaluation = evaluating.get("/api/evaluations/" + family.at("/evaluations/" + row + "/evaluation"));
            assertThat(evaluation.get("family").longValue()).isEqualTo(id);
            aps[row] = evaluation.at("/figures/ap").doubleValue();
            assertThat(family.at("/evaluations/" + row + "/ap").doubleValue()).isEqualTo(aps[row]);
        }
        assertThat(family.at("/ap/mean").doubleValue()).isEqualTo((Math.min(aps[0], aps[1]) + Math.max(aps[0], aps[1])) / 2);
        assertThat(family.at("/ap/median")).isEqualTo(family.at("/ap/mean"));
        assertThat(family.at("/evaluations/0/supervisedAp").doubleValue()).isEqualTo(0.5);
        JsonNode prompts = evaluating.get("/api/evaluations/" + family.at("/evaluations/0/evaluation")).get("prompts");
        assertThat(prompts.findValuesAsText("phrase")).containsExactlyInAnyOrder("red circle", "square");
        assertThat(family.at("/evaluations/1/total").intValue()).isEqualTo(3);

        String supervised = "/api/evaluation-families/" + id + "/supervised";
        Map<String, Double> entered = new HashMap<>();
        entered.put(Long.toString(first), null);
        entered.put(Long.toString(second), 0.7);
        JsonNode compared = server.put(supervised, Map.of("supervisedAp", entered)).expect(200).json();
        assertThat(compared.at("/evaluations/0").has("supervisedAp")).isFalse();
        assertThat(compared.at("/supervisedAp/mean").doubleValue()).isEqualTo(0.7);
        server.put(supervised, Map.of("supervisedAp", Map.of("987654321", 0.7))).expect(400);
        server.put(supervised, Map.of("supervisedAp", Map.of(Long.toString(first), 70))).expect(400);
        server.put(supervised, Map.of()).expect(400);
        String key = Long.toString(second);
        assertThat(server.put(supervised, Map.of("supervisedEvaluation", Map.of(key, family.at("/evaluations/0/evaluation").longValue()))).expect(400).body())
                .contains("supervisedEvaluation." + second, "same images, gold and protocol");
        server.put(supervised, Map.of("supervisedEvaluation", Map.of("987654321", 1))).expect(400);
        server.put(supervised, Map.of("supervisedAp", Map.of(), "supervisedEvaluation", Map.of())).expect(400);
        assertThat(evaluating.get("/api/evaluation-families/" + id)).isEqualTo(compared);

        long other = evaluating.start(second, Map.of("split", Map.of("fraction", 0.5), "prompts", List.of(Map.of("category", "disc", "phrase", "square"),
                Map.of("category", "square", "phrase", "disc"))));
        double ap = evaluating.awaitCompleted(other).at("/figures/ap").doubleValue();
        JsonNode measured = server.put(supervised, Map.of("supervisedEvaluation", Map.of(key, other))).expect(200).json();
        assertThat(measured.at("/evaluations/1/supervisedAp").doubleValue()).isEqualTo(ap).isNotEqualTo(0.7);
    }
}
