package dev.gleaner.scene;

import static dev.gleaner.scene.Part.Shade.BODY;
import static dev.gleaner.scene.Part.Shade.DARK;
import static dev.gleaner.scene.Part.Shade.LIGHT;
import static dev.gleaner.scene.Shapes.arc;
import static dev.gleaner.scene.Shapes.curves;
import static dev.gleaner.scene.Shapes.ellipse;
import static dev.gleaner.scene.Shapes.polygon;
import static dev.gleaner.scene.Shapes.rectangle;
import static dev.gleaner.scene.Shapes.ring;
import static dev.gleaner.scene.Shapes.star;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a drawn thing is: a category. Shapes lie around the origin, about 1 to each side, y downwards; the last part is on top.
 */
public enum Kind {
    CIRCLE("circles", 180, 0.05, new Part(BODY, ellipse(0, 0, 1, 1))),
    RING("rings", 180, 0.05, new Part(BODY, ring(0, 0, 1, 0.55))),
    SQUARE("squares", 14, 0.05, new Part(BODY, rectangle(-1, -1, 2, 2))),
    TRIANGLE("triangles", 180, 0.1, new Part(BODY, polygon(0, -1, 1, 0.75, -1, 0.75))),
    DIAMOND("diamonds", 14, 0.1, new Part(BODY, polygon(0, -1, 0.65, 0, 0, 1, -0.65, 0))),
    HEXAGON("hexagons", 180, 0.05, new Part(BODY, star(6, 1, 0.87))),
    STAR("stars", 180, 0.05, new Part(BODY, star(5, 1, 0.42))),
    HEART("hearts", 25, 0.1, new Part(BODY, curves(0, 0.95, -0.35, 0.6, -1, 0.25, -1, -0.3, -1, -0.75, -0.65, -0.9, -0.45, -0.9,
            -0.2, -0.9, -0.05, -0.7, 0, -0.5, 0.05, -0.7, 0.2, -0.9, 0.45, -0.9, 0.65, -0.9, 1, -0.75, 1, -0.3, 1, 0.25, 0.35, 0.6, 0, 0.95))),
    ARROW("arrows", 180, 0.1, new Part(BODY, polygon(-1, -0.22, 0.1, -0.22, 0.1, -0.7, 1, 0, 0.1, 0.7, 0.1, 0.22, -1, 0.22))),
    CROSS("crosses", 14, 0.1, new Part(BODY, polygon(-0.33, -1, 0.33, -1, 0.33, -0.33, 1, -0.33, 1, 0.33, 0.33, 0.33, 0.33, 1, -0.33, 1,
            -0.33, 0.33, -1, 0.33, -1, -0.33, -0.33, -0.33))),
    MOON("moons", 180, 0.1, new Part(BODY, arc(0, 0, 1, 51.3, 308.7, 0.45, 0, 0.8, 282.6, 77.4))),
    FLOWER("flowers", 180, 0.05, new Part(BODY, ellipse(0, -0.6, 0.38, 0.4)), new Part(BODY, ellipse(0.57, -0.19, 0.4, 0.38)),
            new Part(BODY, ellipse(0.35, 0.49, 0.39, 0.39)), new Part(BODY, ellipse(-0.35, 0.49, 0.39, 0.39)),
            new Part(BODY, ellipse(-0.57, -0.19, 0.4, 0.38)), new Part(DARK, ellipse(0, 0, 0.3, 0.3))),
    HOUSE("houses", 12, 0.15, new Part(BODY, rectangle(-0.75, -0.1, 1.5, 1.1)), new Part(DARK, polygon(-1, -0.1, 0, -1, 1, -0.1)),
            new Part(DARK, rectangle(-0.5, 0.35, 0.36, 0.65)), new Part(LIGHT, rectangle(0.15, 0.2, 0.36, 0.36))),
    TREE("trees", 12, 0.15, new Part(DARK, rectangle(-0.14, 0.4, 0.28, 0.6)), new Part(BODY, polygon(0, -0.3, 0.8, 0.6, -0.8, 0.6)),
            new Part(BODY, polygon(0, -0.7, 0.64, 0.15, -0.64, 0.15)), new Part(BODY, polygon(0, -1, 0.46, -0.3, -0.46, -0.3))),
    KEY("keys", 180, 0.1, new Part(BODY, rectangle(-0.25, -0.11, 1.25, 0.22)), new Part(BODY, rectangle(0.5, 0.1, 0.16, 0.3)),
            new Part(BODY, rectangle(0.82, 0.1, 0.18, 0.38)), new Part(BODY, ring(-0.58, 0, 0.42, 0.19))),
    FISH("fish", 25, 0.15, new Part(DARK, polygon(0.3, 0, 1, -0.55, 0.82, 0, 1, 0.55)),
            new Part(BODY, curves(-1, 0, -0.7, -0.7, 0.1, -0.65, 0.6, 0, 0.1, 0.65, -0.7, 0.7, -1, 0)), new Part(LIGHT, ellipse(-0.6, -0.12, 0.12, 0.12)),
            new Part(DARK, ellipse(-0.6, -0.12, 0.06, 0.06))),
    CUP("cups", 15, 0.15, new Part(DARK, ring(0.5, 0, 0.46, 0.26)), new Part(BODY, polygon(-0.85, -0.7, 0.55, -0.7, 0.4, 0.85, -0.7, 0.85)),
            new Part(DARK, ellipse(-0.15, -0.7, 0.7, 0.17))),
    CAR("cars", 10, 0.15, new Part(BODY, polygon(-0.62, 0, -0.36, -0.5, 0.36, -0.5, 0.66, 0)), new Part(BODY, rectangle(-1, -0.05, 2, 0.42)),
            new Part(LIGHT, polygon(-0.48, -0.05, -0.28, -0.4, -0.05, -0.4, -0.05, -0.05)),
            new Part(LIGHT, polygon(0.05, -0.05, 0.05, -0.4, 0.3, -0.4, 0.5, -0.05)), new Part(DARK, ellipse(-0.55, 0.37, 0.25, 0.25)),
            new Part(DARK, ellipse(0.55, 0.37, 0.25, 0.25))),
    LEAF("leaves", 180, 0.15, new Part(BODY, curves(-1, 0, -0.5, -0.65, 0.2, -0.7, 0.75, 0, 0.2, 0.7, -0.5, 0.65, -1, 0)),
            new Part(DARK, rectangle(-0.8, -0.045, 1.8, 0.09)), new Part(DARK, polygon(0.3, 0, 0, -0.36, 0.08, -0.4, 0.42, 0)),
            new Part(DARK, polygon(0.3, 0, 0, 0.36, 0.08, 0.4, 0.42, 0)), new Part(DARK, polygon(-0.15, 0, -0.42, -0.3, -0.34, -0.34, -0.03, 0)),
            new Part(DARK, polygon(-0.15, 0, -0.42, 0.3, -0.34, 0.34, -0.03, 0))),
    BOLT("bolts", 20, 0.1, new Part(BODY, polygon(0.25, -1, -0.6, 0.15, -0.08, 0.15, -0.35, 1, 0.62, -0.28, 0.08, -0.28, 0.5, -1))),
    MUSHROOM("mushrooms", 15, 0.15, new Part(LIGHT, rectangle(-0.28, -0.05, 0.56, 0.95)),
            new Part(BODY, curves(-1, 0, -1, -1.2, 1, -1.2, 1, 0, 0.5, 0.18, -0.5, 0.18, -1, 0))),
    BELL("bells", 15, 0.1, new Part(DARK, ellipse(0, 0.78, 0.2, 0.2)), new Part(DARK, ellipse(0, -0.86, 0.14, 0.14)),
            new Part(BODY, curves(-0.85, 0.75, -0.45, 0.4, -0.65, -0.8, 0, -0.8, 0.65, -0.8, 0.45, 0.4, 0.85, 0.75, 0.3, 0.75, -0.3, 0.75, -0.85, 0.75))),
    BOTTLE("bottles", 20, 0.1, new Part(BODY, polygon(-0.15, -0.9, 0.15, -0.9, 0.15, -0.5, 0.42, -0.15, 0.42, 1, -0.42, 1, -0.42, -0.15, -0.15, -0.5)),
            new Part(DARK, rectangle(-0.19, -1, 0.38, 0.2)), new Part(LIGHT, rectangle(-0.42, 0.15, 0.84, 0.45))),
    CLOUD("clouds", 10, 0.15, new Part(BODY, ellipse(-0.58, 0.12, 0.42, 0.38)), new Part(BODY, ellipse(-0.1, -0.15, 0.48, 0.5)),
            new Part(BODY, ellipse(0.5, 0.08, 0.46, 0.42)), new Part(BODY, rectangle(-0.58, 0.1, 1.1, 0.4))),
    /** Of the shifted scenes only. */
    BOAT("boats", 12, 0.15, new Part(DARK, rectangle(-0.05, -1, 0.1, 1.4)), new Part(BODY, polygon(-1, 0.35, 1, 0.35, 0.6, 0.9, -0.6, 0.9)),
            new Part(BODY, polygon(0.12, -0.9, 0.8, 0.2, 0.12, 0.2)), new Part(LIGHT, polygon(-0.12, -0.7, -0.65, 0.2, -0.12, 0.2))),
    /** Of the shifted scenes only. */
    UMBRELLA("umbrellas", 20, 0.1, new Part(DARK, rectangle(-0.05, -0.9, 0.1, 1.75)), new Part(DARK, rectangle(-0.3, 0.72, 0.1, 0.2)),
            new Part(DARK, rectangle(-0.3, 0.85, 0.35, 0.1)), new Part(BODY, curves(-1, 0.1, -0.9, -1.15, 0.9, -1.15, 1, 0.1, 0.85, -0.12, 0.5, -0.12,
                    0.35, 0.1, 0.2, -0.12, -0.2, -0.12, -0.35, 0.1, -0.5, -0.12, -0.85, -0.12, -1, 0.1)));

    /** Kinds that training shows; the others come in shifted scenes. */
    public static final List<Kind> TRAINED = Arrays.stream(values()).filter(kind -> kind != BOAT && kind != UMBRELLA).toList();

    private final String plural;
    private final int tilt;
    private final double stretch;
    private final List<Part> parts;

    Kind(String plural, int tilt, double stretch, Part... parts) {
        this.plural = plural;
        this.tilt = tilt;
        this.stretch = stretch;
        this.parts = List.of(parts);
    }

    /** What one is called. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What several are called. */
    public String plural() {
        return plural;
    }

    /** Degrees that it may be turned to either side and still be what it is. */
    int tilt() {
        return tilt;
    }

    /** Share by which it may be wider or narrower and still be what it is. */
    double stretch() {
        return stretch;
    }

    List<Part> parts() {
        return parts;
    }
}
