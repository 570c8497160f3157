package dev.gleaner.batch.transfer;

import dev.gleaner.transfer.ImportService;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.runtime.BatchStatus;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/** Publishes or rejects a dataset, in one transaction: interrupted, it did nothing, and may run again. */
@Named
@Dependent
public class ImportConclusion extends AbstractBatchlet {

    @Inject
    private ImportService imports;
    @Inject
    @BatchProperty
    private long dataset;
    @Inject
    @BatchProperty
    private int attempt;

    @Override
    public String process() {
        imports.conclude(dataset, attempt);
        return BatchStatus.COMPLETED.name();
    }
}
