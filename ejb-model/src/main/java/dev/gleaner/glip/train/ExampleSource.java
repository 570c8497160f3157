package dev.gleaner.glip.train;

import java.io.IOException;

/** The examples of a training, by number; always the same ones. Asked by one thread at a time, ahead of need. */
public interface ExampleSource {

    /** How many there are, at least 1. */
    int size();

    /**
     * Reads one.
     *
     * @param index from 0
     * @throws IOException if its image cannot be read: the training goes on without it and reports it
     */
    TrainingExample read(int index) throws IOException;
}
