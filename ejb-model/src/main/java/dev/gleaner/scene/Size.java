package dev.gleaner.scene;

import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How large a thing is, by the longer side of its whole shape. There are gaps between the ranges, so that a word is right or wrong
 * and never doubtful.
 */
public enum Size {
    SMALL(14, 40), MEDIUM(52, 76), LARGE(92, 196);

    private final double least;
    private final double most;

    Size(double least, double most) {
        this.least = least;
        this.most = most;
    }

    /** The word for it; none for what is neither small nor large. */
    public Optional<String> word() {
        return this == MEDIUM ? Optional.empty() : Optional.of(name().toLowerCase(Locale.ROOT));
    }

    /** Pixels of the longer side, even on a logarithmic scale. */
    double draw(RandomGenerator random) {
        return least * StrictMath.pow(most / least, random.nextDouble());
    }
}
