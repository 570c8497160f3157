package dev.gleaner.round;

import dev.gleaner.dataset.Image;
import java.util.List;

/**
 * What each image is there for.
 *
 * @param gold       to be trained on with what humans vouch for
 * @param heldOut    to be measured on; nothing of the same content is in another part
 * @param unlabelled to be labelled by the teacher; some may have gold of some categories
 * @param guard      of the dataset that the candidate must not get worse on; empty without one
 */
record RoundParts(List<Image> gold, List<Image> heldOut, List<Image> unlabelled, List<Image> guard) {
}
