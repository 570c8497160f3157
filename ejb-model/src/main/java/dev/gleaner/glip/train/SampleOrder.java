package dev.gleaner.glip.train;

import java.util.Random;
import java.util.stream.IntStream;

/**
 * The order in which training visits the images of a dataset: each once an epoch, shuffled anew every epoch. It is a function of the seed
 * and the epoch alone, so a training that starts again after so many visits goes on with exactly the images it would have seen.
 *
 * <p>May be used by any thread.
 */
public final class SampleOrder {

    /** The order of the epoch that was asked for last. */
    private record Epoch(long number, int[] order) {
    }

    private final int images;
    private final long seed;
    private volatile Epoch last = new Epoch(-1, new int[0]);

    /** @param images the number of images, at least 1 */
    public SampleOrder(int images, long seed) {
        if (images < 1) {
            throw new IllegalArgumentException("images: " + images + ", expected at least 1");
        }
        this.images = images;
        this.seed = seed;
    }

    /** The image of a visit; visits count from 0 and go on from epoch to epoch. */
    public int at(long visit) {
        if (visit < 0) {
            throw new IllegalArgumentException("visit: " + visit + ", expected 0 or more");
        }
        long number = visit / images;
        Epoch epoch = last;
        if (epoch.number != number) {
            epoch = new Epoch(number, epoch(number));
            last = epoch;
        }
        return epoch.order[(int) (visit % images)];
    }

    /** Every image once, in the order of an epoch; epochs count from 0. */
    public int[] epoch(long number) {
        return shuffled(IntStream.range(0, images).toArray(), mixed(mixed(seed) + number));
    }

    /** Shuffles in place (Fisher and Yates) with {@link Random}, whose numbers its specification fixes for every Java. */
    static int[] shuffled(int[] values, long seed) {
        Random random = new Random(seed);
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int value = values[j];
            values[j] = values[i];
            values[i] = value;
        }
        return values;
    }

    /** Spreads near seeds over all of them (the finaliser of MurmurHash3): {@link Random} starts alike from like seeds. */
    private static long mixed(long value) {
        long mixed = value + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }
}
