package dev.gleaner.scene;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.PathIterator;
import java.util.ArrayList;
import java.util.List;

/**
 * A painted thing, ready to be laid on an image.
 *
 * @param mask where it is, and how much of each pixel it covers
 * @param rgb  {@code [pixels of the mask * 3]}, 0 to 1
 */
record Layer(Mask mask, float[] rgb) {

    /**
     * How a body is painted.
     *
     * @param first   colour
     * @param second  colour of the texture
     * @param angle   of the texture in radians
     * @param period  of the texture in pixels
     * @param outline colour, or null for none
     * @param line    pixels the outline is wide
     */
    record Paint(float[] first, float[] second, Texture texture, double angle, double period, float[] outline, double line) {
    }

    /** Transforms unit shapes so that their longer side has some pixels and the middle of their box is in some place. */
    static AffineTransform placement(List<Part> parts, double size, double stretch, double radians, double x, double y) {
        double cos = StrictMath.cos(radians);
        double sin = StrictMath.sin(radians);
        AffineTransform turned = new AffineTransform(cos * stretch, sin * stretch, -sin, cos, 0, 0);
        double[] bounds = bounds(parts, turned);
        double scale = size / Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1]);
        double middleX = (bounds[0] + bounds[2]) / 2;
        double middleY = (bounds[1] + bounds[3]) / 2;
        return new AffineTransform(scale * cos * stretch, scale * sin * stretch, -scale * sin, scale * cos,
                x - scale * middleX, y - scale * middleY);
    }

    private static double[] bounds(List<Part> parts, AffineTransform place) {
        double[] bounds = {Double.MAX_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
        double[] point = new double[6];
        for (Part part : parts) {
            for (PathIterator path = part.shape().getPathIterator(place, 0.01); !path.isDone(); path.next()) {
                if (path.currentSegment(point) != PathIterator.SEG_CLOSE) {
                    bounds[0] = Math.min(bounds[0], point[0]);
                    bounds[1] = Math.min(bounds[1], point[1]);
                    bounds[2] = Math.max(bounds[2], point[0]);
                    bounds[3] = Math.max(bounds[3], point[1]);
                }
            }
        }
        return bounds;
    }

    static Layer of(Shape shape, AffineTransform place, Paint paint) {
        return of(List.of(new Part(Part.Shade.BODY, shape)), place, paint);
    }

    /** Paints parts over one another. */
    static Layer of(List<Part> parts, AffineTransform place, Paint paint) {
        List<Mask> masks = new ArrayList<>();
        parts.forEach(part -> masks.add(Mask.of(part.shape(), place)));
        Mask whole = Mask.around(masks);
        float[] rgb = new float[3 * whole.coverage().length];
        double cos = StrictMath.cos(paint.angle);
        double sin = StrictMath.sin(paint.angle);
        double middleX = whole.left() + whole.width() / 2.0;
        double middleY = whole.top() + whole.height() / 2.0;
        double size = Math.max(whole.width(), whole.height());
        for (int i = 0; i < parts.size(); i++) {
            Mask mask = masks.get(i);
            float[] plain = switch (parts.get(i).shade()) {
                case BODY -> null;
                case DARK -> Hue.dark(paint.first);
                case LIGHT -> Hue.light(paint.first);
            };
            for (int y = 0; y < mask.height(); y++) {
                for (int x = 0; x < mask.width(); x++) {
                    float share = mask.coverage()[y * mask.width() + x];
                    if (share > 0) {
                        double u = mask.left() + x + 0.5 - middleX;
                        double v = mask.top() + y + 0.5 - middleY;
                        float second = plain != null ? 0
                                : paint.texture.second(u * cos + v * sin, v * cos - u * sin, paint.period, size);
                        int pixel = (mask.top() + y - whole.top()) * whole.width() + mask.left() + x - whole.left();
                        float before = whole.coverage()[pixel];
                        float after = share + before * (1 - share);
                        for (int channel = 0; channel < 3; channel++) {
                            float color = plain != null ? plain[channel]
                                    : paint.first[channel] + second * (paint.second[channel] - paint.first[channel]);
                            rgb[3 * pixel + channel] += (color - rgb[3 * pixel + channel]) * share / after;
                        }
                        whole.coverage()[pixel] = after;
                    }
                }
            }
        }
        if (paint.outline != null) {
            outline(whole, rgb, paint);
        }
        return new Layer(whole, rgb);
    }

    private static void outline(Mask mask, float[] rgb, Paint paint) {
        float[] depths = mask.depths();
        for (int pixel = 0; pixel < depths.length; pixel++) {
            float share = (float) Math.max(0, Math.min(1, paint.line + 0.5 - depths[pixel]));
            for (int channel = 0; share > 0 && channel < 3; channel++) {
                rgb[3 * pixel + channel] += (paint.outline[channel] - rgb[3 * pixel + channel]) * share;
            }
        }
    }
}
