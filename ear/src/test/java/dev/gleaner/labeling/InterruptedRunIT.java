package dev.gleaner.labeling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.GleanerServer;
import dev.gleaner.labeling.Labeling.Proposal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run whose server is killed or shut down while it works ends like one that nobody disturbed. The moments are drawn from a seed;
 * {@code -Dgleaner.seed=N} draws the same ones again.
 */
class InterruptedRunIT {

    private static final int INTERRUPTIONS = 4;
    private static final int ORDERLY = 1;
    /** Images to label between one interruption and the next; two chunks of eight may be under way when it comes. */
    private static final int STRETCH = 40;
    private static final int IMAGES = INTERRUPTIONS * STRETCH;

    @TempDir
    private Path folder;

    @Test
    void killsAndAnOrderlyStopChangeNothingInTheResult() {
        long seed = Long.getLong("gleaner.seed", System.nanoTime());
        System.out.println("moments of interruption drawn with -Dgleaner.seed=" + seed);
        Random random = new Random(seed);

        try (GleanerServer server = GleanerServer.start(folder.resolve("home"), Map.of())) {
            Labeling labeling = new Labeling(server);
            long model = labeling.importTiny("tiny");
            long dataset = labeling.registerFolder("scenes", Scenes.draw(folder.resolve("scenes"), IMAGES));
            long undisturbed = labeling.start(dataset, model);
            labeling.awaitCompleted(undisturbed);
            Map<Long, List<Proposal>> expected = labeling.proposals(dataset, undisturbed);
            String touched = "select * from annotations where dataset_id = " + dataset + " and decided_at is not null order by id";
            List<String> decided;
            try (Database database = Database.of(server)) {
                database.update("update annotations set status = 'ACCEPTED', decided_by = 'ann', decided_at = now()"
                        + " where labeling_run_id = " + undisturbed + " and ordinal = 0");
                decided = database.rows(touched);
            }

            long run = labeling.start(dataset, model);
            for (int earlier = 0; earlier < INTERRUPTIONS; earlier++) {
                int moment = earlier * STRETCH + 1 + random.nextInt(STRETCH / 2);
                awaitDone(server, run, earlier + 1, moment);
                if (earlier == ORDERLY) {
                    server.restart();
                } else {
                    server.kill9();
                }
                try (Database database = Database.of(server)) {
                    System.out.printf("%s when %d were done; at the next start %d of %d were%n", earlier == ORDERLY ? "stopped" : "killed",
                            moment, database.number("select count(*) from labeling_results where run_id = " + run), IMAGES);
                }
            }
            assertThat(labeling.awaitCompleted(run).get("done").asInt()).isEqualTo(IMAGES);

            assertThat(labeling.proposals(dataset, run)).isEqualTo(expected);
            try (Database database = Database.of(server)) {
                assertThat(database.number("select count(*) from labeling_results where run_id = " + run)).isEqualTo(IMAGES);
                assertThat(database.number("select sum(proposals) from labeling_results where run_id = " + run))
                        .isEqualTo(database.number("select count(*) from annotations where labeling_run_id = " + run));
                assertThat(database.rows(touched)).isEqualTo(decided);
                assertThat(database.number("select attempt from labeling_runs where id = " + run)).isEqualTo(INTERRUPTIONS + 1);
                assertThat(database.rows("select batchstatus, count(*) from batch_executioninstancedata where batchstatus not in ('COMPLETED', 'FAILED', 'STOPPED') group by 1"))
                        .as("executions that nobody ended").isEmpty();
            }
        }
    }

    /** Returns as soon as the run, in its n-th attempt, has finished with this many images, while it has some left. */
    private static void awaitDone(GleanerServer server, long run, int attempt, int images) {
        try (Database database = Database.of(server)) {
            long before = attempt == 1 ? 0 : database.number("select done from labeling_runs where id = " + run);
            server.await(images + " images are done", () -> {
                long done = database.number("select coalesce(max(done), 0) from labeling_runs where status = 'RUNNING' and id = " + run);
                return done >= images && done > before && database.number("select attempt from labeling_runs where id = " + run) == attempt;
            });
        }
    }
}
