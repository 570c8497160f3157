package dev.gleaner.job;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import dev.gleaner.Conflict;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import javax.sql.DataSource;

/**
 * Where features hand in work for their {@link LeasedJob}s. All servers on one database share it, and between them carry out
 * each piece of work once.
 */
@ApplicationScoped
public class JobQueue {

    @Resource(lookup = "jdbc/gleaner")
    private DataSource database;
    private SchedulerClient client;

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
        if (!client.scheduleIfNotExists(new TaskInstance<>(job, Long.toString(id)), Instant.now())) {
            throw new Conflict(job + " " + id + " is waiting or at work already");
        }
    }
}
