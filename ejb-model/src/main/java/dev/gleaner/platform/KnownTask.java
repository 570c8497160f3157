package dev.gleaner.platform;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * A task of a platform's project, and what is to be done about it. It is {@code SENDING} from before a prediction is sent until the platform
 * has said that it has it; found so later, it may have been sent.
 */
@Entity
@Table(name = "platform_tasks")
@IdClass(KnownTask.Key.class)
@DynamicUpdate
class KnownTask {

    enum Status { KNOWN, FETCHING, DEFERRED, SENDING, SENT, FAILED }

    record Key(long connectionId, String task) implements Serializable {
    }

    private static final int MOST_ATTEMPTS = 8;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

    @Id
    private long connectionId;
    @Id
    private String task;
    @JdbcTypeCode(SqlTypes.JSON)
    private Map<String, Object> data;
    @Enumerated(EnumType.STRING)
    private Status status;
    private boolean labeling;
    private boolean answered;
    private String sent;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<SentBox> boxes;
    private int attempts;
    private Instant dueAt;
    private String error;

    protected KnownTask() {
    }

    KnownTask(long connection, PlatformTask task) {
        this.connectionId = connection;
        this.task = task.id();
        this.data = task.data();
        this.status = Status.KNOWN;
    }

    void shows(Map<String, Object> data) {
        if (!data.equals(this.data)) {
            this.data = data;
        }
    }

    private void known() {
        status = Status.KNOWN;
        settled();
    }

    /** The platform has its prediction from a call of its own. What somebody wants to be sent stays so, as does what may have been sent. */
    void answered() {
        answered = true;
        if (status != Status.SENDING && (status != Status.DEFERRED || labeling)) {
            known();
        }
    }

    /** Its images are here; what was ordered meanwhile stays to be done. */
    void fetched(Instant now) {
        if (status == Status.FETCHING && !isOrderedAgain(now)) {
            known();
        }
    }

    /** Its images are to be fetched. One whose prediction is to be sent has them, or is labeled first and has them fetched by that: it waits on. */
    void fetch(Instant due) {
        if (!isToBeSent()) {
            wait(Status.FETCHING, due);
        }
    }

    /** Whether its prediction is to be sent, or is being sent. */
    boolean isToBeSent() {
        return status == Status.DEFERRED || status == Status.SENDING;
    }

    /**
     * A prediction is to be sent.
     *
     * @param labeling whether it is labeled before; otherwise the prediction is what is proposed for its images
     */
    void defer(boolean labeling, Instant due) {
        this.labeling = labeling;
        wait(Status.DEFERRED, due);
    }

    private void wait(Status waiting, Instant due) {
        // What may have been sent stays so until somebody has looked.
        status = status == Status.SENDING ? Status.SENDING : waiting;
        attempts = 0;
        dueAt = due;
        error = null;
    }

    /** @param until when it is nobody else's; what was ordered meanwhile stays to be done */
    void sending(Instant now, Instant until) {
        status = Status.SENDING;
        if (!isOrderedAgain(now)) {
            dueAt = until;
        }
    }

    /** @param digest of what was sent; what was ordered meanwhile stays to be done */
    void sent(String digest, Instant now) {
        sent = digest;
        if (isOrderedAgain(now)) {
            status = Status.DEFERRED;
        } else {
            status = Status.SENT;
            settled();
        }
    }

    /** These boxes are there now, too. */
    void sent(List<SentBox> added) {
        boxes = Stream.concat(boxes().stream(), added.stream()).toList();
    }

    /** Who takes it up moves it into the future. */
    private boolean isOrderedAgain(Instant now) {
        return dueAt != null && !dueAt.isAfter(now);
    }

    private void settled() {
        attempts = 0;
        dueAt = null;
        error = null;
    }

    /** It is tried again after a pause, twice as long each time; in the end it is left. @param pause that the platform asks for, if it asks for one */
    void failed(String reason, Instant now, Duration pause) {
        if (status == Status.KNOWN) {
            // It was answered meanwhile: nothing is left to be done.
            return;
        }
        error = reason.length() > 500 ? reason.substring(0, 500) + "..." : reason;
        if (!pause.isZero()) {
            dueAt = now.plus(pause);
            return;
        }
        attempts++;
        if (attempts >= MOST_ATTEMPTS) {
            status = Status.FAILED;
            dueAt = null;
        } else {
            dueAt = now.plus(FIRST_PAUSE.multipliedBy(1L << attempts));
        }
    }

    /** Nobody else takes it up before then. */
    void takenUntil(Instant then) {
        dueAt = then;
    }

    /** Whether the platform ever had its prediction from a call of its own. */
    boolean isAnswered() {
        return answered;
    }

    boolean isLabeledFirst() {
        return labeling;
    }

    PlatformTask task() {
        return new PlatformTask(task, data);
    }

    Status status() {
        return status;
    }

    /** The digest of what was sent last. */
    Optional<String> sent() {
        return Optional.ofNullable(sent);
    }

    /** All boxes that were sent to a platform where each is sent once. */
    List<SentBox> boxes() {
        return boxes == null ? List.of() : boxes;
    }
}
