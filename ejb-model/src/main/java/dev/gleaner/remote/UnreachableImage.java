package dev.gleaner.remote;

import java.io.IOException;

/** An image elsewhere could not be had, or is no longer the one that was imported. The message says why, for people, and has no secrets in it. */
public class UnreachableImage extends IOException {

    private static final long serialVersionUID = 1;

    UnreachableImage(String message) {
        super(message);
    }

    UnreachableImage(String message, Throwable cause) {
        super(message, cause);
    }
}
