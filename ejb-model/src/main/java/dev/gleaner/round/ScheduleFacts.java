package dev.gleaner.round;

import dev.gleaner.round.RoundSchedule.Outcome;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What it depends on whether a round is due, and the rule.
 *
 * <p>A round is due when its time has come, or one of the triggers has. Times that were missed, because no server ran or a
 * round was at work, are caught up by one round, however many they were. While a round of the project is at work, whoever ordered it, one
 * that is due waits, and begins once after its end; what triggers count, they count from the order of the last round of the
 * dataset on, so what came in while it was at work counts for the next. One that failed does not count: what it was ordered for is
 * still to be learnt, and triggers order the next some time after it.
 *
 * @param due       the next time by the clock; empty without one
 * @param times     what it is written by; empty without one
 * @param running   the project's round that is at work or waiting for a server
 * @param counted   what the triggers have counted
 * @param failures  of rounds of the dataset since the last one that did not fail
 */
record ScheduleFacts(Instant now, Optional<Instant> due, Optional<CronTimes> times, Optional<Long> running, RoundTriggers triggers,
        Counted counted, Optional<RoundFailures> failures) {

    /** What to do, and why in words. Of {@link Outcome#ORDERED} it is what the round is told. */
    record Decision(Outcome outcome, String reason) {
    }

    Decision decide() {
        List<String> reasons = reasons();
        if (reasons.isEmpty()) {
            return new Decision(Outcome.NOT_DUE, String.join("; ", standing()));
        }
        String why = String.join("; ", reasons);
        if (running.isPresent()) {
            return new Decision(Outcome.WAITING, "due, and begins after training round " + running.get() + ", which the project has at work: " + why);
        }
        return failures.filter(failed -> now.isBefore(failed.until()) && !isTime())
                .map(failed -> new Decision(Outcome.WAITING, "due, and begins at " + failed.until().truncatedTo(ChronoUnit.SECONDS) + " since " + failed.written() + ": " + why))
                .orElseGet(() -> new Decision(Outcome.ORDERED, why));
    }

    private boolean isTime() {
        return due.isPresent() && !now.isBefore(due.get());
    }

    private List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        due.filter(time -> isTime()).ifPresent(time -> reasons.add("it was due at " + times.orElseThrow().written(time)));
        if (triggers.reviewedBoxes() != null && counted.reviewedBoxes() >= triggers.reviewedBoxes()) {
            reasons.add(counted.reviewedBoxes() + " boxes were reviewed since the last round was ordered, of " + triggers.reviewedBoxes() + " that are asked for");
        }
        if (triggers.newImages() != null && counted.newImages() >= triggers.newImages()) {
            reasons.add(counted.newImages() + " images came since the last round was ordered, of " + triggers.newImages() + " that are asked for");
        }
        if (triggers.drift() != null) {
            counted.drift().filter(drift -> drift.stability().exceeds(triggers.drift())).ifPresent(drift ->
                    reasons.add("the champion's scores have drifted by " + drift.written() + ", of " + triggers.drift() + " that are asked for"));
        }
        return reasons;
    }

    /** How far each is from being due. */
    private List<String> standing() {
        List<String> standing = new ArrayList<>();
        due.ifPresent(time -> standing.add("its time is " + times.orElseThrow().written(time)));
        if (triggers.reviewedBoxes() != null) {
            standing.add(counted.reviewedBoxes() + " of " + triggers.reviewedBoxes() + " reviewed boxes");
        }
        if (triggers.newImages() != null) {
            standing.add(counted.newImages() + " of " + triggers.newImages() + " new images");
        }
        if (triggers.drift() != null) {
            standing.add(counted.drift().map(this::standing).orElse("no newer labeling run of the champion to tell a drift from"));
        }
        return standing;
    }

    private String standing(ScoreDrift drift) {
        String standing = "drift " + drift.written() + " of " + triggers.drift();
        return drift.stability().index() < triggers.drift() ? standing
                : standing + String.format(Locale.ROOT, ", but so few scores (%d and %d) reach %.2f by chance", drift.referenceScores(), drift.latestScores(),
                        drift.stability().chance());
    }
}
