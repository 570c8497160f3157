package dev.gleaner.round;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Rounds that failed one after the other. A failed round uses up nothing of what triggers count, so that they would order the next at
 * once, and the next: each failure doubles the time until they do, from an hour to a day.
 *
 * @param latest round that failed
 * @param times  how many failed
 * @param ended  when the latest did
 */
record RoundFailures(long latest, int times, Instant ended) {

    /** More of them make the time no longer. */
    static final int MOST = 6;

    private static final Duration LONGEST = Duration.ofDays(1);

    /** @param failed the newest first; empty if there are none */
    static Optional<RoundFailures> of(List<TrainingRound> failed) {
        return failed.stream().findFirst().map(last -> new RoundFailures(last.id(), failed.size(), last.endedAt().orElse(last.createdAt())));
    }

    /** From when on triggers order a round again. */
    Instant until() {
        Duration wait = RoundSchedule.RETRY.multipliedBy(1L << Math.min(times, MOST) - 1);
        return ended.plus(wait.compareTo(LONGEST) < 0 ? wait : LONGEST);
    }

    String written() {
        return "training round " + latest + " failed" + (times == 1 ? "" : ", as did " + (times < MOST ? "" : "at least ") + (times - 1) + " before it");
    }
}
