package dev.gleaner.launcher;

import java.io.IOException;

/** A part that does not start, told in words for the person at the terminal. */
final class StartFailure extends IOException {

    private static final long serialVersionUID = 1L;

    StartFailure(String message) {
        super(message);
    }

    StartFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
