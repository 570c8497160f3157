package dev.gleaner.batch;

import jakarta.annotation.PreDestroy;
import jakarta.batch.operations.JobExecutionNotRunningException;
import jakarta.batch.operations.JobOperator;
import jakarta.batch.operations.NoSuchJobException;
import jakarta.batch.runtime.BatchRuntime;
import jakarta.batch.runtime.BatchStatus;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Asks the jobs that run in this server to stop at their next checkpoint when the application ends, and waits until they have. */
@Singleton
@Startup
public class StopJobsWithApplication {

    private static final System.Logger LOG = System.getLogger(StopJobsWithApplication.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    private static final Set<BatchStatus> UNDER_WAY = Set.of(BatchStatus.STARTING, BatchStatus.STARTED, BatchStatus.STOPPING);

    @PreDestroy
    void stopRunningJobs() {
        JobOperator jobs = BatchRuntime.getJobOperator();
        List<Long> stopping = new ArrayList<>();
        for (String name : jobs.getJobNames()) {
            for (long execution : running(jobs, name)) {
                try {
                    jobs.stop(execution);
                    stopping.add(execution);
                } catch (JobExecutionNotRunningException e) {
                    LOG.log(System.Logger.Level.DEBUG, "execution {0} of {1} is a leftover of a killed server", execution, name);
                }
            }
        }
        Instant deadline = Instant.now().plus(PATIENCE);
        while (stopping.stream().anyMatch(id -> UNDER_WAY.contains(jobs.getJobExecution(id).getBatchStatus()))) {
            if (Instant.now().isAfter(deadline)) {
                LOG.log(System.Logger.Level.WARNING, "jobs still run after {0}: executions {1}; they go on from their last checkpoint",
                        PATIENCE, stopping);
                return;
            }
            pause();
        }
    }

    private static List<Long> running(JobOperator jobs, String name) {
        try {
            return jobs.getRunningExecutions(name);
        } catch (NoSuchJobException e) {
            return List.of();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
