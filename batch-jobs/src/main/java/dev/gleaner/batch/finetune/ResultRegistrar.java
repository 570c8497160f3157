package dev.gleaner.batch.finetune;

import dev.gleaner.finetune.FineTuneWork;
import dev.gleaner.finetune.Training;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/** Makes the trained bundle a model version, then deletes the checkpoints. Doing so again changes nothing. */
@Named
@Dependent
public class ResultRegistrar extends AbstractBatchlet {

    @Inject
    private FineTuneWork work;
    @Inject
    private Training training;
    @Inject
    @BatchProperty
    private long run;
    @Inject
    @BatchProperty
    private int attempt;

    @Override
    public String process() {
        try {
            work.register(run, attempt);
        } catch (RuntimeException e) {
            work.doom(run, attempt, "the model version cannot be registered: " + e);
            throw e;
        }
        training.forgetCheckpoints(run);
        return null;
    }
}
