package dev.gleaner.transfer;

import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.Preflight;
import dev.gleaner.glip.Box;
import java.util.List;

/**
 * What a source has otherwise than a dataset, before anything is done about it.
 *
 * @param images           how many images both have; those that only the dataset has are no difference
 * @param unknownImages    how many only the source has: they are left out
 * @param differences      how many there are; of them {@code againstDecisions} would undo what a human decided
 * @param samples          the first of them
 * @param preflight        what was found in the source; with an error nothing can be taken from it
 * @param token            names exactly these differences: whoever follows them shows what was seen
 */
public record DatasetDifference(int images, int unknownImages, int added, int moved, int relabelled, int removed, int differences, int againstDecisions,
        List<Sample> samples, Preflight preflight, String token) {

    /** How many samples there are at most. */
    public static final int SAMPLES = 200;

    /**
     * One difference.
     *
     * @param image      on which it is
     * @param kind       {@code ADDED}, {@code MOVED}, {@code RELABELLED} or {@code REMOVED}
     * @param annotation the box it is about; null for one that the dataset lacks
     * @param was        null for one that the dataset lacks
     * @param becomes    null for one that the source lacks
     */
    public record Sample(Image image, String kind, Long annotation, Status status, boolean againstDecision, Place was, Place becomes) {
    }

    /** A box under a category. */
    public record Place(String category, Box box) {
    }

    public DatasetDifference {
        samples = List.copyOf(samples);
    }
}
