package dev.gleaner.review;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * An image that waits in a queue for a decision about its boxes. One reviewer holds it at a time, until it is decided, given back, or the
 * time is over; then the next who asks gets it, and what the first one sends after that is refused.
 */
@Entity
@Table(name = "review_items")
public class ReviewItem {

    static final String KIND = "review item";

    /**
     * Work decides about boxes. Checks and opinions decide about copies: to be compared with what is known, or what others say. A ruling decides about boxes
     * where those who were asked differ; it is not handed out by the queue.
     */
    public enum Kind {
        WORK, CHECK, OPINION, RULING;

        boolean changesBoxes() {
            return this == WORK || this == RULING;
        }
    }

    public enum Status { OPEN, CLAIMED, DONE, SKIPPED }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long queueId;
    private long imageId;
    private int place;
    @Enumerated(EnumType.STRING)
    private Kind kind;
    private boolean consensus;
    private Double worth;
    private String reason;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<ShownBox> shown;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<AnswerBox> truth;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<AnswerBox> answer;
    @Enumerated(EnumType.STRING)
    private Status status;
    private String reviewer;
    private Instant claimedUntil;
    private Instant decidedAt;
    private String skipReason;
    @Version
    private int version;

    protected ReviewItem() {
    }

    /** Of an image about which the reviewers of a queue differ. */
    static ReviewItem ruling(ReviewQueue queue, long image, int place) {
        ReviewItem item = new ReviewItem();
        item.queueId = queue.id();
        item.imageId = image;
        item.place = place;
        item.kind = Kind.RULING;
        item.reason = "its reviewers differ";
        item.status = Status.OPEN;
        return item;
    }

    /** @throws StaleItem if it is decided, or somebody else holds it */
    void requireToBeHad(String by, Instant now) {
        if (status == Status.DONE) {
            throw new StaleItem(id, "%s %d was decided by %s at %s".formatted(KIND, id, reviewer, decidedAt));
        }
        requireNotHeld(by, now);
    }

    private void requireNotHeld(String by, Instant now) {
        if (isHeldAt(now) && !by.equals(reviewer)) {
            throw new StaleItem(id, "%s %d is held by %s until %s".formatted(KIND, id, reviewer, claimedUntil));
        }
    }

    /**
     * Makes sure that the reviewer may decide: they saw it as it is, it is undecided, and nobody else holds it. Time that is over does not
     * matter as long as nobody else took it.
     *
     * @throws StaleItem otherwise
     */
    void requireUndecided(String by, int seen, Instant now) {
        if (status == Status.DONE || status == Status.SKIPPED) {
            throw new StaleItem(id, "%s %d was %s by %s at %s; undo that first".formatted(KIND, id, status == Status.DONE ? "decided" : "skipped",
                    reviewer, decidedAt));
        }
        requireNotHeld(by, now);
        if (seen != version) {
            throw new StaleItem(id, "%s %d was changed since version %d; it has version %d".formatted(KIND, id, seen, version));
        }
    }

    boolean isHeldAt(Instant now) {
        return status == Status.CLAIMED && claimedUntil != null && claimedUntil.isAfter(now);
    }

    void decide(String by, Instant now, List<AnswerBox> answer) {
        end(Status.DONE, by, now);
        this.answer = kind == Kind.CHECK || consensus ? List.copyOf(answer) : null;
    }

    void skip(String by, Instant now, String why) {
        end(Status.SKIPPED, by, now);
        skipReason = why;
    }

    private void end(Status end, String by, Instant now) {
        status = end;
        reviewer = by;
        decidedAt = now;
        claimedUntil = null;
    }

    /** Gives it to a reviewer, also what another one had skipped. */
    void hold(String by, Instant until) {
        reviewer = by;
        reopen(until);
    }

    /** Takes the decision back; the reviewer holds it again. */
    void reopen(Instant until) {
        status = Status.CLAIMED;
        claimedUntil = until;
        decidedAt = null;
        skipReason = null;
        answer = null;
    }

    /** Gives it back. */
    void release() {
        status = Status.OPEN;
        reviewer = null;
        claimedUntil = null;
    }

    public Long id() {
        return id;
    }

    public long queueId() {
        return queueId;
    }

    public long imageId() {
        return imageId;
    }

    /** In the queue, from 1. */
    public int place() {
        return place;
    }

    Kind kind() {
        return kind;
    }

    boolean consensus() {
        return consensus;
    }

    /** What a correction is worth, by itself; empty where the order is by lot. */
    public Optional<Double> worth() {
        return Optional.ofNullable(worth);
    }

    /** Why it has its place, in words. */
    public String reason() {
        return reason;
    }

    /** Of checks and opinions, what the reviewer gets to see; of work, what is there is shown. */
    List<ShownBox> shown() {
        return shown == null ? List.of() : shown;
    }

    /** Of checks: what is on the image. */
    List<AnswerBox> truth() {
        return truth == null ? List.of() : truth;
    }

    Optional<List<AnswerBox>> answer() {
        return Optional.ofNullable(answer);
    }

    public Status status() {
        return status;
    }

    /** Who holds it, or decided; held it last, if the time is over. */
    public Optional<String> reviewer() {
        return Optional.ofNullable(reviewer);
    }

    public Optional<Instant> claimedUntil() {
        return Optional.ofNullable(claimedUntil);
    }

    public Optional<Instant> decidedAt() {
        return Optional.ofNullable(decidedAt);
    }

    public Optional<String> skipReason() {
        return Optional.ofNullable(skipReason);
    }

    /** Counts its changes, from 0; a decision says which one it is about. */
    public int version() {
        return version;
    }
}
