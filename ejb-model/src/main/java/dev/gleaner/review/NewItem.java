package dev.gleaner.review;

import java.util.List;

/** An item that a queue is to get; see {@link ReviewItem}. Its names are those of the columns. */
record NewItem(long image, int place, ReviewItem.Kind kind, boolean consensus, Double worth, String reason, List<ShownBox> shown, List<AnswerBox> truth) {
}
