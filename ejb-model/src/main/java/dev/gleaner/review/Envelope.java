package dev.gleaner.review;

import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What each request of a reviewer's program says beside its decision. */
final class Envelope {

    static final int LONGEST_TEXT = 2000;

    private static final int LONGEST_REQUEST_ID = 100;
    private static final double LONGEST_SECONDS = Duration.ofDays(1).toSeconds();

    private Envelope() {
    }

    /**
     * @param seconds null if nobody counted
     * @param comment null for none
     * @throws InvalidInput naming every field that cannot be taken
     */
    static void check(Integer version, String requestId, Double seconds, String comment) {
        Collection<Fault> faults = new ArrayList<>();
        if (version == null) {
            faults.add(new Fault("version", null, "the version of the item as it was seen"));
        }
        if (requestId == null || requestId.isBlank() || requestId.length() > LONGEST_REQUEST_ID) {
            faults.add(new Fault("requestId", requestId, "1 to " + LONGEST_REQUEST_ID + " characters that name this request and no other"));
        }
        if (seconds != null && !(seconds >= 0 && seconds <= LONGEST_SECONDS)) {
            faults.add(new Fault("seconds", seconds, "a number from 0 to " + (long) LONGEST_SECONDS));
        }
        if (comment != null && comment.length() > LONGEST_TEXT) {
            faults.add(new Fault("comment", comment.substring(0, 80) + "...", "up to " + LONGEST_TEXT + " characters"));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInput(List.copyOf(faults));
        }
    }
}
