package dev.gleaner.inference;

import dev.gleaner.Conflict;
import dev.gleaner.job.LeasedRun;
import jakarta.persistence.MappedSuperclass;
import java.time.Duration;
import java.time.Instant;

/**
 * A run that takes images through a model, each once. {@code done} counts the images it has finished with and moves in the
 * transaction that writes their results; {@code quarantined} are those of them that could not be taken through.
 */
@MappedSuperclass
public abstract class ImageRun extends LeasedRun {

    private int total;
    private int done;
    private int quarantined;
    private Double imagesPerSecond;

    protected ImageRun() {
    }

    /** @param total how many images it has to take through */
    protected ImageRun(int total) {
        this.total = total;
    }

    @Override
    public void begin() {
        super.begin();
        imagesPerSecond = null;
    }

    /**
     * Makes a run at rest wait for a server again; its quarantined images are to be tried again.
     *
     * @param retried how many quarantined images were taken out of the results
     * @throws Conflict if it has nothing left to do
     */
    public void restart(int retried) {
        if (status() == Status.COMPLETED && retried == 0) {
            throw new Conflict(kind() + " " + id() + " is COMPLETED and has no quarantined image to try again");
        }
        done -= retried;
        quarantined -= retried;
        restart();
    }

    public Progress progress(Instant now) {
        return new Progress(status(), done, total, quarantined, imagesPerSecond, eta(now));
    }

    private Instant eta(Instant now) {
        if (status() != Status.RUNNING || imagesPerSecond == null || imagesPerSecond <= 0) {
            return null;
        }
        return now.plus(Duration.ofMillis(Math.round((total - done) / imagesPerSecond * 1000)));
    }

    public int total() {
        return total;
    }
}
