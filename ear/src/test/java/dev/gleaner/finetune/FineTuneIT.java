package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.evaluationrun.Evaluating;
import dev.gleaner.evaluationrun.Shapes;
import dev.gleaner.labeling.Database;
import dev.gleaner.remote.StandInHost;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Fine-tunes on the deployed product, over REST. */
@ExtendWith(GleanerServerExtension.class)
class FineTuneIT {

    /** Enough for a stop to come in time. */
    private static final int STOPPED_STEPS = 80;

    private static Tuning tuning;
    private static long shapes;
    private static Path pictures;

    @BeforeAll
    static void prepare(GleanerServer server, @TempDir Path folder) {
        tuning = new Tuning(server);
        pictures = folder.resolve("shapes/images");
        shapes = tuning.register("shapes", Shapes.draw(folder.resolve("shapes"), 12, 21));
    }

    @Test
    void theResultIsMeasuredByTheGoldOfItsBase(GleanerServer server) {
        long id = tuning.start("measured", shapes, Map.of("split", Map.of("fraction", 0.25, "seed", 3), "steps", 6, "batch", 1, "learningRate", 0.001));
        JsonNode end = tuning.awaitCompleted(id);

        assertThat(end.at("/snapshot/images").intValue()).isEqualTo(9);
        assertThat(end.at("/snapshot/boxes").intValue()).isEqualTo(18);
        assertThat(end.at("/settings/mode").textValue()).isEqualTo("full");
        assertThat(end.at("/phase").textValue()).isEqualTo("DONE");
        JsonNode before = tuning.evaluating.awaitCompleted(end.at("/before/evaluation").longValue());
        JsonNode after = tuning.evaluating.awaitCompleted(end.at("/after/evaluation").longValue());
        assertThat(before.get("modelVersion").longValue()).isEqualTo(tuning.evaluating.model);
        assertThat(after.get("modelVersion")).isEqualTo(end.get("modelVersion"));
        assertThat(after.get("snapshot")).isEqualTo(before.get("snapshot"));
        assertThat(before.at("/snapshot/images").intValue()).isEqualTo(3);
        assertThat(tuning.get(id).at("/after/figures")).isEqualTo(after.get("figures"));
        try (Database database = Database.of(server)) {
            Set<String> both = new HashSet<>(database.rows("select image_id from fine_tune_images where fine_tune_id = " + id));
            both.retainAll(database.rows("select image_id from evaluation_images where evaluation_id = " + before.get("id")));
            assertThat(both).as("images to train on and to be measured on").isEmpty();
        }
        server.post("/api/fine-tunes/" + id + "/restart", Map.of()).expect(409);
        server.post("/api/fine-tunes/" + id + "/stop", Map.of()).expect(409);
        assertThat(server.post("/api/fine-tunes", Map.of("name", "measured", "dataset", shapes, "modelVersion", tuning.evaluating.model)).expect(409).body())
                .contains("expected another name");
    }

    @Test
    void aStoppedTrainingGoesOnAndAnotherOneWaitsForTheDevice(GleanerServer server) {
        Map<String, Object> order = Map.of("steps", 2000, "batch", 1, "images", tuning.images(shapes, 4), "augmentation", "none");
        long first = tuning.start("first", shapes, order);
        tuning.await(first, "trains", view -> view.get("step").intValue() >= 2);

        long second = tuning.start("second", shapes, Map.of("steps", 2, "batch", 1));
        JsonNode waiting = tuning.await(second, "waits", view -> view.get("phase").textValue().equals("WAITING_FOR_DEVICE"));
        assertThat(waiting.get("status").textValue()).isEqualTo("STARTING");
        long third = tuning.start("third", shapes, Map.of("steps", 2, "batch", 1));
        server.post("/api/fine-tunes/" + third + "/stop", Map.of()).expect(202);
        assertThat(tuning.awaitRest(third).get("status").textValue()).as("one that waits is stopped at once").isEqualTo("STOPPED");
        assertThat(tuning.get(first).get("status").textValue()).isEqualTo("RUNNING");
        assertThatDetectionIsNotDisturbed(server, first);
        server.post("/api/fine-tunes/" + first + "/stop", Map.of()).expect(202);
        JsonNode stopped = tuning.awaitRest(first);
        assertThat(stopped.get("status").textValue()).as(stopped.toString()).isEqualTo("STOPPED");
        int steps = stopped.get("step").intValue();
        assertThat(steps).isBetween(2, 1999);
        tuning.awaitCompleted(second);

        server.post("/api/fine-tunes/" + first + "/restart", Map.of()).expect(202);
        JsonNode more = tuning.await(first, "goes on", view -> view.get("step").intValue() > steps);
        assertThat(more.get("phase").textValue()).isEqualTo("TRAINING");
        server.post("/api/fine-tunes/" + first + "/stop", Map.of()).expect(202);
        tuning.awaitRest(first);
        assertThat(tuning.losses(first)).extracting(step -> step.get("step").intValue()).as("no step is missing or twice")
                .isSorted().doesNotHaveDuplicates().hasSize(tuning.get(first).get("step").intValue());
    }

    /** Its answers are the same to every bit while a training records gradients on another thread. */
    private static void assertThatDetectionIsNotDisturbed(GleanerServer server, long training) {
        Map<String, Object> request = Map.of("imageId", tuning.images(shapes, 1).get(0), "modelVersion", tuning.evaluating.model,
                "prompts", "[{\"category\":\"disc\"}]", "thresholds", "{\"default\":0}");
        JsonNode first = server.postMultipart("/api/detect", request).expect(200).json();
        for (int i = 0; i < 5; i++) {
            assertThat(server.postMultipart("/api/detect", request).expect(200).json()).isEqualTo(first);
        }
        assertThat(tuning.get(training).get("status").textValue()).isEqualTo("RUNNING");
    }

    @Test
    void fewShotsAreDrawnBySeedAndAnUnreadableImageIsQuarantined(@TempDir Path folder) throws IOException {
        long dataset = tuning.register("torn", Shapes.draw(folder.resolve("torn"), 5, 33));
        Files.writeString(folder.resolve("torn/images/shapes-2.png"), "torn");
        long id = tuning.start("torn", dataset, Map.of("steps", 10, "batch", 1, "mode", "linear-probe"));
        JsonNode end = tuning.awaitCompleted(id);
        assertThat(end.get("quarantined").intValue()).isEqualTo(1);
        List<JsonNode> quarantine = tuning.evaluating.items("/api/fine-tunes/" + id + "/quarantine", 10);
        assertThat(quarantine).hasSize(1);
        assertThat(quarantine.get(0).get("fileName").textValue()).isEqualTo("shapes-2.png");
        assertThat(quarantine.get(0).get("reason").textValue()).startsWith("changed since it was imported");

        JsonNode drawn = tuning.awaitCompleted(tuning.start("one shot", shapes, Map.of("steps", 1, "shots", 1, "mode", "language-frozen")));
        assertThat(drawn.at("/snapshot/images").intValue()).as("each image has both shapes").isEqualTo(1);
        JsonNode again = tuning.awaitCompleted(tuning.start("one shot again", shapes, Map.of("steps", 1, "shots", 1, "mode", "language-frozen")));
        assertThat(again.get("snapshot")).isEqualTo(drawn.get("snapshot"));
        assertThat(tuning.modelVersion(again).get("sha256")).isEqualTo(tuning.modelVersion(drawn).get("sha256"));
    }

    @Test
    void imagesOfTheWebAreLearntFromAndMeasuredOnAsThoseOfThisMachine(GleanerServer server, @TempDir Path folder) throws IOException {
        Path drawn = folder.resolve("web/images");
        String names = Files.readString(Path.of(Shapes.draw(folder.resolve("web"), 5, 34).get("path")));
        // Where there are no files of these names, which would be taken instead.
        Path coco = Files.createDirectories(folder.resolve("alone")).resolve("shapes.json");
        try (StandInHost host = new StandInHost(URI.create(server.setting("GLEANER_S3_ENDPOINT")).getPort())) {
            for (int image = 1; image <= 5; image++) {
                host.put("/shapes-" + image + ".png", Files.readAllBytes(drawn.resolve("shapes-" + image + ".png")));
            }
            Files.writeString(coco, names.replaceAll("\"(shapes-[0-9].png)\"", "\"" + host.url("/") + "$1?token=secret\""));
            long dataset = tuning.register("of the web", Map.of("type", "coco", "path", coco.toString()));
            deleteCopies(server);
            long evaluation = Evaluating.id(server.post("/api/evaluations", Map.of("dataset", dataset, "modelVersion", tuning.evaluating.model)).expect(202).json());
            assertThat(tuning.evaluating.awaitCompleted(evaluation).get("quarantined").intValue()).isZero();
            long run = Evaluating.id(server.post("/api/labeling-runs", Map.of("dataset", dataset, "modelVersion", tuning.evaluating.model,
                    "prompts", List.of(Map.of("category", "disc")))).expect(202).json());
            server.await("run " + run + " ends", () -> tuning.evaluating.get("/api/labeling-runs/" + run).get("status").textValue().equals("COMPLETED"));
            assertThat(tuning.evaluating.get("/api/labeling-runs/" + run).get("quarantined").intValue()).isZero();

            long id = tuning.start("of the web", dataset, Map.of("steps", 2000, "batch", 1, "mode", "linear-probe"));
            tuning.await(id, "trains", view -> view.get("step").intValue() >= 2);
            host.put("/shapes-2.png", Files.readAllBytes(drawn.resolve("shapes-1.png")));
            host.put("/shapes-4.png", StandInHost.status(404));
            deleteCopies(server);
            tuning.await(id, "meets both", view -> view.get("quarantined").intValue() == 2);
            int then = tuning.get(id).get("step").intValue();
            tuning.await(id, "goes on with the others", view -> view.get("step").intValue() > then);
            server.post("/api/fine-tunes/" + id + "/stop", Map.of()).expect(202);
            assertThat(tuning.awaitRest(id).get("status").textValue()).isEqualTo("STOPPED");

            String[] reasons = {"changed since it was imported: " + host.url("/shapes-2.png"), host.url("/shapes-4.png") + " answers 404"};
            assertThat(tuning.evaluating.items("/api/fine-tunes/" + id + "/quarantine", 10)).extracting(image -> image.get("reason").textValue())
                    .containsExactlyInAnyOrder(reasons);
            deleteCopies(server);
            long again = Evaluating.id(server.post("/api/evaluations", Map.of("dataset", dataset, "modelVersion", tuning.evaluating.model)).expect(202).json());
            assertThat(tuning.evaluating.awaitCompleted(again).get("quarantined").intValue()).isEqualTo(2);
            assertThat(tuning.evaluating.items("/api/evaluations/" + again + "/quarantine", 10)).extracting(image -> image.get("reason").textValue())
                    .containsExactlyInAnyOrder(reasons);
        }
    }

    /** What is kept here of images elsewhere. */
    private static void deleteCopies(GleanerServer server) throws IOException {
        try (Stream<Path> files = Files.walk(server.home().resolve("cache/images"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Test
    void aTrainingThatDivergesFailsAndSaysWhy(GleanerServer server, @TempDir Path folder) throws IOException {
        Tuning broken = new Tuning(server);
        long dataset = broken.register("shapes", Shapes.draw(folder.resolve("shapes"), 2, 55));
        try (Database database = Database.of(server)) {
            Path bundle = Path.of(database.rows("select bundle from model_versions where id = " + broken.evaluating.model).get(0));
            Path copy = withoutNumbers(bundle, folder.resolve("broken"));
            database.update("update model_versions set bundle = '" + copy + "' where id = " + broken.evaluating.model);
        }
        long id = broken.start("diverges", dataset, Map.of("steps", 20, "batch", 1));
        JsonNode end = broken.awaitRest(id);
        assertThat(end.get("status").textValue()).as(end.toString()).isEqualTo("FAILED");
        assertThat(end.get("error").textValue()).contains("no finite numbers for 10 steps in a row", "Lower the learning rate");
        // The step that brings it to its end is not told of: the training does not come back from it.
        assertThat(broken.losses(id)).hasSize(9).allSatisfy(step -> {
            assertThat(step.get("applied").booleanValue()).isFalse();
            assertThat(step.has("loss")).isFalse();
        });
        assertThat(end.has("modelVersion")).isFalse();
    }

    /** A copy of a bundle whose last weights are no numbers. */
    private static Path withoutNumbers(Path bundle, Path copy) throws IOException {
        Files.createDirectories(copy);
        for (String file : List.of("config.json", "vocab.txt", "provenance.json")) {
            Files.copy(bundle.resolve(file), copy.resolve(file));
        }
        byte[] weights = Files.readAllBytes(bundle.resolve("model.safetensors"));
        // Half of them, all bits set.
        Arrays.fill(weights, weights.length / 2, weights.length, (byte) 0xff);
        Files.write(copy.resolve("model.safetensors"), weights);
        return copy;
    }

    @Test
    void theBaselineWithoutLanguageDetectsItsCategoriesAndNoOthers(GleanerServer server) {
        JsonNode base = tuning.evaluating.get("/api/model-versions/" + tuning.evaluating.model);
        List<Long> images = tuning.images(shapes, 4);
        JsonNode end = stoppedAndRestarted(server, "baseline", Map.of("mode", "dyhead", "steps", STOPPED_STEPS, "batch", 1, "augmentation", "none",
                "regularise", false, "learningRate", 0.003, "images", images.subList(0, 2), "validation", Map.of("images", images.subList(2, 4))));

        assertThat(end.at("/settings/mode").textValue()).isEqualTo("dyhead");
        JsonNode made = tuning.modelVersion(end);
        assertThat(made.get("architecture").textValue()).startsWith("DyHead").endsWith("2 classes");
        assertThat(made.get("parent").longValue()).isEqualTo(tuning.evaluating.model);
        assertThat(made.get("sha256")).isNotEqualTo(base.get("sha256"));
        JsonNode after = tuning.evaluating.awaitCompleted(end.at("/after/evaluation").longValue());
        assertThat(after.get("modelVersion")).isEqualTo(made.get("id"));
        assertThat(detected(server, made, "disc")).isNotEmpty().allSatisfy(box -> assertThat(box.get("category").textValue()).isEqualTo("disc"));

        Map<String, Object> unknown = Map.of("dataset", shapes, "modelVersion", made.get("id"), "prompts", List.of(Map.of("category", "disc"), Map.of("category", "teapot")));
        assertThat(server.post("/api/labeling-runs", unknown).expect(400).body()).contains("prompts[1].category", "teapot", "reads no text");
        assertThat(server.postMultipart("/api/detect", Map.of("imageId", tuning.images(shapes, 1).get(0), "modelVersion", made.get("id"),
                "prompts", "[{\"category\":\"teapot\"}]")).expect(400).body()).contains("prompts[0].category", "one of the classes");
        assertThat(server.postMultipart("/api/detect", Map.of("imageId", tuning.images(shapes, 1).get(0), "modelVersion", made.get("id"),
                "caption", "a disc")).expect(400).body()).contains("caption", "reads no text");
        assertThat(server.post("/api/evaluations", Map.of("dataset", shapes, "modelVersion", made.get("id"), "prompts", List.of(Map.of("category", "teapot"))))
                .expect(400).body()).contains("prompts[0].category", "one of the classes");
        Map<String, Object> again = Map.of("name", "again", "dataset", shapes, "modelVersion", made.get("id"), "steps", 1, "batch", 1);
        assertThat(server.post("/api/fine-tunes", with(again, "mode", "dyhead")).expect(400).body()).contains("modelVersion", "reads text");
        assertThat(server.post("/api/fine-tunes", with(again, "prompts", List.of(Map.of("category", "disc")))).expect(400).body()).contains("a prompt for each class");
        JsonNode further = tuning.modelVersion(tuning.awaitCompleted(Evaluating.id(server.post("/api/fine-tunes", again).expect(202).json())));
        assertThat(further.get("architecture")).isEqualTo(made.get("architecture"));
        assertThat(tuning.evaluating.get("/api/model-versions/" + tuning.evaluating.model)).as("the base").isEqualTo(base);
    }

    @Test
    void aTunedPromptLeavesItsBaseAsItIs(GleanerServer server) throws IOException {
        JsonNode base = tuning.evaluating.get("/api/model-versions/" + tuning.evaluating.model);
        List<JsonNode> before = detected(server, base, "disc");
        Path weights;
        try (Database database = Database.of(server)) {
            weights = Path.of(database.rows("select bundle from model_versions where id = " + tuning.evaluating.model).get(0)).resolve("model.safetensors");
        }
        byte[] bytes = Files.readAllBytes(weights);
        Map<String, Object> order = Map.of("mode", "prompt", "steps", STOPPED_STEPS, "batch", 1, "augmentation", "none", "learningRate", 0.05,
                "split", Map.of("fraction", 0.25, "seed", 3));
        JsonNode end = stoppedAndRestarted(server, "prompt", order);

        JsonNode made = tuning.modelVersion(end);
        assertThat(made.get("tunedPrompt").booleanValue()).isTrue();
        assertThat(base.get("tunedPrompt").booleanValue()).isFalse();
        assertThat(made.get("parent").longValue()).isEqualTo(tuning.evaluating.model);
        assertThat(made.get("sha256")).isNotEqualTo(base.get("sha256"));
        assertThat(made.at("/provenance/training/settings/mode").textValue()).isEqualTo("prompt");
        JsonNode after = tuning.evaluating.awaitCompleted(end.at("/after/evaluation").longValue());
        assertThat(after.get("modelVersion")).isEqualTo(made.get("id"));
        assertThat(detected(server, made, "disc")).isNotEmpty().isNotEqualTo(before);
        assertThat(detected(server, base, "disc")).as("the base, while both are loaded").isEqualTo(before);
        assertThat(Files.readAllBytes(weights)).isEqualTo(bytes);

        assertThat(server.post("/api/fine-tunes", Map.of("name", "tuned twice", "dataset", shapes, "modelVersion", made.get("id"))).expect(400).body())
                .contains("modelVersion", "no tuned prompt", "tuned for, " + tuning.evaluating.model);
        JsonNode champion = server.post("/api/model-versions/" + made.get("id") + "/promote", Map.of()).expect(200).json();
        assertThat(champion.get("status").textValue()).isEqualTo("CHAMPION");
        assertThat(server.post("/api/fine-tunes", Map.of("name", "long", "dataset", shapes, "modelVersion", tuning.evaluating.model, "mode", "prompt",
                "prompts", List.of(Map.of("category", "disc", "phrase", "disc ".repeat(190))))).expect(400).body()).contains("prompts", "fit one text");
    }

    private static Map<String, Object> with(Map<String, Object> order, String field, Object value) {
        Map<String, Object> more = new HashMap<>(order);
        more.put(field, value);
        return more;
    }

    /** Trained to the end, but stopped on the way. */
    private static JsonNode stoppedAndRestarted(GleanerServer server, String name, Map<String, Object> order) {
        long id = tuning.start(name, shapes, order);
        tuning.await(id, "trains", view -> view.get("step").intValue() >= 2);
        server.post("/api/fine-tunes/" + id + "/stop", Map.of()).expect(202);
        JsonNode stopped = tuning.awaitRest(id);
        assertThat(stopped.get("status").textValue()).as(stopped.toString()).isEqualTo("STOPPED");
        server.post("/api/fine-tunes/" + id + "/restart", Map.of()).expect(202);
        JsonNode end = tuning.awaitCompleted(id);
        assertThat(tuning.losses(id)).extracting(step -> step.get("step").intValue()).as("no step is missing or twice")
                .isSorted().doesNotHaveDuplicates().hasSize(end.get("steps").intValue());
        return end;
    }

    private static List<JsonNode> detected(GleanerServer server, JsonNode version, String category) {
        List<JsonNode> boxes = new ArrayList<>();
        server.postMultipart("/api/detect", Map.of("imageId", tuning.images(shapes, 1).get(0), "modelVersion", version.get("id"),
                "prompts", "[{\"category\":\"" + category + "\"}]", "thresholds", "{\"default\":0}")).expect(200).json().get("detections").forEach(boxes::add);
        return boxes;
    }

    @Test
    void proposalsAreNeverTrainedOn(GleanerServer server) {
        long dataset = tuning.register("proposals", Map.of("type", "folder", "path", pictures.toString()));
        long run = Evaluating.id(server.post("/api/labeling-runs", Map.of("dataset", dataset, "modelVersion", tuning.evaluating.model,
                "prompts", List.of(Map.of("category", "disc")), "thresholds", Map.of("default", 0))).expect(202).json());
        server.await("run " + run + " ends", () -> tuning.evaluating.get("/api/labeling-runs/" + run).get("status").textValue().equals("COMPLETED"));
        Map<String, Object> order = Map.of("name", "proposals", "dataset", dataset, "modelVersion", tuning.evaluating.model, "steps", 1);
        assertThat(server.post("/api/fine-tunes", order).expect(400).body()).contains("imported or decided about");

        try (Database database = Database.of(server)) {
            database.update("update annotations set status = 'ACCEPTED', decided_by = 'ann', decided_at = now() where id ="
                    + " (select min(id) from annotations where labeling_run_id = " + run + ")");
        }
        JsonNode ordered = server.post("/api/fine-tunes", order).expect(202).json();
        assertThat(ordered.at("/snapshot/images").intValue()).isEqualTo(1);
        assertThat(ordered.at("/snapshot/boxes").intValue()).isEqualTo(1);
        tuning.awaitCompleted(Evaluating.id(ordered));
    }
}
