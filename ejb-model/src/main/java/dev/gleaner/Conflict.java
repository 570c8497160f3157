package dev.gleaner;

import jakarta.ejb.ApplicationException;

/** The request is sound, but not in the present state of what it is about: a run started twice, a name taken. Nothing was changed. */
@ApplicationException(rollback = true)
public class Conflict extends RuntimeException {

    public Conflict(String message) {
        super(message);
    }
}
