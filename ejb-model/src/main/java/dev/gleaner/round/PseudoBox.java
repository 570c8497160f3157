package dev.gleaner.round;

import dev.gleaner.glip.Box;

/**
 * A box that the teacher proposes and no human has decided about.
 *
 * @param box       in pixels of the upright image
 * @param score     of the teacher, 0 to 1
 * @param agreement how well other views of the image (mirrored, other sizes) confirm the box: the mean over the views of the
 *                  best overlap (IoU) with a box of the same category found there, 0 to 1; 1 where no other view was looked at
 */
public record PseudoBox(long imageId, long categoryId, Box box, double score, double agreement) {
}
