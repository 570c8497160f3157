package dev.gleaner.batch.transfer;

import dev.gleaner.transfer.ImportService;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.runtime.BatchStatus;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/**
 * Fits a dataset's boxes into their images, some thousands to a transaction. Each transaction notes how far it came, so that
 * running again goes on behind it and turns no box twice.
 */
@Named
@Dependent
public class BoxFitting extends AbstractBatchlet {

    private static final int PAGE = 2000;

    @Inject
    private ImportService imports;
    @Inject
    @BatchProperty
    private long dataset;
    @Inject
    @BatchProperty
    private int attempt;

    private volatile boolean stopped;

    @Override
    public String process() {
        while (!stopped) {
            if (imports.fitBoxes(dataset, attempt, PAGE) == 0) {
                return BatchStatus.COMPLETED.name();
            }
        }
        return BatchStatus.STOPPED.name();
    }

    @Override
    public void stop() {
        stopped = true;
    }
}
