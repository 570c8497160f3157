package dev.gleaner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Conflict;
import dev.gleaner.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobQueueTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @AfterEach
    void empty() {
        execute("delete from scheduled_tasks");
    }

    @Test
    void workIsHandedInOnce() throws Exception {
        JobQueue queue = queue(Duration.ZERO);
        queue.submit("labeling", 7);

        assertThatThrownBy(() -> queue.submit("labeling", 7)).isInstanceOf(Conflict.class).hasMessage("labeling 7 is waiting or at work already");

        queue.submit("labeling", 8);
        queue.submit("evaluation", 7);
        assertThat(database.count("scheduled_tasks")).isEqualTo(3);
    }

    @Test
    void workThatGivesItsPlaceUpAMomentLaterCanBeHandedInAgain() throws Exception {
        queue(Duration.ZERO).submit("labeling", 7);
        execute("update scheduled_tasks set picked = true, picked_by = 'a server'");

        CompletableFuture<Integer> end = CompletableFuture.supplyAsync(() -> execute("delete from scheduled_tasks"),
                CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
        queue(Duration.ofMinutes(1)).submit("labeling", 7);

        end.join();
        assertThat(database.count("scheduled_tasks")).isEqualTo(1);
    }

    private static JobQueue queue(Duration patience) {
        JobQueue queue = new JobQueue(database.dataSource(), patience);
        queue.connect();
        return queue;
    }

    private static int execute(String statement) {
        return database.besides(entities -> entities.createNativeQuery(statement).executeUpdate());
    }
}
