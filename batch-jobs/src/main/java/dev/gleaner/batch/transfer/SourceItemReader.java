package dev.gleaner.batch.transfer;

import dev.gleaner.format.Finding;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.SourceItem;
import dev.gleaner.format.SourceReader;
import dev.gleaner.transfer.ImportService;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.chunk.AbstractItemReader;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.IOException;
import java.io.Serializable;

/**
 * The entries of a dataset's source, in the order of the source. A disk that fails ends the source with a finding that says so.
 *
 * <p>Checkpoint: none. A source is parsed in a fraction of the time its images take, so a restart empties the staging and
 * reads again from the beginning.
 */
@Named
@Dependent
public class SourceItemReader extends AbstractItemReader {

    @Inject
    private ImportService imports;
    @Inject
    @BatchProperty
    private long dataset;
    @Inject
    @BatchProperty
    private int attempt;

    private SourceReader source;
    private IOException failure;
    private boolean ended;

    @Override
    public void open(Serializable checkpoint) {
        try {
            source = imports.read(dataset, attempt);
        } catch (IOException e) {
            failure = e;
        }
    }

    @Override
    public SourceItem readItem() {
        if (failure == null) {
            try {
                return source.next().orElse(null);
            } catch (IOException e) {
                failure = e;
            }
        }
        if (ended) {
            return null;
        }
        ended = true;
        return new Finding(Code.IMPORT_FAILED, null, "the source cannot be read: " + failure);
    }

    @Override
    public void close() throws IOException {
        if (source != null) {
            source.close();
        }
    }
}
