package dev.gleaner.round;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.gleaner.InvalidInput;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Times by a clock on the wall, as Unix cron has them: minute, hour, day of the month, month, day of the week; where both days are
 * restricted, either will do.
 *
 * <p>When clocks change, what the wall says counts. A time that is skipped comes as much later as the clock jumps, so that 02:30
 * is 03:30 on that day; a time that comes twice counts the first time only.
 */
public final class CronTimes {

    /** Rounds take hours: whoever wants them more often wants another one after each end, which a trigger does. */
    static final Duration SHORTEST = Duration.ofHours(1);

    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    private static final String EXPECTED = "five fields of Unix cron (minute, hour, day of month, month, day of week), such as \"0 3 * * 1-5\"";
    /** Two neighbouring times within an hour are among any three in a row. */
    private static final int TIMES_IN_A_ROW = 3;

    /** Samoa left out the 30th of December 2011. */
    private static final Duration LONGEST_JUMP = Duration.ofDays(1);

    private final ExecutionTime times;
    private final ZoneId zone;

    private CronTimes(ExecutionTime times, ZoneId zone) {
        this.times = times;
        this.zone = zone;
    }

    /**
     * Reads an expression and a zone.
     *
     * @throws InvalidInput naming {@code cron} or {@code zone}: if the one is not of five fields, never comes or comes within an hour
     *                      again, or there is no such zone
     */
    public static CronTimes of(String expression, String zone) {
        ZoneId place = zone(zone);
        CronTimes times = new CronTimes(ExecutionTime.forCron(parse(expression)), place);
        LocalDateTime time = LocalDateTime.of(2000, 1, 1, 0, 0);
        for (int i = 0; i < TIMES_IN_A_ROW; i++) {
            LocalDateTime next = times.onTheWall(time).orElseThrow(() -> new InvalidInput("cron", expression, "a time that comes: no calendar has such a day"));
            if (i > 0 && Duration.between(time, next).compareTo(SHORTEST) < 0) {
                throw new InvalidInput("cron", expression, "times at least an hour apart");
            }
            time = next;
        }
        return times;
    }

    private static Cron parse(String expression) {
        if (expression == null) {
            throw new InvalidInput("cron", null, EXPECTED);
        }
        try {
            return PARSER.parse(expression).validate();
        } catch (IllegalArgumentException e) {
            throw new InvalidInput("cron", expression, EXPECTED);
        }
    }

    private static ZoneId zone(String zone) {
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new InvalidInput("zone", zone, "a time zone such as Europe/Berlin or UTC");
        }
    }

    private Optional<LocalDateTime> onTheWall(LocalDateTime after) {
        return times.nextExecution(after.atZone(ZoneOffset.UTC)).map(ZonedDateTime::toLocalDateTime);
    }

    /** The first time after another one. */
    public Instant next(Instant after) {
        // From before the clock jumped, if it has just now: what it skipped comes later.
        LocalDateTime time = after.minus(LONGEST_JUMP).atZone(zone).toLocalDateTime();
        while (true) {
            time = onTheWall(time).orElseThrow(() -> new IllegalStateException("no more times after " + after));
            Instant next = time.atZone(zone).toInstant();
            // The wall may also show for a second time what was a time the first time.
            if (next.isAfter(after)) {
                return next;
            }
        }
    }

    /** As people there read it: {@code 2026-03-29 03:30 Europe/Berlin}. */
    String written(Instant time) {
        return time.truncatedTo(ChronoUnit.MINUTES).atZone(zone).toLocalDateTime().toString().replace('T', ' ') + " " + zone;
    }
}
