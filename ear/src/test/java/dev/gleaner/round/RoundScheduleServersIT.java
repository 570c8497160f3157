package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import dev.gleaner.labeling.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one external database: what is due makes one round, whether both are there or one comes back after days. */
@Tag("long")
class RoundScheduleServersIT {

    @TempDir
    private Path folder;

    @Test
    void whatIsDueMakesOneRoundHoweverManyServersLookAndAfterTheyWereAway() throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setServerConfig("max_connections", "100").start()) {
            String url = "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
            Map<String, String> external = Map.of("GLEANER_DATABASE_URL", url, "GLEANER_DATABASE_USER", "postgres",
                    "GLEANER_DATABASE_PASSWORD", "postgres");
            try (GleanerServer first = GleanerServer.start(folder.resolve("first"), external);
                    GleanerServer second = GleanerServer.start(folder.resolve("second"), external);
                    Database database = Database.at(url, "postgres", "postgres")) {
                Scheduling schedule = new Scheduling(first, folder.resolve("shapes"));
                schedule.set(Map.of("cron", Scheduling.NIGHTLY, "zone", "Europe/Berlin"));
                schedule.missed(database);
                JsonNode ordered = schedule.await("orders", view -> view.hasNonNull("lastRound"));
                assertThat(schedule.awaitRest(ordered.get("lastRound").longValue()).get("status").textValue()).isEqualTo("COMPLETED");
                schedule.awaitLook();
                schedule.awaitLook();
                assertThat(schedule.rounds()).as("both servers looked").hasSize(1);
                second.close();

                first.stop();
                schedule.missed(database);
                first.start();
                schedule.await("orders again", view -> view.get("lastRound").longValue() != ordered.get("lastRound").longValue());
                JsonNode again = schedule.awaitRest(schedule.get().get("lastRound").longValue());
                assertThat(again.get("trigger").textValue()).startsWith("schedule: it was due at ");
                schedule.awaitLook();
                assertThat(schedule.rounds()).as("five nights were missed").hasSize(2);
            }
        }
    }
}
