package dev.gleaner.scene;

import java.util.List;
import java.util.Locale;

/** How a body is painted with two colours. */
public enum Texture {
    PLAIN {
        @Override
        float second(double u, double v, double period, double size) {
            return 0;
        }
    },
    STRIPED {
        @Override
        float second(double u, double v, double period, double size) {
            return fraction(u / period) < 0.45 ? 1 : 0;
        }
    },
    DOTTED {
        @Override
        float second(double u, double v, double period, double size) {
            double row = Math.floor(v / period);
            double x = fraction(u / period + (row % 2 == 0 ? 0 : 0.5)) - 0.5;
            double y = fraction(v / period) - 0.5;
            return x * x + y * y < 0.11 ? 1 : 0;
        }
    },
    CHECKED {
        @Override
        float second(double u, double v, double period, double size) {
            return (Math.floor(u / period) + Math.floor(v / period)) % 2 == 0 ? 0 : 1;
        }
    },
    /** From one colour to the other. */
    SHADED {
        @Override
        float second(double u, double v, double period, double size) {
            return (float) Math.max(0, Math.min(1, 0.4 + u / size));
        }
    },
    /** Zigzag stripes, of the shifted scenes only. */
    WAVY {
        @Override
        float second(double u, double v, double period, double size) {
            return fraction(u / period + Math.abs(fraction(v / (2 * period)) - 0.5)) < 0.45 ? 1 : 0;
        }
    },
    /** Irregular specks, of the shifted scenes only. */
    SPECKLED {
        @Override
        float second(double u, double v, double period, double size) {
            int cell = (int) Math.floor(2 * u / period) * 73856093 ^ (int) Math.floor(2 * v / period) * 19349663;
            return ((cell * 0x9E3779B9) >>> 29) < 3 ? 1 : 0;
        }
    };

    /** Textures that training shows; the others come in shifted scenes. */
    public static final List<Texture> TRAINED = List.of(PLAIN, STRIPED, DOTTED, CHECKED, SHADED);

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The share of the second colour at a point.
     *
     * @param u      pixels across the texture, from the middle of the thing
     * @param v      pixels along the texture, from the middle of the thing
     * @param period pixels from one repetition to the next
     * @param size   pixels of the whole thing
     */
    abstract float second(double u, double v, double period, double size);

    private static double fraction(double value) {
        return value - Math.floor(value);
    }
}
