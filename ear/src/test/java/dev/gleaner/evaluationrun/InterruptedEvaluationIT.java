package dev.gleaner.evaluationrun;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import dev.gleaner.labeling.Database;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An evaluation whose server is killed while it works, or shut down, comes to the figures of one that nobody disturbed. The
 * moments are drawn from a seed; {@code -Dgleaner.seed=N} draws the same ones again.
 */
@Tag("long")
class InterruptedEvaluationIT {

    private static final int KILLS = 2;
    private static final int STRETCH = 150;
    private static final int IMAGES = (KILLS + 1) * STRETCH;

    @TempDir
    private Path folder;

    @Test
    void killsAndAnOrderlyStopChangeNothingInTheFigures() {
        long seed = Long.getLong("gleaner.seed", System.nanoTime());
        System.out.println("moments of interruption drawn with -Dgleaner.seed=" + seed);
        Random random = new Random(seed);
        try (GleanerServer server = GleanerServer.start(folder.resolve("home"), Map.of())) {
            Evaluating evaluating = new Evaluating(server);
            long dataset = evaluating.register("shapes", Shapes.draw(folder.resolve("shapes"), IMAGES, 12));
            long undisturbed = evaluating.start(dataset, Map.of());
            JsonNode expected = evaluating.awaitCompleted(undisturbed);

            long id = evaluating.start(dataset, Map.of());
            for (int interruption = 0; interruption <= KILLS; interruption++) {
                int moment = interruption * STRETCH + 1 + random.nextInt(STRETCH / 2);
                evaluating.await(id, moment + " images are done", view -> view.get("done").intValue() >= moment);
                if (interruption == KILLS) {
                    server.restart();
                } else {
                    server.kill9();
                }
                System.out.printf("%s at %d images; at the next start %d were done%n", interruption == KILLS ? "stopped" : "killed", moment,
                        evaluating.get("/api/evaluations/" + id).get("done").intValue());
            }
            JsonNode end = evaluating.awaitCompleted(id);

            assertThat(end.get("done").intValue()).isEqualTo(IMAGES);
            assertThat(end.get("figures")).isEqualTo(expected.get("figures"));
            for (String part : List.of("categories", "examples", "curve?iou=0.5")) {
                assertThat(evaluating.get("/api/evaluations/" + id + "/" + part)).as(part)
                        .isEqualTo(evaluating.get("/api/evaluations/" + undisturbed + "/" + part));
            }
            assertThat(evaluating.detections(id, folder)).isEqualTo(evaluating.detections(undisturbed, folder));
            try (Database database = Database.of(server)) {
                assertThat(database.number("select attempt from evaluations where id = " + id)).isEqualTo(KILLS + 2);
                assertThat(database.number("select count(*) from evaluation_detections where evaluation_id = " + id)).isEqualTo(IMAGES);
            }
        }
    }
}
