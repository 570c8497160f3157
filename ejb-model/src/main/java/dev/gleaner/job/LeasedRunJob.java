package dev.gleaner.job;

import jakarta.batch.runtime.BatchStatus;
import java.util.Optional;
import java.util.Properties;

/**
 * A {@link LeasedRun} as a batch job: how a server takes it up, and what the execution's end means for it. Its batch job has the
 * parameters {@value #RUN}, the run's id, and {@value #ATTEMPT}, without which no result is taken.
 *
 * @param <R> the kind of run
 */
public abstract class LeasedRunJob<R extends LeasedRun> implements LeasedJob {

    public static final String RUN = "run";
    public static final String ATTEMPT = "attempt";

    protected abstract Optional<R> find(long id);

    /** As it stands in the database now, locked until the transaction ends. */
    protected abstract Optional<R> lock(long id);

    /** A run has come to rest; for telling others, in the transaction that writes it. */
    protected void rested(R run) {
        // Nobody need be told.
    }

    @Override
    public Optional<Attempt> begin(long id) {
        LeasedRun run = locked(id);
        if (!run.isActive()) {
            return Optional.empty();
        }
        if (run.isStopRequested()) {
            run.stopped();
            return Optional.empty();
        }
        run.begin();
        Properties parameters = new Properties();
        parameters.setProperty(RUN, Long.toString(id));
        parameters.setProperty(ATTEMPT, Integer.toString(run.attempt()));
        return Optional.of(new Attempt(parameters, run.jobExecutionId()));
    }

    @Override
    public void executing(long id, long execution) {
        LeasedRun run = locked(id);
        run.executing(execution);
    }

    @Override
    public boolean stopRequested(long id) {
        LeasedRun run = find(id).orElseThrow();
        return run.isStopRequested() || run.error().isPresent();
    }

    @Override
    public void ended(long id, BatchStatus status) {
        R run = locked(id);
        if (run.error().isPresent()) {
            run.failed(run.error().get());
        } else if (status == BatchStatus.COMPLETED) {
            run.completed();
        } else if (status == BatchStatus.STOPPED) {
            run.stopped();
        } else {
            run.failed("the batch job ended as " + status + "; the server's log says why");
        }
        rested(run);
    }

    private R locked(long id) {
        return lock(id).orElseThrow();
    }
}
