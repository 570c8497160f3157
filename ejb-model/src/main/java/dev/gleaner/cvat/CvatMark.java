package dev.gleaner.cvat;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * How far the jobs of a CVAT were looked through in the order of their changes. It is written {@code 2026-01-01T08:00:00.000001Z}, with the number
 * of the last job behind it if there are more of the same moment.
 *
 * @param job the last one that was looked at; 0 if none of this moment was
 */
record CvatMark(Instant at, long job) {

    /** Null if it is none: then everything is looked at. */
    static CvatMark parse(String written) {
        try {
            String[] parts = written == null ? new String[0] : written.split(" ");
            return parts.length == 0 ? null : new CvatMark(Instant.parse(parts[0]), parts.length == 1 ? 0 : Long.parseLong(parts[1]));
        } catch (DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    /** Null if CVAT does not say when something was changed. */
    static Instant instant(String written) {
        try {
            return OffsetDateTime.parse(written).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    String written() {
        return job == 0 ? at.toString() : at + " " + job;
    }

    /** As CVAT's lists take it: JSON Logic over the fields that they can be filtered by. */
    String filter() {
        return job == 0 ? "{\">=\":[{\"var\":\"updated_date\"},\"%s\"]}".formatted(at)
                : ("{\"or\":[{\">\":[{\"var\":\"updated_date\"},\"%1$s\"]},"
                        + "{\"and\":[{\"==\":[{\"var\":\"updated_date\"},\"%1$s\"]},{\">\":[{\"var\":\"id\"},%2$d]}]}]}").formatted(at, job);
    }
}
