package dev.gleaner.labeling;

import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.event.Events;
import dev.gleaner.event.LabelingRunEnded;
import dev.gleaner.inference.InferenceServer;
import dev.gleaner.job.LeasedJob;
import dev.gleaner.job.LeasedRunJob;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Optional;

/** A labeling run as a batch job. */
@Stateless
public class PseudoLabelJob extends LeasedRunJob<LabelingRun> implements LeasedJob {

    public static final String NAME = "pseudo-label";

    @Inject
    private LabelingRunRepository runs;
    @Inject
    private InferenceServer server;
    @Inject
    private DatasetRepository datasets;
    @Inject
    private Events events = new Events();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    protected Optional<LabelingRun> find(long id) {
        return runs.find(id);
    }

    @Override
    protected Optional<LabelingRun> lock(long id) {
        return runs.lock(id);
    }

    @Override
    protected void rested(LabelingRun run) {
        if (run.status() != LabelingRun.Status.STOPPED) {
            events.fire(new LabelingRunEnded(datasets.find(run.datasetId()).orElseThrow().projectId(), run.id(), run.datasetId(), run.modelVersionId(),
                    run.status() == LabelingRun.Status.COMPLETED));
        }
    }

    @Override
    public void released(long id) {
        server.closed(NAME, id);
    }
}
