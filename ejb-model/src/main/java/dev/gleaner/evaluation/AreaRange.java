package dev.gleaner.evaluation;

/** The sizes of objects that COCO and LVIS tell apart, in square pixels, both ends included. */
public enum AreaRange {
    ALL(0, 1e10),
    SMALL(0, 32 * 32),
    MEDIUM(32 * 32, 96 * 96),
    LARGE(96 * 96, 1e10);

    private final double least;
    private final double most;

    AreaRange(double least, double most) {
        this.least = least;
        this.most = most;
    }

    /** @param area in square pixels */
    public boolean contains(double area) {
        return least <= area && area <= most;
    }

    /** In square pixels. */
    public double least() {
        return least;
    }

    /** In square pixels. */
    public double most() {
        return most;
    }
}
