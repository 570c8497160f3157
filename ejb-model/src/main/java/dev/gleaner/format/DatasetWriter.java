package dev.gleaner.format;

import java.io.Closeable;
import java.io.IOException;

/** Writes a dataset as a stream, image by image. One that was not ended, because something broke, is not whole. */
public interface DatasetWriter extends Closeable {

    /** @param image whose name no earlier one has */
    void image(LabeledImage image) throws IOException;

    /** Completes what was written. */
    void end() throws IOException;

    /** Lets go of what it holds, ended or not; the stream that it writes to stays open. */
    @Override
    default void close() throws IOException {
    }
}
