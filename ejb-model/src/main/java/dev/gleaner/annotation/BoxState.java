package dev.gleaner.annotation;

import dev.gleaner.glip.Box;

/**
 * What a box was at one time: all of it that a decision changes, so that it can be put back.
 *
 * @param category  its id
 * @param x         of the top-left corner in upright image pixels
 * @param decidedAt ISO 8601; null while no human decided
 * @param original  what it was before it was corrected first; null if it never was
 * @param version   of the annotation then
 */
public record BoxState(long category, double x, double y, double width, double height, Annotation.Status status, String decidedBy,
        String decidedAt, Original original, int version) {

    /** A box as its model proposed it, or as it came with its dataset. */
    public record Original(long category, double x, double y, double width, double height) {

        public Box box() {
            return Box.xywh(x, y, width, height);
        }
    }

    public Box box() {
        return Box.xywh(x, y, width, height);
    }
}
