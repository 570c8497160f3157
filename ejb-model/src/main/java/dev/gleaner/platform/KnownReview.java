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
