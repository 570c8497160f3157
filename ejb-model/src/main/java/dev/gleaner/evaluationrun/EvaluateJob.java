package dev.gleaner.evaluationrun;

import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.event.EvaluationEnded;
import dev.gleaner.event.Events;
import dev.gleaner.inference.InferenceServer;
import dev.gleaner.job.LeasedJob;
import dev.gleaner.job.LeasedRunJob;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Optional;

/** An evaluation as a batch job. */
@Stateless
public class EvaluateJob extends LeasedRunJob<Evaluation> implements LeasedJob {

    public static final String NAME = "evaluate";

    @Inject
    private EvaluationRepository evaluations;
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
    protected Optional<Evaluation> find(long id) {
        return evaluations.find(id);
    }

    @Override
    protected Optional<Evaluation> lock(long id) {
        return evaluations.lock(id);
    }

    @Override
    protected void rested(Evaluation evaluation) {
        if (evaluation.status() != Evaluation.Status.STOPPED) {
            events.fire(new EvaluationEnded(datasets.find(evaluation.datasetId()).orElseThrow().projectId(), evaluation.id(), evaluation.datasetId(),
                    evaluation.modelVersionId(), evaluation.status() == Evaluation.Status.COMPLETED));
        }
    }

    @Override
    public void released(long id) {
        server.closed(NAME, id);
    }
}
