package dev.gleaner.inference;

import java.util.concurrent.Semaphore;

/**
 * The heap that photos may take on this server while they are being decoded, however many partitions decode ahead: each holds
 * its pixels' share until it is resized, and waits until there is room. A photo that would not fit by itself is refused.
 */
final class DecodingRoom {

    /** The stored raster and its upright copy, three bytes each, and what the decoder keeps beside them. */
    private static final int BYTES_PER_PIXEL = 8;
    private static final int PIXELS_PER_PERMIT = 1 << 12;

    private final int permits;
    private final Semaphore room;

    /** @param bytes of heap to use, at most */
    DecodingRoom(long bytes) {
        this.permits = (int) Math.min(Integer.MAX_VALUE, bytes / BYTES_PER_PIXEL / PIXELS_PER_PERMIT);
        this.room = new Semaphore(permits, true);
    }

    long mostPixels() {
        return (long) permits * PIXELS_PER_PERMIT;
    }

    boolean fits(long pixels) {
        return pixels <= mostPixels();
    }

    /** Waits until there is room for this many pixels; they must {@link #fits fit}. Closing what it returns gives the room back. */
    Held hold(long pixels) {
        int share = (int) ((pixels + PIXELS_PER_PERMIT - 1) / PIXELS_PER_PERMIT);
        room.acquireUninterruptibly(share);
        return () -> room.release(share);
    }

    /** Room taken. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }
}
