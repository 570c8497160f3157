package dev.gleaner.inference;

import java.util.List;

/** What a feature does for the batch job that takes its images through a model: the artifacts are the same for all of them. */
public interface InferenceWork {

    /** The name of the batch job it works for. */
    String job();

    /** Cuts what the run has not finished with into at most {@code shards} stretches of equal numbers of images. */
    List<Shard> shards(long run, int shards);

    /**
     * The shard's images with ids above {@code after} that the run has not finished with, by id, at most {@code limit} of them.
     * Never part of a chunk's transaction, which would then stand open in the database while the model works.
     */
    List<PendingImage> pending(long run, Shard shard, long after, int limit);

    /** Opens the run's model; the lane must be closed. */
    InferenceLane open(long run);

    /**
     * Takes the results of a chunk, in the chunk's transaction.
     *
     * @throws SupersededAttempt if another server has taken the run up since this attempt began; nothing is written
     */
    void finish(long run, int attempt, List<DetectedImage> images);

    /** Notes why the run must come to an end, whatever becomes of the transaction that failed. */
    void doom(long run, int attempt, String reason);
}
