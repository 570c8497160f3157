package dev.gleaner.review;

import dev.gleaner.dataset.Image;
import java.util.List;

/**
 * An item as its reviewer gets to see it.
 *
 * @param boxes by annotation; all that is on the image, decided or not
 */
public record ShownItem(ReviewItem item, Image image, List<ShownBox> boxes) {
}
