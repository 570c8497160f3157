package dev.gleaner.inference;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many images, or steps, a second a run gets through of late, on this server. The partitions of a run share one; any thread may call.
 */
public final class Throughput {

    private static final Duration WINDOW = Duration.ofSeconds(60);

    private record Chunk(Instant at, int images) {
    }

    private final Deque<Chunk> chunks = new ArrayDeque<>();

    /** @param start when the first image was begun */
    public Throughput(Instant start) {
        chunks.add(new Chunk(start, 0));
    }

    /**
     * Counts a finished chunk.
     *
     * @return images per second since the last chunk that is older than a minute, or since the start
     */
    public synchronized double finished(int images, Instant now) {
        chunks.add(new Chunk(now, images));
        while (chunks.size() > 2 && !secondOldest().at().isAfter(now.minus(WINDOW))) {
            chunks.removeFirst();
        }
        int counted = chunks.stream().skip(1).mapToInt(Chunk::images).sum();
        long millis = Math.max(1, Duration.between(chunks.getFirst().at(), now).toMillis());
        return counted * 1000.0 / millis;
    }

    private Chunk secondOldest() {
        var oldestFirst = chunks.iterator();
        oldestFirst.next();
        return oldestFirst.next();
    }
}
