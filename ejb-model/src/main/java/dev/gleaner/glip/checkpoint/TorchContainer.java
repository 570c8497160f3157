package dev.gleaner.glip.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file of {@code torch.save}: one pickled object, and the elements of its tensors apart from it. */
interface TorchContainer extends Closeable {

    /** What was saved, with a {@link Pickle.View} in place of each tensor. */
    Object object();

    /**
     * Makes sure that the file holds the elements of a storage completely.
     *
     * @throws CheckpointException naming what is missing
     */
    void check(Pickle.Storage storage) throws CheckpointException;

    /**
     * Fills a buffer with bytes of a storage that {@link #check} found complete.
     *
     * @param position first byte, counted from the start of the storage
     */
    void read(Pickle.Storage storage, long position, ByteBuffer into) throws IOException;
}
