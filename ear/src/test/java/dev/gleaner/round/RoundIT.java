package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.format.Sha256;
import dev.gleaner.glip.Box;
import dev.gleaner.labeling.Database;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Rounds on the deployed product, over REST. */
@ExtendWith(GleanerServerExtension.class)
class RoundIT {

    /** So many that the tiny model gets better beyond doubt. */
    private static final int IMPROVING = 120;

    @Test
    void aBetterStudentIsPromotedAndCanBeRolledBack(GleanerServer server, @TempDir Path folder) {
        Rounds rounds = new Rounds(server, folder, 6);
        // The champion found nothing yet, so what it is sure of is wrong: nothing of it is worth learning.
        long id = rounds.start(rounds.order(IMPROVING, Map.of("name", "better", "selection", List.of(Map.of("strategy", "fixed", "least", 0.99)))));
        assertThat(server.post("/api/training-rounds", rounds.order(1, Map.of())).expect(409).body()).contains("training round " + id);
        JsonNode end = rounds.awaitCompleted(id);

        assertThat(end.get("decision").textValue()).as(end.toString()).isEqualTo("PROMOTED");
        assertThat(end.get("phase").textValue()).isEqualTo("DONE");
        assertThat(end.at("/comparison/low").doubleValue()).isPositive();
        assertThat(end.at("/comparison/after").doubleValue()).isEqualTo(end.at("/after/figures/ap").doubleValue());
        assertThat(end.at("/comparison/before").doubleValue()).isEqualTo(end.at("/before/figures/ap").doubleValue());
        assertThat(end.at("/reasons/0").textValue()).startsWith("AP changed by +");
        assertThat(StreamSupport.stream(end.at("/comparison/slices").spliterator(), false)).extracting(slice -> slice.get("slice").textValue())
                .containsExactly("category disc", "category square", "size medium");
        assertThat(end.get("phases")).extracting(phase -> phase.get("phase").textValue())
                .containsExactly("SNAPSHOT", "TEACHING", "SELECTING", "TRAINING", "EVALUATING", "GATING", "REPORTING");
        assertThat(Rounds.done(end, "TEACHING")).isEqualTo(6);
        assertThat(Rounds.done(end, "SELECTING")).isEqualTo(6);
        assertThat(Rounds.done(end, "TRAINING")).isEqualTo(IMPROVING);
        assertThat(end.at("/snapshot/gold").intValue()).isEqualTo(12);
        assertThat(end.at("/snapshot/heldOut").intValue()).isEqualTo(10);
        assertThat(rounds.evaluating.items("/api/training-rounds/" + id + "/steps", 100)).hasSizeGreaterThan(0);

        JsonNode promoted = rounds.modelVersion(end.get("candidate"));
        assertThat(promoted.get("status").textValue()).isEqualTo("CHAMPION");
        assertThat(promoted.get("name").textValue()).isEqualTo("better");
        assertThat(promoted.get("parent").longValue()).isEqualTo(rounds.evaluating.model);

        // The next teacher is the mean of the new champion and the one before.
        JsonNode next = rounds.awaitCompleted(rounds.start(rounds.order(1, Map.of("teacher", Map.of("average", 0.5, "flip", false), "promote", false))));
        assertThat(next.get("champion")).isEqualTo(end.get("candidate"));
        assertThat(Rounds.done(next, "TEACHING")).isEqualTo(6);
        assertThat(server.home().resolve("rounds/" + next.get("id"))).as("its own files").doesNotExist();

        server.post("/api/model-versions/" + end.get("candidate") + "/rollback", Map.of()).expect(200);
        assertThat(rounds.evaluating.get("/api/model-versions/" + rounds.evaluating.model).get("status").textValue()).isEqualTo("CHAMPION");
        assertThat(rounds.modelVersion(end.get("candidate")).get("status").textValue()).isEqualTo("RETIRED");
        JsonNode after = rounds.get(id);
        assertThat(after).as("what the round was").isEqualTo(end);
        List<JsonNode> samples = rounds.samples(id);
        assertThat(samples).hasSize(6).allSatisfy(sample -> assertThat(sample.get("boxes")).isNotEmpty().allSatisfy(box -> {
            assertThat(box.get("selected").booleanValue()).isFalse();
            assertThat(box.get("droppedBy").textValue()).isEqualTo("fixed");
        }));
        assertThat(images(rounds, id, "gold")).hasSize(12).allSatisfy(image -> assertThat(image.get("gold")).hasSize(2));
        assertThat(images(rounds, id, "held-out")).hasSize(10).allSatisfy(image -> assertThat(image.at("/image/dataset").longValue()).isEqualTo(rounds.heldOut));
        assertThat(images(rounds, id, "unlabelled")).hasSize(6).allSatisfy(image -> assertThat(image.get("gold")).isEmpty());
        server.post("/api/training-rounds/" + id + "/restart", Map.of()).expect(409);
        server.post("/api/training-rounds/" + id + "/stop", Map.of()).expect(409);
    }

    private static List<JsonNode> images(Rounds rounds, long id, String role) {
        return rounds.evaluating.items("/api/training-rounds/" + id + "/images?role=" + role, 4);
    }

    @Test
    void aStudentThatIsNotBetterIsRefused(GleanerServer server, @TempDir Path folder) {
        Rounds rounds = new Rounds(server, folder, 4);
        long elsewhere = rounds.registerGold("elsewhere", folder, 10);
        // It learns next to nothing.
        long id = rounds.start(rounds.order(2, Map.of("outOfDomain", elsewhere,
                "training", Map.of("steps", 2, "batch", 1, "learningRate", 1e-9, "languageLearningRate", 1e-9))));
        JsonNode end = rounds.awaitCompleted(id);
        assertThat(end.get("name").textValue()).isEqualTo("round " + id);
        assertThat(end.get("decision").textValue()).as(end.toString()).isEqualTo("REFUSED");
        assertThat(end.at("/reasons/0").textValue()).contains("to be promoted, all of that has to be above +0.0");
        assertThat(rounds.modelVersion(end.get("candidate")).get("status").textValue()).isEqualTo("REJECTED");
        assertThat(rounds.evaluating.get("/api/model-versions/" + rounds.evaluating.model).get("status").textValue()).isEqualTo("CHAMPION");
        server.post("/api/model-versions/" + end.get("candidate") + "/promote", Map.of()).expect(409);
        assertThatCountsAgree(end, rounds.samples(id));
        assertThat(StreamSupport.stream(end.at("/comparison/slices").spliterator(), false))
                .filteredOn(slice -> slice.get("slice").textValue().equals("domain elsewhere")).singleElement().satisfies(slice -> {
                    assertThat(slice.get("gold").intValue()).isEqualTo(20);
                    assertThat(slice.get("guarded").booleanValue()).isTrue();
                });
    }

    private static void assertThatCountsAgree(JsonNode round, List<JsonNode> samples) {
        for (JsonNode category : round.get("selection")) {
            List<JsonNode> boxes = new ArrayList<>();
            samples.forEach(sample -> sample.get("boxes").forEach(boxes::add));
            boxes.removeIf(box -> box.get("category").longValue() != category.get("category").longValue());
            assertThat(boxes).hasSize(category.get("found").intValue());
            assertThat(boxes).filteredOn(box -> box.get("selected").booleanValue()).hasSize(category.get("selected").intValue())
                    .allSatisfy(box -> assertThat(box.get("score").doubleValue()).isGreaterThanOrEqualTo(0.6));
            assertThat(boxes).filteredOn(box -> !box.get("selected").booleanValue()).hasSize(category.at("/dropped/fixed").intValue())
                    .allSatisfy(box -> assertThat(box.get("score").doubleValue()).isLessThan(0.6));
        }
        assertThat(round.get("selection")).extracting(category -> category.get("name").textValue()).containsExactly("disc", "square");
    }

    /** What the student was shown is changed behind the teacher's back, as a fault on the way from one to the other would. */
    @Test
    void labelsThatAreNotTheTeachersAreRefused(GleanerServer server, @TempDir Path folder) {
        Rounds rounds = new Rounds(server, folder, 4);
        long id = rounds.start(rounds.order(60, Map.of("selection", List.of(Map.of("strategy", "fixed", "least", 0.3)))));
        JsonNode training = rounds.await(id, "trains", view -> Rounds.done(view, "TRAINING") >= 1);
        try (Database database = Database.of(server)) {
            assertThat(database.update("update fine_tune_images set proposed = (select jsonb_agg(box || jsonb_build_object('x',"
                    + " cast(box ->> 'x' as double precision) + 40)) from jsonb_array_elements(proposed) as box)"
                    + " where fine_tune_id = " + training.get("fineTune") + " and jsonb_array_length(proposed) > 0")).isPositive();
        }
        JsonNode end = rounds.awaitCompleted(id);
        assertThat(end.get("decision").textValue()).as(end.toString()).isEqualTo("REFUSED");
        assertThat(Rounds.done(end, "GATING")).isPositive();
        assertThat(end.get("reasons")).last().extracting(JsonNode::textValue).asString()
                .matches("of \\d+ boxes that the student learnt from in \\d images, the teacher finds \\d+\\.\\d % again, expected at least 95 %.*");
        assertThat(rounds.modelVersion(end.get("candidate")).get("status").textValue()).isEqualTo("REJECTED");
    }

    @Test
    void aCandidateTakesNoOtherChampionsPlace(GleanerServer server, @TempDir Path folder) {
        Rounds rounds = new Rounds(server, folder, 2);
        JsonNode version = rounds.evaluating.get("/api/model-versions/" + rounds.evaluating.model);
        long id = rounds.start(rounds.order(40, Map.of()));
        rounds.await(id, "trains", view -> Rounds.done(view, "TRAINING") >= 1);
        long other;
        try (Database database = Database.of(server)) {
            other = database.number("insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance)"
                    + " select project_id, 'other', 'CANDIDATE', architecture, bundle, sha256, provenance from model_versions where id = " + version.get("id")
                    + " returning id");
        }
        server.post("/api/model-versions/" + other + "/promote", Map.of()).expect(200);
        JsonNode end = rounds.awaitCompleted(id);
        assertThat(end.get("decision").textValue()).isEqualTo("REFUSED");
        assertThat(end.get("reasons")).last().extracting(JsonNode::textValue).asString()
                .contains("The champion is now model version " + other, "compared with model version " + rounds.evaluating.model);
        assertThat(rounds.modelVersion(end.get("candidate")).get("status").textValue()).isEqualTo("REJECTED");

        assertThat(server.post("/api/training-rounds", rounds.order(1, Map.of("modelVersion", rounds.evaluating.model))).expect(400).body())
                .contains("modelVersion", "the champion of the project, " + other);

        long later = rounds.start(rounds.order(500, Map.of()));
        rounds.await(later, "trains", view -> Rounds.done(view, "TRAINING") >= 1);
        stopped(rounds, later);
        server.post("/api/model-versions/" + other + "/rollback", Map.of()).expect(200);
        assertThat(server.post("/api/training-rounds/" + later + "/restart", Map.of()).expect(409).body()).contains("was to replace model version " + other);
    }

    @Test
    void aStoppedRoundGoesOnWhereItWas(GleanerServer server, @TempDir Path folder) {
        Rounds rounds = new Rounds(server, folder, 24);
        long id = rounds.start(rounds.order(60, Map.of()));
        rounds.await(id, "teaches", view -> Rounds.done(view, "TEACHING") >= 2);
        JsonNode taught = stopped(rounds, id);
        assertThat(taught.get("phase").textValue()).isEqualTo("TEACHING");
        int images = Rounds.done(taught, "TEACHING");
        assertThat(images).isBetween(2, 23);
        assertThat(rounds.samples(id)).hasSize(images);

        server.post("/api/training-rounds/" + id + "/restart", Map.of()).expect(202);
        JsonNode training = rounds.await(id, "trains", view -> Rounds.done(view, "TRAINING") >= 2);
        JsonNode rest = stopped(rounds, id);
        assertThat(rest.get("phase").textValue()).isEqualTo("TRAINING");
        int steps = Rounds.done(rest, "TRAINING");
        assertThat(steps).isBetween(2, 59);
        JsonNode fineTune = rounds.evaluating.get("/api/fine-tunes/" + training.get("fineTune"));
        assertThat(fineTune.get("status").textValue()).as("its training stops with it").isEqualTo("STOPPED");

        server.post("/api/training-rounds/" + id + "/restart", Map.of()).expect(202);
        JsonNode end = rounds.awaitCompleted(id);
        assertThat(end.get("fineTune")).isEqualTo(training.get("fineTune"));
        assertThat(end.get("snapshot")).isEqualTo(taught.get("snapshot"));
        assertThat(rounds.samples(id)).hasSize(24);
        try (Database database = Database.of(server)) {
            assertThat(database.number("select count(*) from (select distinct step from fine_tune_steps where fine_tune_id = " + end.get("fineTune") + ") s")).isEqualTo(60);
            assertThat(database.number("select count(*) from fine_tunes f join datasets d on d.id = f.dataset_id where d.id = " + rounds.gold)).isEqualTo(1);
        }
    }

    @Test
    void aRoundWhoseTrainingSomebodyStopsSaysSoAndGoesOnWithIt(GleanerServer server, @TempDir Path folder) {
        Rounds rounds = new Rounds(server, folder, 1);
        long id = rounds.start(rounds.order(500, Map.of()));
        JsonNode fineTune = rounds.await(id, "trains", view -> Rounds.done(view, "TRAINING") >= 1).get("fineTune");
        server.post("/api/fine-tunes/" + fineTune + "/stop", Map.of()).expect(202);
        JsonNode failed = rounds.awaitRest(id);
        assertThat(failed.get("status").textValue()).isEqualTo("FAILED");
        assertThat(failed.get("error").textValue()).isEqualTo("training: the training, fine-tune " + fineTune + ", is STOPPED");
        int steps = Rounds.done(failed, "TRAINING");

        server.post("/api/training-rounds/" + id + "/restart", Map.of()).expect(202);
        JsonNode more = rounds.await(id, "goes on", view -> Rounds.done(view, "TRAINING") > steps);
        assertThat(more.get("fineTune")).isEqualTo(fineTune);
        assertThat(more.get("status").textValue()).isEqualTo("RUNNING");
        stopped(rounds, id);
    }

    private static JsonNode stopped(Rounds rounds, long id) {
        rounds.server.post("/api/training-rounds/" + id + "/stop", Map.of()).expect(202);
        JsonNode view = rounds.awaitRest(id);
        assertThat(view.get("status").textValue()).as(view.toString()).isEqualTo("STOPPED");
        return view;
    }

    @Test
    void humansWinOverTheTeacher(GleanerServer server, @TempDir Path folder) {
        Rounds rounds = new Rounds(server, folder, 3);
        long run = server.post("/api/labeling-runs", Map.of("dataset", rounds.open, "modelVersion", rounds.evaluating.model,
                "prompts", List.of(Map.of("category", "disc"), Map.of("category", "square")), "thresholds", Map.of("default", 0)))
                .expect(202).json().get("id").longValue();
        server.await("the labeling run ends", () -> rounds.evaluating.get("/api/labeling-runs/" + run).get("status").textValue().equals("COMPLETED"));
        long reviewed;
        long partly;
        try (Database database = Database.of(server)) {
            List<String> images = database.rows("select id from images where dataset_id = " + rounds.open + " order by id");
            reviewed = Long.parseLong(images.get(0));
            partly = Long.parseLong(images.get(1));
            // On the first everything is decided and the item ended, on the second one disc alone.
            database.update("insert into review_decisions (project_id, dataset_id, image_id, item_id, action, counts, reviewer, request_id, origin, decided_at)"
                    + " select d.project_id, d.id, " + reviewed + ", 1, 'DECIDE', true, 'ann', 'whole image', 'console', now() from datasets d where d.id = " + rounds.open);
            database.update("update annotations set status = 'REJECTED', decided_by = 'ann', decided_at = now() where image_id = " + reviewed);
            database.update("update annotations set status = 'ACCEPTED' where id = (select min(id) from annotations where image_id = " + reviewed + ")");
            database.update("update annotations set status = 'REJECTED', decided_by = 'ann', decided_at = now() where id = (select min(a.id) from annotations a"
                    + " join categories c on c.id = a.category_id where a.image_id = " + partly + " and c.name = 'disc')");
        }
        long id = rounds.start(rounds.order(2, Map.of("dataset", rounds.open,
                "prompts", List.of(Map.of("category", "disc"), Map.of("category", "square")))));
        JsonNode end = rounds.awaitCompleted(id);
        assertThat(end.at("/snapshot/gold").intValue()).isEqualTo(1);
        assertThat(end.at("/snapshot/unlabelled").intValue()).isEqualTo(2);
        List<JsonNode> samples = rounds.samples(id);
        assertThat(samples).extracting(sample -> sample.at("/image/id").longValue()).contains(partly).doesNotContain(reviewed);
        JsonNode sample = samples.stream().filter(one -> one.at("/image/id").longValue() == partly).findFirst().orElseThrow();
        assertThat(sample.get("rejected")).hasSize(1);
        JsonNode rejected = sample.at("/rejected/0");
        assertThat(sample.get("boxes")).filteredOn(box -> box.get("name").textValue().equals("disc") && iou(box, rejected) >= 0.5).isNotEmpty()
                .allSatisfy(box -> assertThat(box.get("droppedBy").textValue()).isEqualTo("human"));
        assertThat(sample.get("boxes")).as("nothing was said of any other").filteredOn(box -> !box.get("name").textValue().equals("disc") || iou(box, rejected) < 0.5)
                .noneSatisfy(box -> assertThat(box.path("droppedBy").asText()).isEqualTo("human"));
        try (Database database = Database.of(server)) {
            Set<String> shown = Set.copyOf(database.rows("select distinct image_id from fine_tune_images where fine_tune_id = " + end.get("fineTune")));
            assertThat(shown).contains(Long.toString(reviewed));
            assertThat(database.rows("select distinct i.dataset_id from fine_tune_images f join images i on i.id = f.image_id where f.fine_tune_id = "
                    + end.get("fineTune"))).as("nothing of what is held out").containsExactly(Long.toString(rounds.open));
        }
    }

    /** Half of all hashes of the seed, 1, and an image's content: those that begin with one of the first eight digits. */
    private static boolean isReserved(JsonNode image) {
        return Sha256.of(("1:" + image.get("sha256").textValue()).getBytes(StandardCharsets.US_ASCII)).compareTo("8") < 0;
    }

    private static double iou(JsonNode one, JsonNode other) {
        return box(one).iou(box(other));
    }

    private static Box box(JsonNode view) {
        JsonNode box = view.get("bbox");
        return Box.xywh(box.get(0).doubleValue(), box.get(1).doubleValue(), box.get(2).doubleValue(), box.get(3).doubleValue());
    }

    @Test
    void imagesWithoutABoxAreTheTeachersWhereTheirDatasetIsNamed(GleanerServer server, @TempDir Path folder) {
        Rounds rounds = new Rounds(server, folder, 1);
        try (Database database = Database.of(server)) {
            database.update("delete from annotations where image_id in (select id from images where dataset_id = " + rounds.gold + " order by id limit 6)");
        }
        Map<String, Object> order = rounds.order(1, Map.of("split", Map.of("fraction", 0.5, "seed", 1), "unlabelled", List.of(rounds.gold)));
        order.remove("gold");
        JsonNode end = rounds.awaitCompleted(rounds.start(order));
        long id = end.get("id").longValue();
        List<JsonNode> held = images(rounds, id, "held-out");
        List<JsonNode> gold = images(rounds, id, "gold");
        List<JsonNode> unlabelled = images(rounds, id, "unlabelled");
        assertThat(held).isNotEmpty().allSatisfy(image -> assertThat(image.get("gold")).hasSize(2)).allMatch(image -> isReserved(image.get("image")));
        assertThat(gold).hasSize(6 - held.size()).allSatisfy(image -> assertThat(image.get("gold")).hasSize(2)).noneMatch(image -> isReserved(image.get("image")));
        long reserved = rounds.evaluating.items("/api/datasets/" + rounds.gold + "/images", 5).stream().filter(RoundIT::isReserved).count();
        assertThat(unlabelled).as("what is kept to be measured on one day is no teacher's").hasSize((int) (6 - (reserved - held.size())))
                .allSatisfy(image -> assertThat(image.get("gold")).isEmpty()).noneMatch(image -> isReserved(image.get("image")));
        assertThat(end.at("/before/total").intValue()).isEqualTo(held.size());
    }

    @Test
    void captionsTakePart(GleanerServer server, @TempDir Path folder) {
        Rounds rounds = new Rounds(server, folder, 3);
        String captions = "/api/datasets/" + rounds.open + "/captions";
        server.put(captions, List.of(Map.of("file", "image-1.png", "caption", "a red disc beside a blue square"),
                Map.of("file", "image-3.png", "caption", "a blue square"))).expect(204);
        assertThat(rounds.evaluating.items(captions, 1)).extracting(item -> item.get("file").textValue() + ": " + item.get("caption").textValue())
                .containsExactly("image-1.png: a red disc beside a blue square", "image-3.png: a blue square");

        // Of the boxes none is sure enough: what is learnt of these images are their captions, where the teacher is sure of a phrase.
        JsonNode end = rounds.awaitCompleted(rounds.start(rounds.order(4, Map.of("captions", true, "promote", false,
                "selection", List.of(Map.of("strategy", "fixed", "least", 1))))));
        assertThat(end.at("/snapshot/captioned").intValue()).isEqualTo(2);
        List<JsonNode> samples = rounds.samples(end.get("id").longValue());
        assertThat(samples).extracting(sample -> sample.path("caption").asText())
                .containsExactly("a red disc beside a blue square", "", "a blue square");
        List<JsonNode> grounded = samples.stream().filter(sample -> sample.has("grounded")).toList();
        assertThat(grounded).as("so the tiny model is sure of some phrase").isNotEmpty().hasSize(end.at("/snapshot/grounded").intValue())
                .allSatisfy(sample -> assertThat(sample.get("grounded")).allSatisfy(box ->
                        assertThat(sample.get("caption").textValue()).contains(box.get("phrase").textValue())));
        assertThat(Rounds.done(end, "GATING")).as("images that the teacher looked at again").isEqualTo(grounded.size());
        assertThat(end.get("reasons")).extracting(JsonNode::textValue).noneMatch(reason -> reason.contains("are not its own"));
        try (Database database = Database.of(server)) {
            assertThat(database.rows("select f.image_id from fine_tune_images f where f.fine_tune_id = " + end.get("fineTune")
                    + " and grounding is not null and proposed is null order by f.image_id"))
                    .isEqualTo(grounded.stream().map(sample -> sample.at("/image/id").asText()).toList());
        }
        server.put("/api/datasets/987654321/captions", List.of()).expect(404);
        assertThat(server.put(captions, List.of(Map.of("file", "image-9.png", "caption", "x"))).expect(400).body())
                .contains("[0].file", "image-9.png", "the name of an image of the dataset");
        assertThat(server.post("/api/training-rounds", rounds.order(1, Map.of("captions", true, "training", Map.of("mode", "prompt")))).expect(400).body())
                .contains("captions", "mode prompt learns the prompts alone");
    }
}
