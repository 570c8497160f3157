package dev.gleaner.platform;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;

/** An event of a platform's that waits to be handled: what reviews need of it, and no more. It goes when it is handled. */
@Entity
@Table(name = "platform_events")
class WaitingEvent {

    private static final int MOST_ATTEMPTS = 10;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long connectionId;
    private String body;
    private int attempts;
    private Instant dueAt;
    private String error;

    protected WaitingEvent() {
    }

    /** @param body without secrets */
    WaitingEvent(long connection, String body, Instant now) {
        this.connectionId = connection;
        this.body = body;
        this.dueAt = now;
    }

    /** It is tried again after a pause, twice as long each time, or that the platform asks for; @return false if that was often enough. */
    boolean failed(String reason, Instant now, Duration pause) {
        error = reason;
        if (!pause.isZero()) {
            dueAt = now.plus(pause);
            return true;
        }
        attempts++;
        dueAt = now.plus(FIRST_PAUSE.multipliedBy(1L << attempts));
        return attempts < MOST_ATTEMPTS;
    }

    /** Nobody else takes it up before then. */
    void takenUntil(Instant then) {
        dueAt = then;
    }

    Long id() {
        return id;
    }

    long connectionId() {
        return connectionId;
    }

    String body() {
        return body;
    }
}
