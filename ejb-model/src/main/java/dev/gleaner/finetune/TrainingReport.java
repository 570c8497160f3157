package dev.gleaner.finetune;

import dev.gleaner.glip.train.TrainingRun;
import dev.gleaner.glip.train.TrainingStep;
import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.inference.Throughput;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Writes down how a training goes, about once a second. A database that is away for a moment does not end the training: what
 * could not be written is written later.
 */
final class TrainingReport implements TrainingRun.Listener {

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int MOST_PENDING = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration CHECKPOINT = Duration.ofMinutes(2);
    private static final System.Logger LOG = System.getLogger(TrainingReport.class.getName());

    private final FineTuneWork work;
    private final long id;
    private final int attempt;
    private final FrozenExamples examples;
    private final boolean timedCheckpoints;
    private final BooleanSupplier stopRequested;
    private final Throughput throughput = new Throughput(Instant.now());
    private final List<TrainingStep> pending = new ArrayList<>();
    private final Map<Long, String> unreadable = new LinkedHashMap<>();
    private double perSecond;
    private Instant written = Instant.now();
    private Instant checkpoint = Instant.now();

    /** @param timedCheckpoints whether one is due every two minutes */
    TrainingReport(FineTuneWork work, long id, int attempt, FrozenExamples examples, boolean timedCheckpoints, BooleanSupplier stopRequested) {
        this.work = work;
        this.id = id;
        this.attempt = attempt;
        this.examples = examples;
        this.timedCheckpoints = timedCheckpoints;
        this.stopRequested = stopRequested;
    }

    @Override
    public void stepped(TrainingStep step) {
        Instant now = Instant.now();
        perSecond = throughput.finished(1, now);
        pending.add(step);
        if (step.step() > 1 && now.isBefore(written.plus(EVERY)) && pending.size() < MOST_PENDING) {
            return;
        }
        try {
            write();
        } catch (SupersededAttempt e) {
            throw e;
        } catch (RuntimeException e) {
            if (now.isAfter(written.plus(PATIENCE))) {
                throw e;
            }
            LOG.log(Level.WARNING, () -> "cannot write down the steps of fine-tune " + id + " now", e);
        }
    }

    /** On the reading thread. */
    @Override
    public void unreadable(int index, IOException reason) {
        synchronized (unreadable) {
            unreadable.put(examples.imageId(index), reason.getMessage());
        }
    }

    /** Writes what is not written yet. */
    void write() {
        Map<Long, String> images;
        synchronized (unreadable) {
            images = new LinkedHashMap<>(unreadable);
        }
        if (!pending.isEmpty() || !images.isEmpty()) {
            work.record(id, attempt, List.copyOf(pending), perSecond, images);
        }
        pending.clear();
        synchronized (unreadable) {
            unreadable.keySet().removeAll(images.keySet());
        }
        written = Instant.now();
    }

    @Override
    public boolean stopRequested() {
        return stopRequested.getAsBoolean();
    }

    @Override
    public boolean checkpointDue() {
        Instant now = Instant.now();
        if (!timedCheckpoints || now.isBefore(checkpoint.plus(CHECKPOINT))) {
            return false;
        }
        checkpoint = now;
        return true;
    }
}
