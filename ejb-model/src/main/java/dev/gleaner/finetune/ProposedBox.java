package dev.gleaner.finetune;

/**
 * A box of an image to train on that no human vouches for.
 *
 * @param category its category's id
 * @param x        of the top-left corner in upright image pixels
 * @param weight   how much it counts, 0 to 1; with 0 nothing is learnt from where it is
 */
public record ProposedBox(long category, double x, double y, double width, double height, double weight) {
}
