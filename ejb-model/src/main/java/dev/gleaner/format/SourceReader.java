package dev.gleaner.format;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads a source from its first to its last item, holding one entry of it in memory. What is wrong with the source comes as
 * {@link Finding}s among the other items; only a failing disk makes a call throw.
 */
public interface SourceReader extends Closeable {

    /** The next item; empty at the end, and from then on. */
    Optional<SourceItem> next() throws IOException;
}
