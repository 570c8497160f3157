package dev.gleaner.platform;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;

/** What somebody decided in a platform and has become a review here, as of when. */
@Entity
@Table(name = "platform_reviews")
@IdClass(KnownReview.Key.class)
class KnownReview {

    record Key(long connectionId, String review) implements Serializable {
    }

    @Id
    private long connectionId;
    @Id
    private String review;
    private String task;
    private String reviewer;
    private Instant updatedAt;
    private String state;
    private boolean deleted;
    private Double seconds;

    protected KnownReview() {
    }

    KnownReview(long connection, String review, String task) {
        this.connectionId = connection;
        this.review = review;
        this.task = task;
        this.reviewer = "";
        this.updatedAt = Instant.EPOCH;
    }

    /** Whether this state of it, or a later one, is known. */
    boolean knows(PlatformReview told) {
        return deleted || !told.updatedAt().isAfter(updatedAt) || told.state() != null && told.state().equals(state);
    }

    void updated(String reviewer, Instant updated, String state) {
        this.reviewer = reviewer;
        this.updatedAt = updated;
        this.state = state;
    }

    /** What of the time that it took in all is in no review here yet. @param total null if nobody counted; then this is null, too */
    Double newSeconds(Double total) {
        return total == null ? null : (Double) Math.max(0, total - (seconds == null ? 0 : seconds));
    }

    /** That much of its time is in reviews here. */
    void counted(double total) {
        seconds = seconds == null ? total : Math.max(seconds, total);
    }

    void delete() {
        deleted = true;
    }

    boolean isDeleted() {
        return deleted;
    }

    /** By whom its reviews are; empty before the first. */
    String reviewer() {
        return reviewer;
    }

    String task() {
        return task;
    }
}
