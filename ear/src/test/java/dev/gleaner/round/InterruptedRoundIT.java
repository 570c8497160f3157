package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import dev.gleaner.labeling.Database;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A round whose server is killed while it teaches and while it trains comes to the same bits as one that nobody disturbed, and nothing is there twice. */
@Tag("long")
class InterruptedRoundIT {

    private static final int IMAGES = 40;
    private static final int STEPS = 60;

    @TempDir
    private Path folder;

    @Test
    void aKilledServerChangesNothing() {
        try (GleanerServer server = GleanerServer.start(folder.resolve("home"), Map.of())) {
            Rounds rounds = new Rounds(server, folder, IMAGES);
            Map<String, Object> order = rounds.order(STEPS, Map.of("promote", false));
            long undisturbed = rounds.start(order);
            JsonNode whole = rounds.awaitCompleted(undisturbed);

            long killed = rounds.start(order);
            rounds.await(killed, "teaches", view -> Rounds.done(view, "TEACHING") >= 3);
            server.kill9();
            JsonNode taught = rounds.get(killed);
            System.out.printf("killed in phase %s after %d images%n", taught.get("phase").textValue(), Rounds.done(taught, "TEACHING"));
            assertThat(taught.get("phase").textValue()).isEqualTo("TEACHING");
            assertThat(Rounds.done(taught, "TEACHING")).isLessThan(IMAGES);

            rounds.await(killed, "trains", view -> Rounds.done(view, "TRAINING") >= 7);
            server.kill9();
            JsonNode trained = rounds.get(killed);
            System.out.printf("killed in phase %s after %d steps%n", trained.get("phase").textValue(), Rounds.done(trained, "TRAINING"));
            assertThat(trained.get("phase").textValue()).isEqualTo("TRAINING");
            assertThat(Rounds.done(trained, "TRAINING")).isLessThan(STEPS);
            JsonNode end = rounds.awaitCompleted(killed);

            assertThat(end.get("snapshot")).isEqualTo(whole.get("snapshot"));
            assertThat(end.get("selection")).isEqualTo(whole.get("selection"));
            assertThat(end.get("comparison")).isEqualTo(whole.get("comparison"));
            assertThat(end.get("decision")).isEqualTo(whole.get("decision"));
            assertThat(rounds.modelVersion(end.get("candidate")).get("sha256")).as("the student's bits")
                    .isEqualTo(rounds.modelVersion(whole.get("candidate")).get("sha256"));
            try (Database database = Database.of(server)) {
                assertThat(database.number("select attempt from training_rounds where id = " + killed)).isEqualTo(3);
                String boxes = "select image_id, ordinal, category_id, x, y, width, height, score, agreement, selected, dropped_by from training_round_boxes"
                        + " where round_id = %d order by image_id, ordinal";
                List<String> found = database.rows(boxes.formatted(killed));
                assertThat(found).isNotEmpty().isEqualTo(database.rows(boxes.formatted(undisturbed)));
                assertThat(database.number("select count(*) from training_rounds")).isEqualTo(2);
                assertThat(database.number("select count(*) from fine_tunes")).as("one training for each").isEqualTo(2);
                assertThat(database.number("select count(*) from evaluations")).as("two evaluations for each").isEqualTo(4);
                assertThat(database.number("select count(*) from model_versions")).as("the model and two students").isEqualTo(3);
            }
            assertThat(server.home().resolve("rounds").resolve(Long.toString(killed))).doesNotExist();
            assertThatAStopWithoutAServerStopsTheTraining(server, rounds);
        }
    }

    /** Nobody waits for the training when the stop is asked for. */
    private static void assertThatAStopWithoutAServerStopsTheTraining(GleanerServer server, Rounds rounds) {
        long id = rounds.start(rounds.order(100 * STEPS, Map.of("promote", false)));
        JsonNode fineTune = rounds.await(id, "trains", view -> Rounds.done(view, "TRAINING") >= 1).get("fineTune");
        try (Database database = Database.of(server)) {
            // Both within the half second after which the server would have seen it; with it goes the database, so not after it.
            assertThat(database.update("update training_rounds set stop_requested = true where id = " + id)).isEqualTo(1);
            server.kill9AndReturn();
        }
        server.awaitLine("serving again");
        assertThat(rounds.awaitRest(id).get("status").textValue()).isEqualTo("STOPPED");
        server.await("the training stops", () -> rounds.evaluating.get("/api/fine-tunes/" + fineTune).get("status").textValue().equals("STOPPED"));
    }
}
