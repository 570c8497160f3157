package dev.gleaner.scene;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.FlatteningPathIterator;
import java.awt.geom.PathIterator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How much of each pixel a shape covers, from 16 samples a pixel. It may reach beyond the image.
 *
 * @param left     column of its first pixel
 * @param top      row of its first pixel
 * @param coverage {@code [height * width]}, 0 to 1
 */
record Mask(int left, int top, int width, int height, float[] coverage) {

    /** From here on a pixel belongs to the shape. */
    static final float INSIDE = 0.5f;

    private static final int SAMPLES = 4;
    private static final double FLATNESS = 0.05;
    private static final int CURVE_LIMIT = 8;

    /** A straight piece of an outline, downwards; {@code winding} tells whether it was drawn upwards. */
    private record Edge(double x1, double y1, double x2, double y2, int winding) {
        double at(double y) {
            return x1 + (x2 - x1) * ((y - y1) / (y2 - y1));
        }
    }

    private record Crossing(double x, int winding) {
    }

    /** Fills a shape by its own winding rule. */
    static Mask of(Shape shape, AffineTransform place) {
        PathIterator path = new FlatteningPathIterator(shape.getPathIterator(place), FLATNESS, CURVE_LIMIT);
        boolean evenOdd = path.getWindingRule() == PathIterator.WIND_EVEN_ODD;
        List<Edge> edges = edges(path);
        int left = (int) Math.floor(edges.stream().mapToDouble(e -> Math.min(e.x1, e.x2)).min().orElse(0));
        int right = (int) Math.ceil(edges.stream().mapToDouble(e -> Math.max(e.x1, e.x2)).max().orElse(0));
        int top = (int) Math.floor(edges.stream().mapToDouble(Edge::y1).min().orElse(0));
        int bottom = (int) Math.ceil(edges.stream().mapToDouble(Edge::y2).max().orElse(0));
        Mask mask = new Mask(left, top, Math.max(1, right - left), Math.max(1, bottom - top),
                new float[Math.max(1, right - left) * Math.max(1, bottom - top)]);
        List<Crossing> crossings = new ArrayList<>();
        for (int line = 0; line < mask.height * SAMPLES; line++) {
            double y = top + (line + 0.5) / SAMPLES;
            crossings.clear();
            for (Edge edge : edges) {
                if (edge.y1 <= y && y < edge.y2) {
                    crossings.add(new Crossing(edge.at(y), edge.winding));
                }
            }
            crossings.sort((a, b) -> Double.compare(a.x, b.x));
            int winding = 0;
            for (int i = 0; i + 1 < crossings.size(); i++) {
                winding += evenOdd ? 1 : crossings.get(i).winding;
                if (evenOdd ? winding % 2 != 0 : winding != 0) {
                    mask.fill(line / SAMPLES, crossings.get(i).x - left, crossings.get(i + 1).x - left);
                }
            }
        }
        return mask;
    }

    private static List<Edge> edges(PathIterator path) {
        List<Edge> edges = new ArrayList<>();
        double[] point = new double[6];
        double startX = 0;
        double startY = 0;
        double x = 0;
        double y = 0;
        for (; !path.isDone(); path.next()) {
            int kind = path.currentSegment(point);
            double toX = kind == PathIterator.SEG_CLOSE ? startX : point[0];
            double toY = kind == PathIterator.SEG_CLOSE ? startY : point[1];
            if (kind == PathIterator.SEG_MOVETO) {
                startX = toX;
                startY = toY;
            } else if (y < toY) {
                edges.add(new Edge(x, y, toX, toY, 1));
            } else if (y > toY) {
                edges.add(new Edge(toX, toY, x, y, -1));
            }
            x = toX;
            y = toY;
        }
        return edges;
    }

    /** Adds a line of samples between two places, counted in pixels from the mask's left. */
    private void fill(int row, double from, double to) {
        int first = Math.max(0, (int) Math.ceil(from * SAMPLES - 0.5));
        int end = Math.min(width * SAMPLES, (int) Math.ceil(to * SAMPLES - 0.5));
        for (int sample = first; sample < end; ) {
            int pixel = sample / SAMPLES;
            int next = Math.min(end, (pixel + 1) * SAMPLES);
            coverage[row * width + pixel] += (next - sample) / (float) (SAMPLES * SAMPLES);
            sample = next;
        }
    }

    float at(int x, int y) {
        return x < left || y < top || x >= left + width || y >= top + height ? 0 : coverage[(y - top) * width + x - left];
    }

    /** The same place and size for each mask of a list, none covered. */
    static Mask around(List<Mask> masks) {
        int left = masks.stream().mapToInt(Mask::left).min().orElseThrow();
        int top = masks.stream().mapToInt(Mask::top).min().orElseThrow();
        int right = masks.stream().mapToInt(mask -> mask.left + mask.width).max().orElseThrow();
        int bottom = masks.stream().mapToInt(mask -> mask.top + mask.height).max().orElseThrow();
        return new Mask(left, top, right - left, bottom - top, new float[(right - left) * (bottom - top)]);
    }

    /** Pixels that belong to the shape. */
    int area() {
        int area = 0;
        for (float share : coverage) {
            area += share >= INSIDE ? 1 : 0;
        }
        return area;
    }

    /** How far inside the shape each pixel is: chamfer distances in pixels, 0 outside. */
    float[] depths() {
        float[] depths = new float[coverage.length];
        Arrays.fill(depths, width + height);
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < depths.length; i++) {
                int pixel = pass == 0 ? i : depths.length - 1 - i;
                int step = pass == 0 ? -1 : 1;
                int x = pixel % width;
                int y = pixel / width;
                float depth = coverage[pixel] < INSIDE ? 0 : depths[pixel];
                depth = Math.min(depth, depth(depths, x + step, y) + 1);
                depth = Math.min(depth, depth(depths, x, y + step) + 1);
                depth = Math.min(depth, depth(depths, x + step, y + step) + 1.4f);
                depths[pixel] = Math.min(depth, depth(depths, x - step, y + step) + 1.4f);
            }
        }
        return depths;
    }

    private float depth(float[] depths, int x, int y) {
        return x < 0 || y < 0 || x >= width || y >= height ? 0 : depths[y * width + x];
    }
}
