package dev.gleaner.glip.checkpoint;

import java.io.IOException;

/** A model file that cannot be used as it is; the message names the file or entry, what was found and what was expected. */
public class CheckpointException extends IOException {

    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
