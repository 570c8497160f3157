package dev.gleaner.batch.inference;

import dev.gleaner.inference.DecodedImage;
import dev.gleaner.inference.InferenceLane;
import dev.gleaner.inference.PendingImage;
import dev.gleaner.inference.Shard;
import jakarta.annotation.Resource;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.chunk.AbstractItemReader;
import jakarta.batch.runtime.context.StepContext;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;

/**
 * The images of a shard that the run has not finished with, decoded a few ahead of the model.
 *
 * <p>Checkpoint: the id of the last image handed out. Within an execution a partition goes on behind it; after a restart there is
 * none, and the results in the database say what is left. Reading an image twice changes nothing.
 */
@Named
@Dependent
public class ImageReader extends AbstractItemReader {

    private static final int AHEAD = 4;
    private static final int PAGE = 100;

    @Inject
    private InferenceWorks works;
    @Inject
    @BatchProperty
    private String job;
    @Inject
    private StepContext step;
    @Resource
    private ManagedExecutorService executor;
    @Inject
    @BatchProperty
    private long run;
    @Inject
    @BatchProperty
    private int attempt;
    @Inject
    @BatchProperty
    private long after;
    @Inject
    @BatchProperty
    private long through;

    private InferenceLane lane;
    private ReadAhead<PendingImage, DecodedImage> images;
    private Long last;

    /** Opens the model, and keeps it open for the partition's processor until {@link #close}. */
    @Override
    public void open(Serializable checkpoint) {
        last = (Long) checkpoint;
        Shard shard = new Shard(after, through);
        try {
            lane = works.of(job).open(run);
        } catch (RuntimeException e) {
            works.of(job).doom(run, attempt, e.getMessage());
            throw e;
        }
        step.setTransientUserData(lane);
        long start = last == null ? after : last;
        images = new ReadAhead<>(
                new Pages<>(previous -> works.of(job).pending(run, shard, previous == null ? start : previous.id(), PAGE)),
                lane::decode, executor, AHEAD);
    }

    @Override
    public DecodedImage readItem() throws InterruptedException {
        DecodedImage image = images.next();
        if (image != null) {
            last = image.id();
        }
        return image;
    }

    @Override
    public Serializable checkpointInfo() {
        return last;
    }

    @Override
    public void close() {
        if (images != null) {
            images.close();
            images = null;
        }
        if (lane != null) {
            lane.close();
            lane = null;
        }
    }
}
