package dev.gleaner.review;

import dev.gleaner.dataset.Image;
import java.util.List;

/**
 * An item as its reviewer gets to see it.
 *
 * @param boxes   by annotation; all that is on the image, decided or not
 * @param answers of a ruling: what each of those said who differ, without their names; of other items none
 */
public record ShownItem(ReviewItem item, Image image, List<ShownBox> boxes, List<List<AnswerBox>> answers) {
}
