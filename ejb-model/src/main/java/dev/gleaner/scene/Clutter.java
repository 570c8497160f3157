package dev.gleaner.scene;

import dev.gleaner.scene.Layer.Paint;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.util.random.RandomGenerator;

/** Things without a name, in the colours and textures of those that have one. */
enum Clutter {
    /** A smooth, irregular patch. */
    BLOB {
        @Override
        Shape shape(RandomGenerator random) {
            int corners = 5 + random.nextInt(3);
            double[] radii = new double[corners];
            for (int i = 0; i < corners; i++) {
                radii[i] = i % 2 == 0 ? 0.25 + 0.3 * random.nextDouble() : 0.65 + 0.35 * random.nextDouble();
            }
            double[] points = new double[2 + 6 * corners];
            for (int i = 0; i <= corners; i++) {
                put(points, 6 * i, i, corners, radii[i % corners]);
                if (i < corners) {
                    put(points, 6 * i + 2, i + 0.4, corners, radii[i]);
                    put(points, 6 * i + 4, i + 0.6, corners, radii[(i + 1) % corners]);
                }
            }
            return Shapes.curves(points);
        }
    },
    /** Corners of an L, a T or a Z. */
    PIECE {
        @Override
        Shape shape(RandomGenerator random) {
            double a = 0.2 + 0.35 * random.nextDouble();
            return switch (random.nextInt(3)) {
                case 0 -> Shapes.polygon(-1, -1, -1 + 2 * a, -1, -1 + 2 * a, 1 - 2 * a, 0.8, 1 - 2 * a, 0.8, 1, -1, 1);
                case 1 -> Shapes.polygon(-1, -1, 1, -1, 1, -1 + 2 * a, a, -1 + 2 * a, a, 1, -a, 1, -a, -1 + 2 * a, -1, -1 + 2 * a);
                default -> Shapes.polygon(-1, -1, a, -1, a, 1 - 2 * a, 1, 1 - 2 * a, 1, 1, -a, 1, -a, -1 + 2 * a, -1, -1 + 2 * a);
            };
        }
    },
    /** A stick. */
    BAR {
        @Override
        Shape shape(RandomGenerator random) {
            double thick = 0.06 + 0.16 * random.nextDouble();
            return Shapes.rectangle(-1, -thick, 2, 2 * thick);
        }
    },
    /** A thin line that turns a few times. */
    SCRIBBLE {
        @Override
        Shape shape(RandomGenerator random) {
            int turns = 4 + random.nextInt(5);
            double thick = 0.03 + 0.04 * random.nextDouble();
            double[] points = new double[4 * turns];
            for (int i = 0; i < turns; i++) {
                double x = -1 + 2.0 * i / (turns - 1);
                double y = (i % 2 == 0 ? -1 : 1) * (0.1 + 0.6 * random.nextDouble());
                points[2 * i] = x;
                points[2 * i + 1] = y - thick;
                points[points.length - 2 * i - 2] = x + thick;
                points[points.length - 2 * i - 1] = y + thick;
            }
            return Shapes.polygon(points);
        }
    };

    /** Around the origin, about 1 to each side. */
    abstract Shape shape(RandomGenerator random);

    private static void put(double[] points, int at, double corner, int corners, double radius) {
        double angle = 2 * StrictMath.PI * corner / corners;
        points[at] = radius * StrictMath.cos(angle);
        points[at + 1] = radius * StrictMath.sin(angle);
    }

    /** A random one of some size, its middle in some place. */
    static Layer draw(double size, double x, double y, Paint paint, RandomGenerator random) {
        Shape shape = values()[random.nextInt(values().length)].shape(random);
        double angle = 2 * StrictMath.PI * random.nextDouble();
        double cos = StrictMath.cos(angle) * size / 2;
        double sin = StrictMath.sin(angle) * size / 2;
        return Layer.of(shape, new AffineTransform(cos, sin, -sin, cos, x, y), paint);
    }
}
