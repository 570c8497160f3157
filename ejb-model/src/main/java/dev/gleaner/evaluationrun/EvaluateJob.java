package dev.gleaner.evaluationrun;

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
    public void released(long id) {
        server.closed(NAME, id);
    }
}
