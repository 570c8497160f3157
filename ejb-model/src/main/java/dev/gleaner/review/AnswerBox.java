package dev.gleaner.review;

import dev.gleaner.glip.Box;

/**
 * A thing that is on an image, as somebody says.
 *
 * @param category its id
 * @param x        of the top-left corner in upright image pixels
 */
public record AnswerBox(long category, double x, double y, double width, double height) {

    static AnswerBox of(long category, Box box) {
        return new AnswerBox(category, box.x(), box.y(), box.width(), box.height());
    }

    public Box box() {
        return Box.xywh(x, y, width, height);
    }
}
