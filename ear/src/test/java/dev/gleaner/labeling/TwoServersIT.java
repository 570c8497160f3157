package dev.gleaner.labeling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.GleanerServer;
import dev.gleaner.labeling.Labeling.Proposal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one external database: one of them works on a run, and the other only when the first is dead. */
@Tag("long")
class TwoServersIT {

    private static final int IMAGES = 120;

    @TempDir
    private Path folder;

    @Test
    void theSecondServerTakesARunOverWhenTheFirstIsDeadAndNotBefore() throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setServerConfig("max_connections", "100").start()) {
            String url = "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
            Map<String, String> external = Map.of("GLEANER_DATABASE_URL", url, "GLEANER_DATABASE_USER", "postgres",
                    "GLEANER_DATABASE_PASSWORD", "postgres");
            try (GleanerServer first = GleanerServer.start(folder.resolve("first"), external);
                    GleanerServer second = GleanerServer.start(folder.resolve("second"), external);
                    Database database = Database.at(url, "postgres", "postgres")) {
                Labeling labeling = new Labeling(first);
                long model = labeling.importTiny("tiny");
                long dataset = labeling.registerFolder("scenes", Scenes.draw(folder.resolve("scenes"), IMAGES));
                long undisturbed = labeling.start(dataset, model);
                labeling.awaitCompleted(undisturbed);
                assertThat(database.number("select attempt from labeling_runs where id = " + undisturbed))
                        .as("one server took it up, though both could").isEqualTo(1);
                Map<Long, List<Proposal>> expected = labeling.proposals(dataset, undisturbed);

                long run = labeling.start(dataset, model);
                labeling.await(run, "is well under way", view -> view.get("done").asInt() > IMAGES / 4);
                String worker = database.rows("select picked_by from scheduled_tasks where picked").get(0);
                GleanerServer dead = worker.endsWith("-" + first.serverProcess().pid()) ? first : second;
                GleanerServer alive = dead == first ? second : first;
                ProcessHandle server = dead.serverProcess();
                // The launcher would bring its server back.
                dead.launcherProcess().destroyForcibly();
                server.destroyForcibly();
                server.onExit().join();
                assertThat(database.number("select done from labeling_runs where id = " + run)).isLessThan(IMAGES);

                Labeling survivors = new Labeling(alive);
                survivors.awaitCompleted(run);

                assertThat(survivors.proposals(dataset, run)).isEqualTo(expected);
                assertThat(database.number("select attempt from labeling_runs where id = " + run)).isEqualTo(2);
                assertThat(database.number("select count(*) from labeling_results where run_id = " + run)).isEqualTo(IMAGES);

                postgres.close();
                assertThat(alive.get("/api/labeling-runs/" + run).expect(503).json().get("detail").asText()).startsWith("The database does not answer");
            }
        }
    }
}
