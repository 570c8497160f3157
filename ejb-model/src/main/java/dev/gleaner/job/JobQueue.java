package dev.gleaner.job;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import dev.gleaner.Conflict;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;

/**
 * Where features hand in work for their {@link LeasedJob}s. All servers on one database share it, and between them carry out
 * each piece of work once.
 */
@ApplicationScoped
public class JobQueue {

    /** Work that has told its end gives its place up a moment later; who asks for more of it in between need not know. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long LOOK_MILLIS = 50;

    @Resource(lookup = "jdbc/gleaner")
    private DataSource database;
    private SchedulerClient client;
    private final Duration patience;

    public JobQueue() {
        this(null, PATIENCE);
    }

    JobQueue(DataSource database, Duration patience) {
        this.database = database;
        this.patience = patience;
    }

    @PostConstruct
    void connect() {
        client = SchedulerClient.Builder.create(database).build();
    }

    /**
     * Hands in a piece of work, as part of the caller's transaction: a server takes it up within a second or so of its commit.
     *
     * @param job the job's name
     * @param id  what the job knows the work by
     * @throws Conflict if the work is handed in already, or somebody still works on it
     */
    public void submit(String job, long id) {
        TaskInstance<Void> work = new TaskInstance<>(job, Long.toString(id));
        Instant deadline = Instant.now().plus(patience);
        while (!client.scheduleIfNotExists(work, Instant.now())) {
            if (Instant.now().isAfter(deadline)) {
                throw new Conflict(job + " " + id + " is waiting or at work already");
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while " + job + " " + id + " gives up its place", e);
            }
        }
    }
}
