package dev.gleaner.labeling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Answer;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.labeling.Labeling.Proposal;
import dev.gleaner.remote.StandInHost;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Labeling runs on the deployed product, over REST. */
@ExtendWith(GleanerServerExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LabelingIT {

    @TempDir
    private Path folder;
    private GleanerServer server;
    private Labeling labeling;
    private long model;

    @BeforeAll
    void importModel(GleanerServer shared) {
        server = shared;
        labeling = new Labeling(server);
        model = labeling.importTiny("tiny for labeling");
    }

    @Test
    void aRunWritesExactlyWhatDetectAnswers() {
        Path images = Scenes.draw(folder.resolve("equal"), 20);
        long dataset = labeling.registerFolder("equal", images);

        JsonNode run = labeling.awaitCompleted(labeling.start(dataset, model));

        assertThat(run.get("done").asInt()).isEqualTo(20);
        assertThat(run.get("quarantined").asInt()).isZero();
        assertThat(run.get("imagesPerSecond").asDouble()).isPositive();
        Map<Long, List<Proposal>> written = labeling.proposals(dataset, run.get("id").asLong());
        assertThat(written).as("the model finds something").isNotEmpty();
        labeling.images(dataset).forEach((image, name) ->
                assertThat(written.getOrDefault(image, List.of())).as(name).isEqualTo(labeling.detect(image, images.resolve(name), model)));
    }

    @Test
    void imagesThatCannotBeLabeledAreSetAsideAndTriedAgainOnRestart() throws IOException {
        Path images = Scenes.draw(folder.resolve("quarantine"), 12);
        long dataset = labeling.registerFolder("quarantine", images);
        byte[] good = Files.readAllBytes(images.resolve("scene-003.png"));
        Files.writeString(images.resolve("scene-003.png"), "not a picture any more");
        Path elsewhere = Files.move(images.resolve("scene-007.png"), folder.resolve("elsewhere.png"));

        long run = labeling.start(dataset, model);
        JsonNode end = labeling.awaitCompleted(run);

        assertThat(end.get("done").asInt()).isEqualTo(12);
        assertThat(end.get("quarantined").asInt()).isEqualTo(2);
        assertThat(labeling.pages("/api/labeling-runs/" + run + "/quarantine"))
                .extracting(item -> item.get("fileName").asText() + ": " + item.get("reason").asText().replaceAll(":.*", ""))
                .containsExactly("scene-003.png: changed since it was imported", "scene-007.png: gone since it was imported");

        Files.write(images.resolve("scene-003.png"), good);
        Files.move(elsewhere, images.resolve("scene-007.png"));
        server.post("/api/labeling-runs/" + run + "/restart", Map.of()).expect(202);
        assertThat(labeling.awaitCompleted(run).get("quarantined").asInt()).isZero();
        assertThat(labeling.run(run).get("done").asInt()).isEqualTo(12);
        Map<Long, List<Proposal>> written = labeling.proposals(dataset, run);
        labeling.images(dataset).forEach((image, name) ->
                assertThat(written.getOrDefault(image, List.of())).as(name).isEqualTo(labeling.detect(image, images.resolve(name), model)));
        server.post("/api/labeling-runs/" + run + "/restart", Map.of()).expect(409);
    }

    @Test
    void imagesOfTheWebAndOfAStoreAreLabeledWhereTheyAre() throws IOException {
        Path drawn = Scenes.draw(folder.resolve("elsewhere"), 4);
        try (StandInHost host = new StandInHost(URI.create(server.setting("GLEANER_S3_ENDPOINT")).getPort())) {
            for (int i = 0; i < 4; i++) {
                host.put((i < 3 ? "/photos/" : "/pictures/photos/") + i + ".png", Files.readAllBytes(drawn.resolve("scene-00" + i + ".png")));
            }
            // What a store answers when it is asked for its names.
            host.put("/pictures", StandInHost.image("application/xml", """
                    <?xml version="1.0" encoding="UTF-8"?>
                    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>pictures</Name><Prefix>photos/</Prefix><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys>
                    <IsTruncated>false</IsTruncated><Contents><Key>photos/3.png</Key><Size>1</Size></Contents></ListBucketResult>""".getBytes(StandardCharsets.UTF_8)));
            Path list = Files.writeString(folder.resolve("list.txt"), String.join("\n", host.url("/photos/0.png?token=secret"), host.url("/photos/1.png"),
                    host.url("/photos/2.png"), host.url("/photos/gone.png"), "http://169.254.169.254/latest/x.png"));
            long dataset = labeling.register("of the web", Map.of("type", "urls", "path", list.toString()));
            long stored = labeling.register("of a store", Map.of("type", "folder", "path", "s3://pictures/photos"));

            assertThat(server.get("/api/datasets/" + dataset).expect(200).body()).contains("/photos/gone.png answers 404", "169.254.169.254 is no host that may be asked")
                    .doesNotContain("secret");
            assertThat(labeling.images(dataset)).hasSize(3);
            assertThat(labeling.images(stored)).containsValue("3.png").hasSize(1);
            // The copies are for speed alone, and another image is not labeled.
            deleteCopies();
            host.put("/photos/1.png", Files.readAllBytes(drawn.resolve("scene-000.png")));
            long run = labeling.start(dataset, model);
            JsonNode end = labeling.awaitCompleted(run);
            assertThat(end.get("quarantined").asInt()).isEqualTo(1);
            assertThat(labeling.pages("/api/labeling-runs/" + run + "/quarantine")).extracting(item -> item.get("reason").asText())
                    .containsExactly("changed since it was imported: " + host.url("/photos/1.png"));
            Map<Long, List<Proposal>> written = labeling.proposals(dataset, run);
            assertThat(written).isNotEmpty();
            labeling.images(dataset).forEach((image, name) -> assertThat(written.getOrDefault(image, List.of())).as(name).isEqualTo(name.endsWith("1.png") ? List.of()
                    : labeling.detect(image, drawn.resolve("scene-00" + name.charAt(name.length() - 5) + ".png"), model)));
            assertThat(labeling.awaitCompleted(labeling.start(stored, model)).get("done").asInt()).isEqualTo(1);
            assertThat(server.get("/api/datasets/" + dataset + "/export?format=csv&status=PROPOSED").expect(200).body()).contains(host.url("/photos/2.png"))
                    .doesNotContain("secret");
        }
    }

    private void deleteCopies() throws IOException {
        try (Stream<Path> files = Files.walk(server.home().resolve("cache/images"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aRunStopsAndGoesOnWhereItWas() {
        int images = 400; // some seconds of work: the stop has to come in between
        long dataset = labeling.registerFolder("stop", Scenes.draw(folder.resolve("stop"), images));
        long run = labeling.start(dataset, model);
        labeling.await(run, "has begun", view -> view.get("done").asInt() > 0);
        server.post("/api/labeling-runs/" + run + "/restart", Map.of()).expect(409);

        server.post("/api/labeling-runs/" + run + "/stop", Map.of()).expect(202);
        JsonNode stopped = labeling.awaitRest(run);

        assertThat(stopped.get("status").asText()).isEqualTo("STOPPED");
        assertThat(stopped.get("done").asInt()).isBetween(1, images - 1);
        server.post("/api/labeling-runs/" + run + "/stop", Map.of()).expect(409);
        try (Database database = Database.of(server)) {
            List<String> before = database.rows("select image_id, finished_at from labeling_results where run_id = " + run);
            assertThat(before).hasSize(stopped.get("done").asInt());

            server.post("/api/labeling-runs/" + run + "/restart", Map.of()).expect(202);
            assertThat(labeling.awaitCompleted(run).get("done").asInt()).isEqualTo(images);

            assertThat(database.rows("select image_id, finished_at from labeling_results where run_id = " + run))
                    .hasSize(images).containsAll(before);
        }
    }

    @Test
    void aLaterRunSetsAsideOnlyWhatNobodyDecidedAbout() {
        long dataset = labeling.registerFolder("decided", Scenes.draw(folder.resolve("decided"), 10));
        long first = labeling.start(dataset, model);
        labeling.awaitCompleted(first);
        try (Database database = Database.of(server)) {
            String ofFirst = "select id from annotations where labeling_run_id = " + first + " order by id ";
            database.update("update annotations set status = 'ACCEPTED', decided_by = 'ann', decided_at = now() where id in (" + ofFirst + "limit 2)");
            database.update("update annotations set status = 'CORRECTED', x = 1, decided_by = 'ann', decided_at = now() where id in (" + ofFirst + "offset 2 limit 2)");
            database.update("update annotations set status = 'REJECTED', decided_by = 'ann', decided_at = now() where id in (" + ofFirst + "offset 4 limit 2)");
            // Somebody looked at it and left it as it is.
            database.update("update annotations set decided_by = 'ann', decided_at = now() where id in (" + ofFirst + "offset 6 limit 1)");
            database.update("insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status)"
                    + " select image_id, dataset_id, category_id, 5, 6, 7, 8, 'IMPORTED' from annotations where id in (" + ofFirst + "limit 1)");
            String touched = "select * from annotations where dataset_id = " + dataset
                    + " and (decided_at is not null or status = 'IMPORTED') order by id";
            List<String> before = database.rows(touched);
            assertThat(before).hasSize(8);

            long second = labeling.start(dataset, model);
            labeling.awaitCompleted(second);

            assertThat(database.rows(touched)).isEqualTo(before);
            assertThat(database.rows("select distinct status from annotations where labeling_run_id = " + first + " and decided_at is null"))
                    .containsExactly("SUPERSEDED");
            assertThat(database.rows("select distinct status from annotations where labeling_run_id = " + second)).containsExactly("PROPOSED");
        }
        assertThat(labeling.proposals(dataset, first)).as("a run of the same model finds the same").isNotEmpty();
    }

    @Test
    void aFaultyOrderNamesEachFaultAndStoresNothing() {
        long dataset = labeling.registerFolder("orders", Scenes.draw(folder.resolve("orders"), 1));
        int before = labeling.pages("/api/labeling-runs").size();

        assertThat(faults(Map.of("dataset", dataset, "modelVersion", model, "prompts", List.of()))).containsExactly("prompts");
        assertThat(faults(Map.of("dataset", 987654321, "modelVersion", model, "prompts", Labeling.PROMPTS))).containsExactly("dataset");
        assertThat(faults(Map.of("dataset", dataset, "modelVersion", 987654321, "prompts", Labeling.PROMPTS))).containsExactly("modelVersion");
        assertThat(faults(Map.of("dataset", dataset, "modelVersion", model, "prompts",
                List.of(Labeling.PROMPTS.get(0), Labeling.PROMPTS.get(0)), "thresholds", Map.of("default", 2, "cat", 0.5))))
                .containsExactly("prompts[1]", "thresholds.default", "thresholds");

        assertThat(labeling.pages("/api/labeling-runs")).hasSize(before);
    }

    private List<String> faults(Map<String, Object> order) {
        List<String> fields = new ArrayList<>();
        server.post("/api/labeling-runs", order).expect(400).json().get("errors").forEach(fault -> fields.add(fault.get("field").asText()));
        return fields;
    }

    @Test
    void aModelThatDoesNotFitIsRefusedWithEveryParameterAndStoresNothing() throws IOException {
        Path other = folder.resolve("other.yaml");
        Files.writeString(other, Files.readString(Labeling.TINY.resolve("tiny.yaml")).replaceAll("(?m)^(\\s*NUM_CONVS:).*", "$1 1"));
        Map<String, Object> wanted = new HashMap<>(Labeling.tinyModel("misfit"));
        wanted.put("config", other.toString());
        int before = labeling.pages("/api/model-versions").size();

        Answer refused = server.post("/api/model-versions", wanted).expect(400);

        assertThat(refused.json().get("detail").asText()).contains("tiny.pth with other.yaml").contains(": surplus, of shape");
        assertThat(labeling.pages("/api/model-versions")).hasSize(before);
        try (var bundles = Files.list(server.home().resolve("models"))) {
            assertThat(bundles).allMatch(bundle -> bundle.getFileName().toString().matches("[0-9a-f]{64}|prompts"));
        }
    }

    @Test
    void aModelOutsideTheImportRootsOrUnderATakenNameIsRefused() {
        Map<String, Object> nowhere = Labeling.tinyModel("nowhere");
        nowhere.put("checkpoint", "/no/such/file.pth");
        nowhere.put("vocabulary", "relative.txt");
        List<String> fields = new ArrayList<>();
        server.post("/api/model-versions", nowhere).expect(400).json().get("errors").forEach(fault -> fields.add(fault.get("field").asText()));
        assertThat(fields).containsExactly("checkpoint", "vocabulary");

        server.post("/api/model-versions", Labeling.tinyModel("tiny for labeling")).expect(409);
    }

    @Test
    void oneVersionAtATimeIsTheChampionAndRollingBackGoesDownTheLine() {
        long first = labeling.importTiny("first champion");
        long second = labeling.importTiny("second champion");
        server.post("/api/model-versions/" + first + "/promote", Map.of()).expect(200);
        server.post("/api/model-versions/" + second + "/promote", Map.of()).expect(200);
        assertThat(status(first)).isEqualTo("RETIRED");
        assertThat(status(second)).isEqualTo("CHAMPION");
        server.post("/api/model-versions/" + second + "/promote", Map.of()).expect(409);
        server.post("/api/model-versions/" + first + "/rollback", Map.of()).expect(409);

        JsonNode champion = server.post("/api/model-versions/" + second + "/rollback", Map.of()).expect(200).json();

        assertThat(champion.get("id").asLong()).isEqualTo(first);
        assertThat(status(first)).isEqualTo("CHAMPION");
        assertThat(status(second)).isEqualTo("RETIRED");
        server.post("/api/model-versions/" + first + "/rollback", Map.of()).expect(409);
    }

    private String status(long version) {
        return server.get("/api/model-versions/" + version).expect(200).json().get("status").asText();
    }
}
