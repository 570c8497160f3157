package dev.gleaner.batch.finetune;

import dev.gleaner.finetune.FineTuneWork;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/** Orders the evaluation of the result, by the same gold as that of the base. Doing so again changes nothing. */
@Named
@Dependent
public class ComparisonOrder extends AbstractBatchlet {

    @Inject
    private FineTuneWork work;
    @Inject
    @BatchProperty
    private long run;
    @Inject
    @BatchProperty
    private int attempt;

    @Override
    public String process() {
        try {
            work.compare(run, attempt);
        } catch (RuntimeException e) {
            work.doom(run, attempt, "the result cannot be evaluated: " + e);
            throw e;
        }
        return null;
    }
}
