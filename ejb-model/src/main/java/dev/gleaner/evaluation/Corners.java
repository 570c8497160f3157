package dev.gleaner.evaluation;

import dev.gleaner.glip.Box;
import java.util.Collection;

/**
 * A box by two corners, the way phrase grounding is measured: the corners of an inclusive box as they are written, but its
 * sides without the "+1".
 */
public record Corners(double x1, double y1, double x2, double y2) {

    public Corners {
        if (!Double.isFinite(x1 + y1 + x2 + y2)) {
            throw new IllegalArgumentException("corners are " + x1 + ", " + y1 + ", " + x2 + ", " + y2 + "; expected finite numbers");
        }
    }

    /** Of a detection of GLIP, whose corners are inclusive. */
    public static Corners of(Box box) {
        return new Corners(box.x(), box.y(), box.x2Inclusive(), box.y2Inclusive());
    }

    /** The smallest box around all of them. */
    static Corners around(Collection<Corners> boxes) {
        return boxes.stream().reduce((a, b) -> new Corners(
                Math.min(a.x1, b.x1), Math.min(a.y1, b.y1), Math.max(a.x2, b.x2), Math.max(a.y2, b.y2))).orElseThrow();
    }

    /** Intersection over union; 0 when either box is empty. */
    double iou(Corners other) {
        double w = Math.min(x2, other.x2) - Math.max(x1, other.x1);
        double h = Math.min(y2, other.y2) - Math.max(y1, other.y1);
        return w <= 0 || h <= 0 ? 0 : w * h / (area() + other.area() - w * h);
    }

    private double area() {
        return (x2 - x1) * (y2 - y1);
    }
}
