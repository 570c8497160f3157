package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import dev.gleaner.RealPhotos;
import dev.gleaner.labeling.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fine-tune on real photos whose server is killed while it trains comes to the same bits as one that nobody disturbed. */
@Tag("long")
class InterruptedFineTuneIT {

    private static final int STEPS = 20;

    @TempDir
    private Path folder;

    @Test
    void aKilledServerChangesNoBitOfTheResult() {
        Path photos = RealPhotos.raccoons();
        try (GleanerServer server = GleanerServer.start(folder.resolve("home"), Map.of())) {
            Tuning tuning = new Tuning(server);
            long dataset = tuning.register("raccoons", Map.of("type", "voc", "path", photos.resolve("Annotations").toString(),
                    "images", photos.resolve("JPEGImages").toString()));
            Map<String, Object> order = new HashMap<>(Map.of("images", tuning.images(dataset, 8), "steps", STEPS, "batch", 2, "checkpointEvery", 3,
                    "learningRate", 1e-3));

            long undisturbed = tuning.start("undisturbed", dataset, order);
            CompletableFuture<List<JsonNode>> events = CompletableFuture.supplyAsync(() -> tuning.follow(undisturbed));
            JsonNode whole = tuning.awaitCompleted(undisturbed);
            assertThatEventsTellEveryStep(events.join(), tuning.losses(undisturbed));

            long killed = tuning.start("killed", dataset, order);
            tuning.await(killed, "has taken 7 steps", view -> view.get("step").intValue() >= 7);
            server.kill9();
            JsonNode seen = tuning.get(killed);
            System.out.printf("killed after step %d; %s at the next start%n", seen.get("step").intValue(), seen.get("status").textValue());
            assertThat(seen.get("step").intValue()).as("steps before the kill").isLessThan(STEPS);
            JsonNode end = tuning.awaitCompleted(killed);

            assertThat(end.get("snapshot")).isEqualTo(whole.get("snapshot"));
            assertThat(end.at("/snapshot/images").intValue()).isEqualTo(8);
            assertThat(tuning.losses(killed)).isEqualTo(tuning.losses(undisturbed)).hasSize(STEPS);
            JsonNode made = tuning.modelVersion(end);
            assertThat(made.get("sha256")).isEqualTo(tuning.modelVersion(whole).get("sha256"));
            assertThat(made.get("sha256")).isNotEqualTo(tuning.evaluating.get("/api/model-versions/" + tuning.evaluating.model).get("sha256"));
            assertThat(made.get("name").textValue()).isEqualTo("killed");
            assertThat(made.get("status").textValue()).isEqualTo("CANDIDATE");
            assertThat(made.get("parent").longValue()).isEqualTo(tuning.evaluating.model);
            assertThat(made.at("/provenance/training/snapshotSha256")).isEqualTo(end.at("/snapshot/sha256"));
            assertThat(made.at("/provenance/training/settings/steps").textValue()).isEqualTo(Integer.toString(STEPS));
            assertThat(server.home().resolve("fine-tunes/" + killed)).as("checkpoints").doesNotExist();
            try (Database database = Database.of(server)) {
                assertThat(database.number("select attempt from fine_tunes where id = " + killed)).isEqualTo(2);
            }

            long run = server.post("/api/labeling-runs", Map.of("dataset", dataset, "modelVersion", end.get("modelVersion"),
                    "prompts", List.of(Map.of("category", "raccoon")), "thresholds", Map.of("default", 0))).expect(202).json().get("id").longValue();
            server.await("the result labels", () -> tuning.evaluating.get("/api/labeling-runs/" + run).get("done").intValue() >= 8);
            assertThat(Files.exists(server.home().resolve("models").resolve(made.get("sha256").textValue()))).isTrue();
        }
    }

    private static void assertThatEventsTellEveryStep(List<JsonNode> events, List<JsonNode> losses) {
        List<JsonNode> told = new ArrayList<>();
        events.forEach(event -> event.get("newSteps").forEach(told::add));
        assertThat(told).isEqualTo(losses);
        assertThat(losses).extracting(step -> step.get("step").intValue()).startsWith(1, 2, 3).hasSize(STEPS);
        assertThat(losses).allSatisfy(step -> assertThat(step.get("loss").doubleValue())
                .isEqualTo(step.get("alignment").doubleValue() + step.get("boxes").doubleValue() + step.get("centreness").doubleValue(),
                        org.assertj.core.api.Assertions.within(1e-3)));
        assertThat(events.get(events.size() - 1).get("status").textValue()).isEqualTo("COMPLETED");
    }
}
