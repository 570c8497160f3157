package dev.gleaner.batch.transfer;

import dev.gleaner.transfer.ImportService;
import dev.gleaner.transfer.InspectedImage;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.chunk.AbstractItemWriter;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.List;

/** Keeps what was found about a batch of images, and marks them inspected, in one transaction with the batch's progress. */
@Named
@Dependent
public class InspectionWriter extends AbstractItemWriter {

    @Inject
    private ImportService imports;
    @Inject
    @BatchProperty
    private long dataset;
    @Inject
    @BatchProperty
    private int attempt;

    @Override
    public void writeItems(List<Object> batches) {
        for (Object batch : batches) {
            imports.inspected(dataset, attempt, ((List<?>) batch).stream().map(InspectedImage.class::cast).toList());
        }
    }
}
