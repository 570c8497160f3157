package dev.gleaner.round;

import dev.gleaner.Conflict;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * When the rounds of a project begin by themselves: by the clock, by what has come in, or both; and how it stands. A project has one
 * at most. See {@link ScheduleFacts} for the rule.
 *
 * <p>Whoever changes it holds its row's lock. A round is ordered, and its time moved on, in one transaction: so a time makes one
 * round, however many servers look and whenever one of them dies.
 */
@Entity
@Table(name = "round_schedules")
public class RoundSchedule {

    static final Duration RETRY = Duration.ofHours(1);

    /** What was decided last. */
    public enum Outcome {
        /** Neither its time nor a trigger has come. */
        NOT_DUE,
        /** Somebody paused it. */
        PAUSED,
        /** It is due, and another round is at work, or failed a while ago; or a server fails to look at it. */
        WAITING,
        /** A round was ordered. */
        ORDERED,
        /** A round was due, but its order was refused. Nothing is looked at for an hour, unless somebody changes the schedule. */
        REFUSED
    }

    @Id
    private long projectId;
    private String cron;
    private String zone;
    private Integer reviewedBoxes;
    private Integer newImages;
    private Double drift;
    @JdbcTypeCode(SqlTypes.JSON)
    private NewTrainingRound trainingRound;
    private String setBy;
    private int revision;
    private String pausedBy;
    private Instant nextDue;
    private Instant heldUntil;
    private Instant checkedAt;
    @JdbcTypeCode(SqlTypes.JSON)
    private ScoreDrift scores;
    @Enumerated(EnumType.STRING)
    private Outcome decision;
    private String reason;
    private Instant decidedAt;
    private Long lastRoundId;
    private Instant createdAt;
    private Instant updatedAt;

    protected RoundSchedule() {
    }

    /** One that is to be {@linkplain #set set}. */
    RoundSchedule(long projectId, Instant now) {
        this.projectId = projectId;
        this.createdAt = now;
    }

    /**
     * Changes it. A time that has come and not been served stays if the times are the same as before; whether it is paused stays.
     *
     * @param wanted with its zone
     */
    void set(NewRoundSchedule wanted, String by, Instant now) {
        boolean sameTimes = wanted.cron() != null && wanted.cron().equals(cron) && wanted.zone().equals(zone);
        cron = wanted.cron();
        zone = wanted.zone();
        reviewedBoxes = wanted.triggers().reviewedBoxes();
        newImages = wanted.triggers().newImages();
        drift = wanted.triggers().drift();
        trainingRound = wanted.round();
        setBy = by;
        if (!sameTimes) {
            nextDue = times().map(times -> times.next(now)).orElse(null);
        }
        heldUntil = null;
        changed(now);
        if (!isPaused()) {
            decide(Outcome.NOT_DUE, "it was set just now", now);
        }
    }

    private void changed(Instant now) {
        revision++;
        updatedAt = now;
        checkedAt = null;
    }

    /** @throws Conflict if it has been changed since that revision */
    void checkRevision(Integer expected) {
        if (expected != null && expected != revision) {
            throw new Conflict("the schedule is at revision " + revision + " and not at " + expected
                    + ": somebody else changed it in the meantime; read it again");
        }
    }

    /**
     * From now on nothing is due.
     *
     * @throws Conflict if it is paused already
     */
    void pause(String by, Instant now) {
        if (isPaused()) {
            throw new Conflict("the schedule is paused already, by " + pausedBy);
        }
        pausedBy = by;
        changed(now);
        decide(Outcome.PAUSED, "paused by " + by, now);
    }

    /**
     * Goes on with the next time from now: those that passed while it was paused are not caught up. Triggers have counted on.
     *
     * @throws Conflict if it is not paused
     */
    void resume(Instant now) {
        if (!isPaused()) {
            throw new Conflict("the schedule is not paused");
        }
        pausedBy = null;
        nextDue = times().map(times -> times.next(now)).orElse(null);
        heldUntil = null;
        changed(now);
        decide(Outcome.NOT_DUE, "it was resumed just now", now);
    }

    /** A server has looked whether a round is due. */
    void checked(Instant now, ScoreDrift drift) {
        checkedAt = now;
        scores = drift;
    }

    /** Nothing is to be done, for that reason. */
    void decide(Outcome outcome, String why, Instant now) {
        if (outcome != decision || !why.equals(reason)) {
            decision = outcome;
            reason = why;
            decidedAt = now;
        }
    }

    /** A round was ordered: it stands for all times up to now. */
    void ordered(long round, String why, Instant now) {
        lastRoundId = round;
        heldUntil = null;
        // Not before its own time even where this server's clock is behind that of the one that set it.
        times().filter(times -> !now.isBefore(nextDue)).ifPresent(times -> nextDue = times.next(now));
        decide(Outcome.ORDERED, why, now);
    }

    /** A round was due, and its order was refused: what was due stays so, and is tried again later. */
    void refused(String why, Instant now) {
        heldUntil = now.plus(RETRY);
        checkedAt = now;
        decide(Outcome.REFUSED, why, now);
    }

    /** A server could not find out whether a round is due, or not order it, for a reason that lies in no order. */
    void failed(Throwable failure, Instant now) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        decide(Outcome.WAITING, "a server failed when it looked whether a round is due, and tries again: " + (root.getMessage() == null ? root : root.getMessage()), now);
    }

    Optional<CronTimes> times() {
        return Optional.ofNullable(cron).map(expression -> CronTimes.of(expression, zone));
    }

    public long projectId() {
        return projectId;
    }

    /** See {@link CronTimes}; empty where only triggers count. */
    public Optional<String> cron() {
        return Optional.ofNullable(cron);
    }

    /** Of the cron's clock. */
    public String zone() {
        return zone;
    }

    public RoundTriggers triggers() {
        return new RoundTriggers(reviewedBoxes, newImages, drift);
    }

    /** What each round is to be. */
    public NewTrainingRound round() {
        return trainingRound;
    }

    /** Whose order its rounds are. */
    public String setBy() {
        return setBy;
    }

    /** How often people have changed it. */
    public int revision() {
        return revision;
    }

    public boolean isPaused() {
        return pausedBy != null;
    }

    public Optional<String> pausedBy() {
        return Optional.ofNullable(pausedBy);
    }

    /** The next time by the clock, or one that has come and waits; empty without a cron, and while it is paused. */
    public Optional<Instant> nextDue() {
        return isPaused() ? Optional.empty() : Optional.ofNullable(nextDue);
    }

    Optional<Instant> heldUntil() {
        return Optional.ofNullable(heldUntil);
    }

    /** When a server looked last; empty if none has since it was changed. */
    public Optional<Instant> checkedAt() {
        return Optional.ofNullable(checkedAt);
    }

    Optional<ScoreDrift> scores() {
        return Optional.ofNullable(scores);
    }

    public Outcome decision() {
        return decision;
    }

    /** In words. */
    public String reason() {
        return reason;
    }

    /** Since when that is the decision. */
    public Instant decidedAt() {
        return decidedAt;
    }

    /** The round it ordered last. */
    public Optional<Long> lastRoundId() {
        return Optional.ofNullable(lastRoundId);
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Instant updatedAt() {
        return updatedAt;
    }
}
