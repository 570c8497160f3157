package dev.gleaner.batch.inference;

import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.chunk.listener.AbstractChunkListener;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/** Tells the run why one of its chunks failed, which brings the other partition to rest as well. */
@Named
@Dependent
public class FailureNote extends AbstractChunkListener {

    @Inject
    private InferenceWorks works;
    @Inject
    @BatchProperty
    private String job;
    @Inject
    @BatchProperty
    private long run;
    @Inject
    @BatchProperty
    private int attempt;

    @Override
    public void onError(Exception failure) {
        works.of(job).doom(run, attempt, failure.toString());
    }
}
