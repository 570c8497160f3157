package dev.gleaner.glip.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A training from its first step, or its last checkpoint, to its end. Killed and run again it goes on from the last checkpoint,
 * and on a CPU ends with the same bits as if it had never been interrupted. Images are read and augmented on a thread of their
 * own while the step before is computed.
 */
public final class TrainingRun {

    /** Hears of a training on the thread that runs it. */
    public interface Listener {

        /** After each step. */
        void stepped(TrainingStep step);

        /** An image could not be read; another one takes its place. Called once for each image and run, on the reading thread. */
        void unreadable(int index, IOException reason);

        /** Asked after each step: whether to write a checkpoint and return. */
        boolean stopRequested();

        /** Asked after each step: whether to write a checkpoint even if its number asks for none. */
        default boolean checkpointDue() {
            return false;
        }
    }

    private final Trainer trainer;
    private final TrainingSettings settings;
    private final ItemMaker items;
    private final ExampleSource examples;
    private final SampleOrder order;
    private final Path checkpoints;
    private final String subject;
    private final int checkpointEvery;

    /**
     * @param settings        those of the trainer
     * @param checkpoints     folder of the checkpoints of this training and no other
     * @param subject         what is trained on what; a checkpoint of another subject is refused
     * @param checkpointEvery steps between two checkpoints, at least 1
     */
    public TrainingRun(Trainer trainer, TrainingSettings settings, ItemMaker items, ExampleSource examples, Path checkpoints,
            String subject, int checkpointEvery) {
        if (checkpointEvery < 1) {
            throw new IllegalArgumentException("checkpointEvery must be at least 1, not " + checkpointEvery);
        }
        this.trainer = trainer;
        this.settings = settings;
        this.items = items;
        this.examples = examples;
        this.order = new SampleOrder(examples.size(), settings.seed());
        this.checkpoints = checkpoints;
        this.subject = subject;
        this.checkpointEvery = checkpointEvery;
    }

    /**
     * Runs to the end of all steps, or until the listener asks to stop. In both cases a checkpoint of the last step is written.
     *
     * @return whether the end was reached
     * @throws IOException      if no image at all can be read, or a checkpoint cannot be written or is of another training
     * @throws TrainingDiverged if losses stay without a finite value; the last checkpoint is one from before
     */
    public boolean run(Listener listener) throws IOException {
        TrainingCheckpoint.resume(checkpoints, settings.toString(), subject, trainer);
        Set<Integer> reported = new HashSet<>();
        ExecutorService reader = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "training-images");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Future<List<TrainingItem>> next = read(reader, trainer.step(), listener, reported);
            boolean stopped = false;
            while (trainer.step() < settings.steps() && !stopped) {
                List<TrainingItem> batch = await(next);
                next = read(reader, trainer.step() + 1, listener, reported);
                listener.stepped(trainer.step(batch));
                stopped = listener.stopRequested();
                if (trainer.step() % checkpointEvery == 0 || listener.checkpointDue()) {
                    checkpoint();
                }
            }
            checkpoint();
            return trainer.step() >= settings.steps();
        } finally {
            reader.shutdownNow();
        }
    }

    private void checkpoint() throws IOException {
        new TrainingCheckpoint(trainer.step(), trainer.updates(), settings.toString(), subject).write(checkpoints, trainer);
    }

    private Future<List<TrainingItem>> read(ExecutorService reader, int step, Listener listener, Set<Integer> reported) {
        return reader.submit(() -> {
            List<TrainingItem> batch = new ArrayList<>();
            for (int i = 0; i < settings.batch(); i++) {
                batch.add(item((long) step * settings.batch() + i, listener, reported));
            }
            return batch;
        });
    }

    /** The item of a visit: of the image whose turn it is, or else of the first one after it that can be read. */
    private TrainingItem item(long visit, Listener listener, Set<Integer> reported) throws IOException {
        IOException last = null;
        for (int i = 0; i < examples.size(); i++) {
            int index = (order.at(visit) + i) % examples.size();
            try {
                return items.make(examples.read(index), new SplittableRandom(settings.seed() + visit));
            } catch (IOException e) {
                last = e;
                if (reported.add(index)) {
                    listener.unreadable(index, e);
                }
            }
        }
        throw new IOException("none of the " + examples.size() + " images can be read; the last one: " + last.getMessage(), last);
    }

    private static List<TrainingItem> await(Future<List<TrainingItem>> batch) throws IOException {
        try {
            return batch.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException unreadable) {
                throw unreadable;
            }
            if (e.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while images were read", e);
        }
    }
}
