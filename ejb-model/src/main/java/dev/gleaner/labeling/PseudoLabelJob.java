package dev.gleaner.labeling;

import dev.gleaner.job.LeasedJob;
import jakarta.batch.runtime.BatchStatus;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.Properties;

/** A labeling run as a batch job: how a server takes it up, and what the execution's end means for it. */
@Stateless
public class PseudoLabelJob implements LeasedJob {

    public static final String NAME = "pseudo-label";

    /** Job parameter: the run's id. */
    public static final String RUN = "run";

    /** Job parameter: the number of the attempt, without which no result is taken. */
    public static final String ATTEMPT = "attempt";

    @Inject
    private LabelingRunRepository runs;
    @Inject
    private LabelingServer server;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<Attempt> begin(long id) {
        LabelingRun run = locked(id);
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
        locked(id).executing(execution);
    }

    @Override
    public boolean stopRequested(long id) {
        LabelingRun run = runs.find(id).orElseThrow();
        return run.isStopRequested() || run.error().isPresent();
    }

    @Override
    public void ended(long id, BatchStatus status) {
        server.closed(id);
        LabelingRun run = locked(id);
        if (run.error().isPresent()) {
            run.failed(run.error().get());
        } else if (status == BatchStatus.COMPLETED) {
            run.completed();
        } else if (status == BatchStatus.STOPPED) {
            run.stopped();
        } else {
            run.failed("the batch job ended as " + status + "; the server's log says why");
        }
    }

    private LabelingRun locked(long id) {
        return runs.lock(id).orElseThrow();
    }
}
