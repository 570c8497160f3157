package dev.gleaner.batch.evaluation;

import dev.gleaner.batch.inference.InferenceWorks;
import dev.gleaner.evaluationrun.Accumulation;
import dev.gleaner.evaluationrun.EvaluateJob;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/**
 * Computes an evaluation's figures from its stored detections. There is no checkpoint: interrupted, it starts over, and replaces
 * what it may have written before.
 */
@Named
@Dependent
public class FigureAccumulator extends AbstractBatchlet {

    @Inject
    private Accumulation accumulation;
    @Inject
    private InferenceWorks works;
    @Inject
    @BatchProperty
    private long run;
    @Inject
    @BatchProperty
    private int attempt;

    @Override
    public String process() {
        try {
            accumulation.accumulate(run, attempt);
        } catch (RuntimeException e) {
            works.of(EvaluateJob.NAME).doom(run, attempt, "the figures cannot be computed: " + root(e));
            throw e;
        }
        return null;
    }

    /** The container wraps what a service throws. */
    private static Throwable root(Throwable thrown) {
        return thrown.getCause() == null ? thrown : root(thrown.getCause());
    }
}
