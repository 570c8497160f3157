package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gleaner.Conflict;
import dev.gleaner.round.RoundSchedule.Outcome;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoundScheduleTest {

    private static final Instant MONDAY = Instant.parse("2026-11-23T12:00:00Z");
    private static final Counted NOTHING = new Counted(0, 0, Optional.empty());
    private static final NewTrainingRound ROUND = NewTrainingRound.of(1);

    private static NewRoundSchedule wanted(String cron, String zone) {
        return new NewRoundSchedule(cron, zone, cron == null ? new RoundTriggers(50, null, null) : RoundTriggers.NONE, ROUND, null);
    }

    private static RoundSchedule nightly(String zone) {
        RoundSchedule schedule = new RoundSchedule(1, MONDAY);
        schedule.set(wanted("30 2 * * *", zone), "ann", MONDAY);
        return schedule;
    }

    /** A server that looks, and orders what is due. */
    private static Outcome look(RoundSchedule schedule, String now, Long running) {
        Instant time = Instant.parse(now);
        ScheduleFacts.Decision decision = new ScheduleFacts(time, schedule.nextDue(), schedule.times(), Optional.ofNullable(running), schedule.triggers(), NOTHING,
                Optional.empty()).decide();
        if (decision.outcome() == Outcome.ORDERED) {
            schedule.ordered(8L, decision.reason(), time);
        } else {
            schedule.decide(decision.outcome(), decision.reason(), time);
        }
        return schedule.decision();
    }

    @Test
    void missedTimesAreCaughtUpByOneRound() {
        RoundSchedule schedule = nightly("UTC");
        assertThat(look(schedule, "2026-11-24T02:29:45Z", null)).isEqualTo(Outcome.NOT_DUE);
        // No server ran for four nights.
        assertThat(look(schedule, "2026-11-27T09:00:00Z", null)).isEqualTo(Outcome.ORDERED);
        assertThat(schedule.lastRoundId()).contains(8L);
        assertThat(schedule.nextDue()).contains(Instant.parse("2026-11-28T02:30:00Z"));
        assertThat(look(schedule, "2026-11-27T09:00:15Z", null)).isEqualTo(Outcome.NOT_DUE);
    }

    @Test
    void whatIsDueWhileARoundIsAtWorkBeginsOnceAfterIt() {
        RoundSchedule schedule = nightly("UTC");
        assertThat(look(schedule, "2026-11-24T02:30:00Z", 7L)).isEqualTo(Outcome.WAITING);
        assertThat(schedule.nextDue()).as("still").contains(Instant.parse("2026-11-24T02:30:00Z"));
        assertThat(look(schedule, "2026-11-25T02:30:00Z", 7L)).isEqualTo(Outcome.WAITING);
        assertThat(schedule.decidedAt()).as("since when it waits").isEqualTo(Instant.parse("2026-11-24T02:30:00Z"));
        assertThat(look(schedule, "2026-11-25T11:00:00Z", null)).isEqualTo(Outcome.ORDERED);
        assertThat(look(schedule, "2026-11-25T11:00:15Z", 8L)).isEqualTo(Outcome.NOT_DUE);
        assertThat(schedule.nextDue()).contains(Instant.parse("2026-11-26T02:30:00Z"));
    }

    /** In Berlin 02:30 is skipped on 29 March and comes twice on 25 October 2026. */
    @Test
    void aChangeOfClocksMakesOneRoundEach() {
        RoundSchedule spring = new RoundSchedule(1, MONDAY);
        spring.set(wanted("30 2 * * *", "Europe/Berlin"), "ann", Instant.parse("2026-03-28T12:00:00Z"));
        assertThat(look(spring, "2026-03-29T01:29:00Z", null)).isEqualTo(Outcome.NOT_DUE);
        assertThat(look(spring, "2026-03-29T01:30:00Z", null)).isEqualTo(Outcome.ORDERED);
        assertThat(spring.nextDue()).contains(Instant.parse("2026-03-30T00:30:00Z"));
        RoundSchedule autumn = new RoundSchedule(1, MONDAY);
        autumn.set(wanted("30 2 * * *", "Europe/Berlin"), "ann", Instant.parse("2026-10-24T12:00:00Z"));
        assertThat(look(autumn, "2026-10-25T00:30:00Z", null)).isEqualTo(Outcome.ORDERED);
        assertThat(look(autumn, "2026-10-25T01:30:00Z", null)).as("02:30 once more").isEqualTo(Outcome.NOT_DUE);
    }

    @Test
    void aTriggeredRoundLeavesItsTimeAlone() {
        RoundSchedule schedule = nightly("UTC");
        schedule.ordered(8L, "60 boxes", Instant.parse("2026-11-23T20:00:00Z"));
        assertThat(schedule.nextDue()).contains(Instant.parse("2026-11-24T02:30:00Z"));
    }

    @Test
    void whatPassesWhileItIsPausedIsNotCaughtUp() {
        RoundSchedule schedule = nightly("UTC");
        schedule.pause("ben", MONDAY);
        assertThat(schedule.decision()).isEqualTo(Outcome.PAUSED);
        assertThat(schedule.reason()).isEqualTo("paused by ben");
        assertThat(schedule.nextDue()).isEmpty();
        assertThatExceptionOfType(Conflict.class).isThrownBy(() -> schedule.pause("ann", MONDAY)).withMessage("the schedule is paused already, by ben");
        schedule.resume(Instant.parse("2026-11-26T12:00:00Z"));
        assertThat(schedule.nextDue()).contains(Instant.parse("2026-11-27T02:30:00Z"));
        assertThatExceptionOfType(Conflict.class).isThrownBy(() -> schedule.resume(MONDAY)).withMessage("the schedule is not paused");
    }

    @Test
    void aChangeKeepsWhatIsDueIfTheTimesStay() {
        RoundSchedule schedule = nightly("UTC");
        Instant late = Instant.parse("2026-11-24T05:00:00Z");
        schedule.set(wanted("30 2 * * *", "UTC"), "ben", late);
        assertThat(schedule.nextDue()).as("missed").contains(Instant.parse("2026-11-24T02:30:00Z"));
        assertThat(schedule.setBy()).isEqualTo("ben");
        schedule.set(wanted("30 2 * * *", "Asia/Tokyo"), "ben", late);
        assertThat(schedule.nextDue()).contains(Instant.parse("2026-11-24T17:30:00Z"));
        schedule.set(wanted(null, "UTC"), "ben", late);
        assertThat(schedule.nextDue()).isEmpty();
        assertThat(schedule.revision()).isEqualTo(4);
        schedule.checkRevision(4);
        schedule.checkRevision(null);
        assertThatExceptionOfType(Conflict.class).isThrownBy(() -> schedule.checkRevision(3)).withMessageContaining("at revision 4 and not at 3");
    }

    /** As where the champion's files are gone: what is due stays so, and is not held. */
    @Test
    void aLookThatFailsIsToldAndDoneAgain() {
        RoundSchedule schedule = nightly("UTC");
        Instant due = Instant.parse("2026-11-24T02:30:00Z");
        schedule.failed(new IllegalStateException("wrapped", new UncheckedIOException(new NoSuchFileException("/models/7/model.safetensors"))), due);
        assertThat(schedule.decision()).isEqualTo(Outcome.WAITING);
        assertThat(schedule.reason()).isEqualTo("a server failed when it looked whether a round is due, and tries again: /models/7/model.safetensors");
        schedule.failed(new NullPointerException(), due);
        assertThat(schedule.reason()).endsWith("tries again: java.lang.NullPointerException");
        assertThat(schedule.heldUntil()).isEmpty();
        assertThat(look(schedule, "2026-11-24T02:30:15Z", null)).isEqualTo(Outcome.ORDERED);
    }

    @Test
    void aRefusedOrderIsHeldUntilAnHourLaterOrAChange() {
        RoundSchedule schedule = nightly("UTC");
        Instant due = Instant.parse("2026-11-24T02:30:00Z");
        schedule.refused("there is no gold", due);
        assertThat(schedule.decision()).isEqualTo(Outcome.REFUSED);
        assertThat(schedule.nextDue()).as("still").contains(due);
        assertThat(schedule.heldUntil()).contains(due.plusSeconds(3600));
        schedule.set(wanted("30 2 * * *", "UTC"), "ann", due.plusSeconds(60));
        assertThat(schedule.heldUntil()).isEmpty();
    }
}
