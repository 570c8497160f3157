package dev.gleaner.job;

import dev.gleaner.Conflict;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.time.Instant;
import java.util.Optional;

/**
 * Work that a {@link LeasedJob} carries out, and how it stands.
 *
 * <p>While it is {@code STARTING} (waiting for a server) or {@code RUNNING} it has a lease in the queue; in every other status it
 * has none, and can be restarted. Each time a server takes it up it gets a new {@code attempt} number, and results are taken only
 * under the present one.
 *
 * <p>Whoever changes a run holds its row's lock, since results count on it at the same time.
 */
@MappedSuperclass
public abstract class LeasedRun {

    public enum Status { STARTING, RUNNING, STOPPED, COMPLETED, FAILED }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    @Enumerated(EnumType.STRING)
    private Status status;
    private boolean stopRequested;
    private int attempt;
    private Long jobExecutionId;
    private String error;
    private Instant createdAt;
    private Instant startedAt;
    private Instant endedAt;

    /** It waits for a server. */
    protected LeasedRun() {
        this.status = Status.STARTING;
        this.createdAt = Instant.now();
    }

    /** What it is called where somebody is told of it: {@code labeling run}. */
    protected abstract String kind();

    /** A server takes the run up; whoever worked on it before can write no more. */
    public void begin() {
        attempt++;
        status = Status.RUNNING;
        error = null;
        startedAt = Instant.now();
        endedAt = null;
    }

    public void executing(long execution) {
        jobExecutionId = execution;
    }

    /**
     * Asks the run to come to rest: at once if no server has taken it up, otherwise at its next checkpoint.
     *
     * @throws Conflict if it is at rest already
     */
    public void requestStop() {
        if (!isActive()) {
            throw new Conflict(kind() + " " + id + " is " + status + "; only one that is STARTING or RUNNING can be stopped");
        }
        stopRequested = true;
    }

    /**
     * @throws Conflict if it is not at rest
     */
    public void checkAtRest() {
        if (isActive()) {
            throw new Conflict(kind() + " " + id + " is " + status + " already");
        }
    }

    /** Makes a run at rest wait for a server again. */
    protected void restart() {
        status = Status.STARTING;
        stopRequested = false;
        error = null;
        endedAt = null;
    }

    public void stopped() {
        end(Status.STOPPED);
    }

    public void completed() {
        end(Status.COMPLETED);
    }

    /** The run cannot go on, for a reason that lies in no single item. */
    public void failed(String reason) {
        error = reason;
        end(Status.FAILED);
    }

    /** The reason why the run must come to an end, noted while its execution is still running; the first one stays. */
    public void doom(String reason) {
        if (error == null) {
            error = reason;
        }
    }

    private void end(Status end) {
        status = end;
        endedAt = Instant.now();
    }

    /** Waiting for a server, or at work. */
    public boolean isActive() {
        return status == Status.STARTING || status == Status.RUNNING;
    }

    public Long id() {
        return id;
    }

    public Status status() {
        return status;
    }

    /** Somebody asked the run to stop, and it has not been restarted since. */
    public boolean isStopRequested() {
        return stopRequested;
    }

    public int attempt() {
        return attempt;
    }

    public Optional<Long> jobExecutionId() {
        return Optional.ofNullable(jobExecutionId);
    }

    /** Why the run failed; empty unless it did. */
    public Optional<String> error() {
        return Optional.ofNullable(error);
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** When a server last took the run up. */
    public Optional<Instant> startedAt() {
        return Optional.ofNullable(startedAt);
    }

    public Optional<Instant> endedAt() {
        return Optional.ofNullable(endedAt);
    }
}
