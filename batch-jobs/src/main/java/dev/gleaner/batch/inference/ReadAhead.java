package dev.gleaner.batch.inference;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Works on the next few items of a source while the caller is busy with the present one, and hands the results out in the
 * source's order. One thread calls it; the work runs on the executor.
 */
final class ReadAhead<T, R> implements AutoCloseable {

    private final Iterator<T> source;
    private final Function<T, R> work;
    private final ExecutorService executor;
    private final int depth;
    private final Deque<Future<R>> ahead = new ArrayDeque<>();
    private volatile boolean closed;

    /** @param depth how many items are worked on, or wait ready, at most */
    ReadAhead(Iterator<T> source, Function<T, R> work, ExecutorService executor, int depth) {
        this.source = source;
        this.work = work;
        this.executor = executor;
        this.depth = depth;
    }

    /**
     * The next result; waits for it if need be.
     *
     * @return null after the last one
     * @throws IllegalStateException if the work on this item threw anything
     */
    R next() throws InterruptedException {
        while (ahead.size() < depth && source.hasNext()) {
            T item = source.next();
            ahead.add(executor.submit(() -> closed ? null : work.apply(item)));
        }
        if (ahead.isEmpty()) {
            return null;
        }
        try {
            return ahead.remove().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().toString(), e.getCause());
        }
    }

    /** Begins no more work, and returns when none is under way. */
    @Override
    public void close() {
        closed = true;
        for (Future<R> begun : ahead) {
            try {
                begun.get();
            } catch (ExecutionException e) {
                // Nobody wants the result any more.
                continue;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
