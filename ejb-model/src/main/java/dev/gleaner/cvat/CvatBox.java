package dev.gleaner.cvat;

import dev.gleaner.format.PixelSize;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import java.util.List;
import java.util.Optional;

/**
 * A box with a label, as CVAT has it: its corners in pixels of the upright image, the right and the lower edge exclusive, and all of it within
 * the image.
 */
public record CvatBox(String label, double left, double top, double right, double bottom) {

    private static final double SAME = 0.5;

    /** A found box, cut to an image of this size; empty if nothing of it is left, or it is no box. */
    static Optional<CvatBox> of(String label, Box box, PixelSize size) {
        double left = Math.max(0, box.x());
        double top = Math.max(0, box.y());
        double right = Math.min(size.width(), box.x() + box.width());
        double bottom = Math.min(size.height(), box.y() + box.height());
        // Written so that NaN fails too.
        return right > left && bottom > top ? Optional.of(new CvatBox(label, left, top, right, bottom)) : Optional.empty();
    }

    /** A box with the score that it was found with. */
    public record Found(CvatBox box, double score) {

        static List<Found> of(List<Detection> detections, PixelSize size) {
            return detections.stream().filter(found -> Double.isFinite(found.score()))
                    .flatMap(found -> CvatBox.of(found.category(), found.box(), size).map(box -> new Found(box, found.score())).stream()).toList();
        }
    }

    Box xywh() {
        return Box.xywh(left, top, right - left, bottom - top);
    }

    /** Whether it is the same thing: of the same label, and half of what both cover is in both. */
    boolean isSame(CvatBox other) {
        return label.equals(other.label) && xywh().iou(other.xywh()) >= SAME;
    }
}
