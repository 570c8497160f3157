package dev.gleaner;

import jakarta.ejb.ApplicationException;
import java.util.Objects;

/**
 * Input that a service refuses. Nothing was changed; the message names the field, the value and what was expected, so that
 * whoever sent it can mend it without asking.
 */
@ApplicationException(rollback = true)
public class InvalidInput extends RuntimeException {

    private final String field;
    private final Object value;
    private final String expected;

    /**
     * @param field    the field as the caller knows it, dotted: {@code source.path}
     * @param value    what was given; null when it was missing
     * @param expected what would have been taken, in words: {@code a folder that exists}
     */
    public InvalidInput(String field, Object value, String expected) {
        super(field + (value == null ? " is missing" : " is \"" + value + "\"") + "; expected " + expected);
        this.field = Objects.requireNonNull(field, "field");
        this.value = value;
        this.expected = Objects.requireNonNull(expected, "expected");
    }

    public String field() {
        return field;
    }

    public Object value() {
        return value;
    }

    public String expected() {
        return expected;
    }
}
