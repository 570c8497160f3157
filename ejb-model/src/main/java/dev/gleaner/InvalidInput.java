package dev.gleaner;

import jakarta.ejb.ApplicationException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Input that a service refuses. Nothing was changed; the message names each field, the value and what was expected, so that
 * whoever sent it can mend it without asking.
 */
@ApplicationException(rollback = true)
public class InvalidInput extends RuntimeException {

    /**
     * One thing wrong with the input.
     *
     * @param field    the field as the caller knows it: {@code source.path}, {@code prompts[2].phrase}
     * @param value    what was given; null when it was missing
     * @param expected what would have been taken, in words: {@code a folder that exists}
     */
    public record Fault(String field, Object value, String expected) {

        public Fault {
            Objects.requireNonNull(field, "field");
            Objects.requireNonNull(expected, "expected");
        }

        @Override
        public String toString() {
            return field + (value == null ? " is missing" : " is \"" + value + "\"") + "; expected " + expected;
        }
    }

    private final List<Fault> faults;

    /** @param faults everything that is wrong, at least one thing */
    public InvalidInput(List<Fault> faults) {
        super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** Input with a single {@link Fault}. */
    public InvalidInput(String field, Object value, String expected) {
        this(List.of(new Fault(field, value, expected)));
    }

    /** The same input as part of a larger one: {@code phrase} within {@code prompts[2]} is {@code prompts[2].phrase}. */
    public InvalidInput within(String place) {
        return new InvalidInput(faults.stream().map(fault -> new Fault(place + "." + fault.field(), fault.value(), fault.expected())).toList());
    }

    public List<Fault> faults() {
        return faults;
    }
}
