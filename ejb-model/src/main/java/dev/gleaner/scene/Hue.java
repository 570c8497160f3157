package dev.gleaner.scene;

import java.util.Locale;
import java.util.random.RandomGenerator;

/** A named colour: ranges of hue, saturation and value that leave gaps to those of the other names. */
public enum Hue {
    RED(-8, 8, 0.8, 1, 0.7, 0.95),
    ORANGE(22, 34, 0.85, 1, 0.92, 1),
    YELLOW(50, 60, 0.75, 1, 0.88, 1),
    GREEN(95, 150, 0.6, 0.95, 0.4, 0.75),
    BLUE(208, 236, 0.65, 1, 0.55, 0.95),
    PURPLE(268, 288, 0.5, 0.85, 0.45, 0.72),
    PINK(320, 342, 0.32, 0.55, 0.93, 1),
    BROWN(16, 28, 0.6, 0.8, 0.3, 0.46),
    BLACK(0, 360, 0, 0.1, 0.03, 0.13),
    WHITE(0, 360, 0, 0.05, 0.94, 1),
    GRAY(0, 360, 0, 0.06, 0.46, 0.6);

    private final double[] range;

    Hue(double... range) {
        this.range = range;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Red, green and blue, 0 to 1. */
    float[] draw(RandomGenerator random) {
        double hue = range[0] + (range[1] - range[0]) * random.nextDouble();
        double saturation = range[2] + (range[3] - range[2]) * random.nextDouble();
        double value = range[4] + (range[5] - range[4]) * random.nextDouble();
        float[] rgb = new float[3];
        for (int channel = 0; channel < 3; channel++) {
            // The distance of the hue from the channel's own, on the circle of six sectors.
            double sector = (hue / 60 + 12 - 2 * channel) % 6;
            double away = Math.min(sector, 6 - sector);
            rgb[channel] = (float) (value * (1 - saturation * Math.max(0, Math.min(1, away - 1))));
        }
        return rgb;
    }

    /** A shade of a colour that parts of a thing stand out by: darker, or lighter where the colour is nearly black. */
    static float[] dark(float[] rgb) {
        return luma(rgb) < 0.2 ? mix(rgb, 1, 0.35f) : mix(rgb, 0, 0.55f);
    }

    /** A lighter shade, or a darker one where the colour is nearly white. */
    static float[] light(float[] rgb) {
        return luma(rgb) > 0.85 ? mix(rgb, 0, 0.25f) : mix(rgb, 1, 0.65f);
    }

    /** The second colour of a texture: far from the first. */
    static float[] partner(float[] rgb, boolean lighter) {
        float luma = luma(rgb);
        if (luma < 0.2) {
            return mix(rgb, 1, 0.7f);
        }
        if (luma > 0.85) {
            return mix(rgb, 0, 0.45f);
        }
        return lighter || luma < 0.35 ? mix(rgb, 1, 0.75f) : mix(rgb, 0, 0.75f);
    }

    static float luma(float[] rgb) {
        return 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
    }

    static float[] mix(float[] rgb, float with, float share) {
        return new float[] {rgb[0] + (with - rgb[0]) * share, rgb[1] + (with - rgb[1]) * share, rgb[2] + (with - rgb[2]) * share};
    }
}
