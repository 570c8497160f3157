package dev.gleaner.batch.finetune;

import dev.gleaner.finetune.Training;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.runtime.BatchStatus;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/**
 * Trains. The checkpoints are files of the training's own; interrupted in whatever way, it goes on from the last of them, and comes
 * to the same weights.
 */
@Named
@Dependent
public class FineTuner extends AbstractBatchlet {

    @Inject
    private Training training;
    @Inject
    @BatchProperty
    private long run;
    @Inject
    @BatchProperty
    private int attempt;

    private volatile boolean stopped;

    @Override
    public String process() {
        return (training.run(run, attempt, () -> stopped) ? BatchStatus.COMPLETED : BatchStatus.STOPPED).name();
    }

    @Override
    public void stop() {
        stopped = true;
    }
}
