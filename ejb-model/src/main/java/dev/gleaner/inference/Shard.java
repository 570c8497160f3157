package dev.gleaner.inference;

/**
 * A stretch of a dataset's images, by id, that one partition of a run works through.
 *
 * @param after   the id before the first
 * @param through the id of the last
 */
public record Shard(long after, long through) {
}
