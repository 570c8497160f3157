package dev.gleaner.scene;

import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** Shapes in a few numbers. Strict arithmetic only, so that they are the same everywhere. */
final class Shapes {

    private static final int ARC_STEPS = 32;

    private Shapes() {
    }

    static Shape ellipse(double x, double y, double rx, double ry) {
        return new Ellipse2D.Double(x - rx, y - ry, 2 * rx, 2 * ry);
    }

    static Shape rectangle(double x, double y, double width, double height) {
        return new Rectangle2D.Double(x, y, width, height);
    }

    static Shape ring(double x, double y, double outer, double inner) {
        Path2D path = new Path2D.Double(Path2D.WIND_EVEN_ODD);
        path.append(ellipse(x, y, outer, outer), false);
        path.append(ellipse(x, y, inner, inner), false);
        return path;
    }

    /** @param points x and y of each corner */
    static Shape polygon(double... points) {
        Path2D path = new Path2D.Double();
        path.moveTo(points[0], points[1]);
        for (int i = 2; i < points.length; i += 2) {
            path.lineTo(points[i], points[i + 1]);
        }
        path.closePath();
        return path;
    }

    /** @param points the start, then two control points and an end for each cubic curve */
    static Shape curves(double... points) {
        Path2D path = new Path2D.Double();
        path.moveTo(points[0], points[1]);
        for (int i = 2; i < points.length; i += 6) {
            path.curveTo(points[i], points[i + 1], points[i + 2], points[i + 3], points[i + 4], points[i + 5]);
        }
        path.closePath();
        return path;
    }

    /** A star of some points, the first one up, between two radii. */
    static Shape star(int points, double outer, double inner) {
        double[] corners = new double[4 * points];
        for (int i = 0; i < 2 * points; i++) {
            double angle = StrictMath.PI * i / points;
            double radius = i % 2 == 0 ? outer : inner;
            corners[2 * i] = radius * StrictMath.sin(angle);
            corners[2 * i + 1] = -radius * StrictMath.cos(angle);
        }
        return polygon(corners);
    }

    /**
     * What two arcs enclose.
     *
     * @param numbers for each arc centre x, centre y, radius, first and last angle in degrees, clockwise from the right
     */
    static Shape arc(double... numbers) {
        int arcs = numbers.length / 5;
        double[] points = new double[2 * arcs * (ARC_STEPS + 1)];
        int filled = 0;
        for (int arc = 0; arc < numbers.length; arc += 5) {
            for (int i = 0; i <= ARC_STEPS; i++) {
                double angle = StrictMath.toRadians(numbers[arc + 3] + (numbers[arc + 4] - numbers[arc + 3]) * i / ARC_STEPS);
                points[filled++] = numbers[arc] + numbers[arc + 2] * StrictMath.cos(angle);
                points[filled++] = numbers[arc + 1] + numbers[arc + 2] * StrictMath.sin(angle);
            }
        }
        return polygon(points);
    }
}
