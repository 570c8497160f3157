package dev.gleaner.labeling;

import dev.gleaner.Conflict;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.modelversion.ModelVersion;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * One pass of a model version over a dataset: what was looked for, with which thresholds, and how far it has come.
 *
 * <p>While it is {@code STARTING} (waiting for a server) or {@code RUNNING} it has a lease in the queue; in every other status it
 * has none, and can be restarted. {@code done} counts the run's rows in {@code labeling_results} and moves in their transaction;
 * {@code quarantined} are those of them whose image could not be labeled. Each time a server takes the run up it gets a new
 * {@code attempt} number, and results are taken only under the present one.
 *
 * <p>Whoever changes a run holds its row's lock, since chunks of results count on it at the same time.
 */
@Entity
@Table(name = "labeling_runs")
public class LabelingRun {

    public enum Status { STARTING, RUNNING, STOPPED, COMPLETED, FAILED }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long datasetId;
    private long modelVersionId;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<Prompt> prompts;
    @JdbcTypeCode(SqlTypes.JSON)
    private Thresholds thresholds;
    @Enumerated(EnumType.STRING)
    private Status status;
    private boolean stopRequested;
    private int attempt;
    private Long jobExecutionId;
    private int total;
    private int done;
    private int quarantined;
    private Double imagesPerSecond;
    private String error;
    private Instant createdAt;
    private Instant startedAt;
    private Instant endedAt;

    protected LabelingRun() {
    }

    public LabelingRun(Dataset dataset, ModelVersion model, List<Prompt> prompts, Thresholds thresholds) {
        this.datasetId = dataset.id();
        this.modelVersionId = model.id();
        this.prompts = List.copyOf(prompts);
        this.thresholds = thresholds;
        this.total = dataset.imageCount();
        this.status = Status.STARTING;
        this.createdAt = Instant.now();
    }

    /** A server takes the run up; whoever worked on it before can write no more. */
    void begin() {
        attempt++;
        status = Status.RUNNING;
        imagesPerSecond = null;
        error = null;
        startedAt = Instant.now();
        endedAt = null;
    }

    void executing(long execution) {
        jobExecutionId = execution;
    }

    /**
     * Asks the run to come to rest: at once if no server has taken it up, otherwise at its next checkpoint.
     *
     * @throws Conflict if it is at rest already
     */
    void requestStop() {
        if (!isActive()) {
            throw new Conflict("labeling run " + id + " is " + status + "; only a run that is STARTING or RUNNING can be stopped");
        }
        stopRequested = true;
    }

    /**
     * Makes a run at rest wait for a server again; its quarantined images are to be tried again.
     *
     * @param retried how many quarantined images were taken out of the results
     * @throws Conflict if it has nothing left to do
     */
    void restart(int retried) {
        if (status == Status.COMPLETED && retried == 0) {
            throw new Conflict("labeling run " + id + " is COMPLETED and has no quarantined image to try again");
        }
        done -= retried;
        quarantined -= retried;
        status = Status.STARTING;
        stopRequested = false;
        error = null;
        endedAt = null;
    }

    void stopped() {
        end(Status.STOPPED);
    }

    void completed() {
        end(Status.COMPLETED);
    }

    /** The run cannot go on, for a reason that lies in no single image. */
    void failed(String reason) {
        error = reason;
        end(Status.FAILED);
    }

    /** The reason why the run must come to an end, noted while its execution is still running; the first one stays. */
    void doom(String reason) {
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

    public Progress progress(Instant now) {
        return new Progress(status, done, total, quarantined, imagesPerSecond, eta(now));
    }

    private Instant eta(Instant now) {
        if (status != Status.RUNNING || imagesPerSecond == null || imagesPerSecond <= 0) {
            return null;
        }
        return now.plus(Duration.ofMillis(Math.round((total - done) / imagesPerSecond * 1000)));
    }

    public Long id() {
        return id;
    }

    public long datasetId() {
        return datasetId;
    }

    public long modelVersionId() {
        return modelVersionId;
    }

    public List<Prompt> prompts() {
        return prompts;
    }

    public Thresholds thresholds() {
        return thresholds;
    }

    public Status status() {
        return status;
    }

    /** Somebody asked the run to stop, and it has not been restarted since. */
    public boolean isStopRequested() {
        return stopRequested;
    }

    int attempt() {
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
