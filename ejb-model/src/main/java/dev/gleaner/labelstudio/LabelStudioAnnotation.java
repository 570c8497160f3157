package dev.gleaner.labelstudio;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;

/** An annotation of Label Studio's that has become a review, as of when. */
@Entity
@Table(name = "label_studio_annotations")
@IdClass(LabelStudioAnnotation.Key.class)
class LabelStudioAnnotation {

    record Key(long connectionId, long annotation) implements Serializable {
    }

    @Id
    private long connectionId;
    @Id
    private long annotation;
    private long task;
    private String reviewer;
    private Instant updatedAt;
    private boolean deleted;

    protected LabelStudioAnnotation() {
    }

    LabelStudioAnnotation(long connection, long annotation, long task, String reviewer, Instant updatedAt) {
        this.connectionId = connection;
        this.annotation = annotation;
        this.task = task;
        this.reviewer = reviewer;
        this.updatedAt = updatedAt;
    }

    /** Whether this state of it, or a later one, is known. */
    boolean knows(Instant updated) {
        return deleted || !updated.isAfter(updatedAt);
    }

    void updated(Instant updated) {
        updatedAt = updated;
    }

    void delete() {
        deleted = true;
    }

    boolean isDeleted() {
        return deleted;
    }

    /** By whom its reviews are. */
    String reviewer() {
        return reviewer;
    }

    long task() {
        return task;
    }
}
