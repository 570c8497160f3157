package dev.gleaner.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Conflict;
import dev.gleaner.job.LeasedRun.Status;
import java.lang.reflect.Field;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ImageRunTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Run run = new Run();

    private static class Run extends ImageRun {

        Run() {
            super(100);
        }

        @Override
        protected String kind() {
            return "run";
        }
    }

    /** What the chunks count in the database. */
    private static void set(ImageRun run, String field, Object value) {
        try {
            Field declared = ImageRun.class.getDeclaredField(field);
            declared.setAccessible(true);
            declared.set(run, value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void foreseesItsEnd() {
        run.begin();
        set(run, "done", 40);
        set(run, "imagesPerSecond", 0.5);

        // 60 images at two seconds each
        assertThat(run.progress(NOW)).isEqualTo(new Progress(Status.RUNNING, 40, 100, 0, 0.5, NOW.plusSeconds(120)));
    }

    @Test
    void foreseesNothingBeforeTheFirstChunkAndAtRest() {
        run.begin();
        assertThat(run.progress(NOW).eta()).isNull();

        set(run, "imagesPerSecond", 0.5);
        run.stopped();
        assertThat(run.progress(NOW).eta()).isNull();
    }

    @Test
    void countsItsAttempts() {
        run.begin();
        run.begin();

        assertThat(run.attempt()).isEqualTo(2);
    }

    @Test
    void cannotBeStoppedAtRest() {
        run.begin();
        run.requestStop();
        run.stopped();

        assertThatThrownBy(run::requestStop).isInstanceOf(Conflict.class).hasMessageContaining("STOPPED");
    }

    @Test
    void restartsWhereItStopped() {
        run.begin();
        set(run, "done", 40);
        run.requestStop();
        run.stopped();

        run.restart(0);

        assertThat(run.status()).isEqualTo(Status.STARTING);
        assertThat(run.isStopRequested()).isFalse();
        assertThat(run.progress(NOW).done()).isEqualTo(40);
    }

    @Test
    void triesItsQuarantinedImagesAgain() {
        run.begin();
        set(run, "done", 100);
        set(run, "quarantined", 3);
        run.completed();

        run.restart(3);

        assertThat(run.progress(NOW).done()).isEqualTo(97);
        assertThat(run.progress(NOW).quarantined()).isZero();
    }

    @Test
    void hasNothingToRestartForWhenAllIsLabeled() {
        run.begin();
        run.completed();

        assertThatThrownBy(() -> run.restart(0)).isInstanceOf(Conflict.class).hasMessageContaining("COMPLETED");
        assertThat(run.status()).isEqualTo(Status.COMPLETED);
    }

    @Test
    void keepsTheFirstReasonOfItsFailure() {
        run.begin();
        run.doom("device lost");
        run.doom("the other partition saw it too");
        run.failed(run.error().orElseThrow());

        assertThat(run.status()).isEqualTo(Status.FAILED);
        assertThat(run.error()).contains("device lost");
    }
}
