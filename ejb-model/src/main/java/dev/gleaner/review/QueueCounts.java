package dev.gleaner.review;

/** How many items of a queue wait, are held, are decided and are skipped. */
public record QueueCounts(int open, int claimed, int done, int skipped) {

    static final QueueCounts NONE = new QueueCounts(0, 0, 0, 0);
}
