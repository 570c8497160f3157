package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import dev.gleaner.glip.Box;
import java.util.Optional;

/**
 * Fits a box into its image.
 *
 * <p>A box that reaches over the edge is cut there as long as at least half of its area lies inside: annotation tools let
 * the mouse slip. One that lies further out belongs to another image, another size of it, or another way of writing boxes,
 * and cannot be used.
 *
 * @param box     what is left of the box; empty when it cannot be used
 * @param finding what there is to report
 */
public record BoxCheck(Optional<Box> box, Optional<Finding> finding) {

    private static final double LEAST_INSIDE = 0.5;
    /** Pixels. Real files round to two decimals; what that adds is cut off without a word. */
    private static final double ROUNDING = 0.01;

    /**
     * Checks one box.
     *
     * @param label    what the message calls it: {@code annotation 17}
     * @param box      in pixels of the upright image
     * @param fileName of its image
     * @param image    size of the upright image
     */
    public static BoxCheck of(String label, Box box, String fileName, PixelSize image) {
        String given = label + ": box [x, y, width, height] is [" + box.x() + ", " + box.y() + ", " + box.width() + ", " + box.height() + "]";
        if (!(box.width() > 0 && box.height() > 0)) {
            return refused(Code.INVALID_BOX, fileName, given + "; expected width and height above 0");
        }
        double left = Math.max(0, box.x());
        double top = Math.max(0, box.y());
        double right = Math.min(image.width(), box.x() + box.width());
        double bottom = Math.min(image.height(), box.y() + box.height());
        double inside = Math.max(0, right - left) * Math.max(0, bottom - top);
        if (!(inside >= LEAST_INSIDE * box.area())) {
            return refused(Code.BOX_OUTSIDE, fileName, given + ", of which " + Math.round(100 * inside / box.area())
                    + " % lie in the image of " + image + "; expected at least half");
        }
        double overshoot = Math.max(Math.max(left - box.x(), top - box.y()),
                Math.max(box.x() + box.width() - right, box.y() + box.height() - bottom));
        if (overshoot == 0) {
            return new BoxCheck(Optional.of(box), Optional.empty());
        }
        Box cut = Box.xywh(left, top, right - left, bottom - top);
        return new BoxCheck(Optional.of(cut), overshoot <= ROUNDING ? Optional.empty() : Optional.of(new Finding(Code.BOX_CLIPPED, fileName,
                given + ", over the edge of the image of " + image + "; it was cut to [" + cut.x() + ", " + cut.y() + ", " + cut.width() + ", "
                        + cut.height() + "]")));
    }

    private static BoxCheck refused(Code code, String fileName, String message) {
        return new BoxCheck(Optional.empty(), Optional.of(new Finding(code, fileName, message)));
    }
}
