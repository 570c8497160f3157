package dev.gleaner.review;

import java.util.List;

/**
 * What a reviewer says of an image.
 *
 * @param version   of the item as it was seen
 * @param requestId by which the reviewer's program knows the decision, so that it can be sent again without being done again
 * @param boxes     what becomes of boxes; one that is not named stays as it is
 * @param seconds   that it took; null if nobody counted
 * @param comment   null for none
 * @param origin    where it was made
 */
public record NewDecision(Integer version, String requestId, List<BoxDecision> boxes, Double seconds, String comment, ReviewDecision.Origin origin) {

    /**
     * What becomes of one box.
     *
     * @param annotation its id; null for a drawn one
     * @param version    of the annotation as it was seen; null for a drawn one
     * @param action     null is refused
     * @param category   by name, of a drawn one or a relabelled one
     * @param bbox       {@code [x, y, width, height]} of a drawn one or a moved one
     */
    public record BoxDecision(Long annotation, Integer version, DecidedBox.Action action, String category, List<Double> bbox) {
    }
}
