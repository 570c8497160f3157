package dev.gleaner.job;

import jakarta.batch.runtime.BatchStatus;
import java.util.Optional;
import java.util.Properties;

/**
 * What a feature tells about its batch job, whose work it hands in to the {@link JobQueue}. Each call runs in a transaction of its
 * own and comes from the server that holds the work's lease.
 */
public interface LeasedJob {

    /**
     * How to take the work up.
     *
     * @param parameters         of the batch job
     * @param previousExecution  the batch execution that worked on it last; empty for the first time
     */
    record Attempt(Properties parameters, Optional<Long> previousExecution) {
    }

    /** The name of the job's XML under {@code META-INF/batch-jobs}, without its ending. */
    String name();

    /** Whether this server can take the work up now; if not, it stays in the queue, for this one and all others to ask again. */
    default boolean isReady(long id) {
        return true;
    }

    /**
     * This server has the lease and is about to work; whoever worked on it before is fenced off from here on.
     *
     * @return empty if there is nothing to do, for example because it was stopped while it waited
     */
    Optional<Attempt> begin(long id);

    /** The batch execution that now works on it. */
    void executing(long id, long execution);

    /** Whether the execution should come to rest at its next checkpoint: somebody asked for it, or it cannot succeed any more. */
    boolean stopRequested(long id);

    /** The execution has come to its end, and nobody works on it now. */
    void ended(long id, BatchStatus status);

    /** This server, which was {@linkplain #isReady ready}, no longer works on it, whatever came of it; another one may. */
    default void released(long id) {
    }
}
