package dev.gleaner.batch.labeling;

import dev.gleaner.labeling.LabelingWork;
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
    private LabelingWork work;
    @Inject
    @BatchProperty
    private long run;
    @Inject
    @BatchProperty
    private int attempt;

    @Override
    public void onError(Exception failure) {
        work.doom(run, attempt, failure.toString());
    }
}
