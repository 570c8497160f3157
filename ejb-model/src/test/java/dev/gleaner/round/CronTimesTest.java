package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gleaner.InvalidInput;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTimesTest {

    @ParameterizedTest(name = "{0} in {1} after {2}: {3}")
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
            0 3 * * *         | UTC              | 2026-11-24T02:59:59Z | 2026-11-24T03:00:00Z
            0 3 * * *         | UTC              | 2026-11-24T03:00:00Z | 2026-11-25T03:00:00Z
            0 3 * * *         | UTC              | 2026-11-24T03:00:01Z | 2026-11-25T03:00:00Z
            0 3 * * *         | Europe/Berlin    | 2026-11-24T03:00:00Z | 2026-11-25T02:00:00Z
            0 3 * * *         | Asia/Kathmandu   | 2026-11-24T00:00:00Z | 2026-11-24T21:15:00Z
            30 22 * * 1-5     | UTC              | 2026-11-27T22:30:00Z | 2026-11-30T22:30:00Z
            0 0 29 2 *        | UTC              | 2026-11-24T00:00:00Z | 2028-02-29T00:00:00Z
            0 0 13 * 5        | UTC              | 2026-11-24T00:00:00Z | 2026-11-27T00:00:00Z
            30 2 * * *        | Europe/Berlin    | 2026-03-28T12:00:00Z | 2026-03-29T01:30:00Z
            30 2 * * *        | Europe/Berlin    | 2026-03-29T01:10:00Z | 2026-03-29T01:30:00Z
            30 2 * * *        | Europe/Berlin    | 2026-03-29T01:30:00Z | 2026-03-30T00:30:00Z
            30 2 * * *        | Europe/Berlin    | 2026-10-24T12:00:00Z | 2026-10-25T00:30:00Z
            30 2 * * *        | Europe/Berlin    | 2026-10-25T00:30:00Z | 2026-10-26T01:30:00Z
            30 2 * * *        | Europe/Berlin    | 2026-10-25T01:10:00Z | 2026-10-26T01:30:00Z
            0 * * * *         | Europe/Berlin    | 2026-10-25T00:00:00Z | 2026-10-25T02:00:00Z
            0 * * * *         | Europe/Berlin    | 2026-03-29T00:00:00Z | 2026-03-29T01:00:00Z
            30 2 * * *        | America/New_York | 2026-03-07T12:00:00Z | 2026-03-08T07:30:00Z
            """)
    void comesByTheClockOnTheWall(String cron, String zone, Instant after, Instant next) {
        assertThat(CronTimes.of(cron, zone).next(after)).isEqualTo(next);
    }

    @ParameterizedTest(name = "{0} in {1}: {2}")
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
            null              | UTC       | cron | five fields
            ''                | UTC       | cron | five fields
            every night       | UTC       | cron | five fields
            0 3 * *           | UTC       | cron | five fields
            0 0 3 * * *       | UTC       | cron | five fields
            60 3 * * *        | UTC       | cron | five fields
            0 24 * * *        | UTC       | cron | five fields
            * * * * *         | UTC       | cron | an hour apart
            */30 3 * * *      | UTC       | cron | an hour apart
            0,59 * * * *      | UTC       | cron | an hour apart
            0 0 30 2 *        | UTC       | cron | a time that comes
            0 3 * * *         | Mars/Base | zone | a time zone
            """)
    void refusesWhatIsNoTime(String cron, String zone, String field, String expected) {
        assertThatExceptionOfType(InvalidInput.class).isThrownBy(() -> CronTimes.of(cron, zone)).satisfies(refused -> {
            assertThat(refused.faults()).hasSize(1);
            assertThat(refused.faults().get(0).field()).isEqualTo(field);
            assertThat(refused.faults().get(0).value()).isEqualTo(field.equals("cron") ? cron : zone);
            assertThat(refused.faults().get(0).expected()).contains(expected);
        });
    }

    @Test
    void isWrittenAsTheWallShowsIt() {
        assertThat(CronTimes.of("30 2 * * *", "Europe/Berlin").written(Instant.parse("2026-03-29T01:30:00Z"))).isEqualTo("2026-03-29 03:30 Europe/Berlin");
    }
}
