package dev.gleaner.cvat;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.DynamicUpdate;

/** A task of a CVAT, and what is to be done about it. */
@Entity
@Table(name = "cvat_tasks")
@IdClass(CvatTask.Key.class)
@DynamicUpdate
public class CvatTask {

    /** What there is to be done, by the words of the API. */
    public enum Status { WAITING, DONE, FAILED }

    record Key(long connectionId, long task) implements Serializable {
    }

    private static final int MOST_ATTEMPTS = 8;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

    @Id
    private long connectionId;
    @Id
    private long task;
    private String name;
    private Integer frames;
    private boolean toFetch;
    private boolean toPull;
    private boolean toPush;
    private int orders;
    private int attempts;
    private Instant dueAt;
    private String error;

    protected CvatTask() {
    }

    CvatTask(long connection, long task) {
        this.connectionId = connection;
        this.task = task;
    }

    /** The images of its frames are to be here. */
    void fetch(Instant now) {
        toFetch = true;
        order(now);
    }

    /** What people finished there is to become reviews. */
    void pull(Instant now) {
        toPull = true;
        order(now);
    }

    /** What is proposed is to be sent. */
    void push(Instant now) {
        toPush = true;
        order(now);
    }

    private void order(Instant now) {
        orders++;
        attempts = 0;
        dueAt = now;
        error = null;
    }

    void described(String name, int frames) {
        this.name = name;
        this.frames = frames;
    }

    /** Everything was done that was ordered up to then; what came in between stays to be done. */
    void done(int orders, Instant now) {
        attempts = 0;
        error = null;
        if (orders == this.orders) {
            toFetch = false;
            toPull = false;
            toPush = false;
            dueAt = null;
        } else {
            dueAt = now;
        }
    }

    /** A part was done; the rest is to be done at once. */
    void goesOn(Instant now) {
        attempts = 0;
        dueAt = now;
    }

    /** It is tried again after a pause, twice as long each time; in the end it is left. */
    void failed(String reason, Instant now) {
        error = reason.length() > 500 ? reason.substring(0, 500) + "..." : reason;
        attempts++;
        dueAt = attempts >= MOST_ATTEMPTS ? null : now.plus(FIRST_PAUSE.multipliedBy(1L << attempts));
    }

    /** Nobody else takes it up before then. */
    void takenUntil(Instant then) {
        dueAt = then;
    }

    long connectionId() {
        return connectionId;
    }

    /** Its number in CVAT. */
    public long task() {
        return task;
    }

    /** As CVAT has it; empty while nobody has looked. */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /** How many frames it has; empty while nobody has looked. */
    public Optional<Integer> frames() {
        return Optional.ofNullable(frames);
    }

    boolean isToBeFetched() {
        return toFetch;
    }

    boolean isToBePulled() {
        return toPull;
    }

    boolean isToBePushed() {
        return toPush;
    }

    int orders() {
        return orders;
    }

    public Status status() {
        return dueAt != null ? Status.WAITING : error != null ? Status.FAILED : Status.DONE;
    }

    /** Why it could not be done at the last attempt. */
    public Optional<String> error() {
        return Optional.ofNullable(error);
    }
}
