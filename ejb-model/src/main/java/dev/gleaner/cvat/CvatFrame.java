package dev.gleaner.cvat;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** The image that a frame of a task is here, what people said of it, and what was sent for it. */
@Entity
@Table(name = "cvat_frames")
@IdClass(CvatFrame.Key.class)
@DynamicUpdate
class CvatFrame {

    record Key(long connectionId, long task, int frame) implements Serializable {
    }

    @Id
    private long connectionId;
    @Id
    private long task;
    @Id
    private int frame;
    private long imageId;
    private String reviewed;
    private String reviewer;
    private int revision;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<CvatBox> sent;

    protected CvatFrame() {
    }

    CvatFrame(long connection, long task, int frame, long image) {
        this.connectionId = connection;
        this.task = task;
        this.frame = frame;
        this.imageId = image;
        this.sent = List.of();
    }

    /** @param state the SHA-256 of what the reviewer says */
    void reviewed(String reviewer, String state) {
        this.reviewer = reviewer;
        this.reviewed = state;
        this.revision++;
    }

    void sent(List<CvatBox> boxes) {
        List<CvatBox> all = new ArrayList<>(sent);
        all.addAll(boxes);
        sent = all;
    }

    int frame() {
        return frame;
    }

    long imageId() {
        return imageId;
    }

    /** What was said last; empty before the first review. */
    Optional<String> reviewed() {
        return Optional.ofNullable(reviewed);
    }

    Optional<String> reviewer() {
        return Optional.ofNullable(reviewer);
    }

    int revision() {
        return revision;
    }

    List<CvatBox> sent() {
        return sent;
    }
}
