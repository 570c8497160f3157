package dev.gleaner.glip;

/**
 * An axis-aligned box in image pixels after EXIF orientation, kept as top-left corner and size (COCO's {@code xywh}).
 *
 * <p>The official GLIP code counts pixels inclusively: a box from column 3 to column 5 is 3 wide. {@link #xyxyInclusive}
 * and {@link #x2Inclusive()} follow that convention ({@code width = x2 - x1 + 1}); nothing else in this class does.
 */
public record Box(double x, double y, double width, double height) {

    /** A box from its top-left corner and its size, the way COCO writes it. */
    public static Box xywh(double x, double y, double width, double height) {
        return new Box(x, y, width, height);
    }

    /** A box from its inclusive corners, the way GLIP's decoder gives them: {@code width = x2 - x1 + 1}. */
    public static Box xyxyInclusive(double x1, double y1, double x2, double y2) {
        return new Box(x1, y1, x2 - x1 + 1, y2 - y1 + 1);
    }

    public double x2Inclusive() {
        return x + width - 1;
    }

    public double y2Inclusive() {
        return y + height - 1;
    }

    public double area() {
        return width * height;
    }

    /** Intersection over union of the two areas, without the "+1" (COCO's definition); 0 when either box is empty. */
    public double iou(Box other) {
        double intersection = intersection(other);
        return intersection == 0 ? 0 : intersection / (area() + other.area() - intersection);
    }

    /** The area that both boxes cover, without the "+1"; 0 when either box is empty. */
    public double intersection(Box other) {
        double w = Math.min(x + width, other.x + other.width) - Math.max(x, other.x);
        double h = Math.min(y + height, other.y + other.height) - Math.max(y, other.y);
        return w <= 0 || h <= 0 ? 0 : w * h;
    }
}
