package dev.gleaner.batch.transfer;

import dev.gleaner.format.SourceItem;
import dev.gleaner.transfer.ImportService;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.chunk.AbstractItemWriter;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.List;

/** Puts a source's entries into staging. A chunk that did not commit left nothing; see {@link SourceItemReader} for restarts. */
@Named
@Dependent
public class StagingWriter extends AbstractItemWriter {

    @Inject
    private ImportService imports;
    @Inject
    @BatchProperty
    private long dataset;
    @Inject
    @BatchProperty
    private int attempt;

    @Override
    public void writeItems(List<Object> items) {
        imports.stage(dataset, attempt, items.stream().map(SourceItem.class::cast).toList());
    }
}
