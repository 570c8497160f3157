package dev.gleaner;

import jakarta.ejb.ApplicationException;

/** There is nothing of this kind under this id (or name). */
@ApplicationException(rollback = true)
public class NotFound extends RuntimeException {

    /** @param kind what was looked for, as the caller knows it: {@code dataset}, {@code labeling run} */
    public NotFound(String kind, Object id) {
        super("there is no " + kind + " " + id);
    }
}
