package dev.gleaner.scene;

import java.util.List;
import java.util.random.RandomGenerator;

/** What lies behind everything. */
enum Background {
    PLAIN {
        @Override
        void paint(Canvas canvas, RandomGenerator random) {
            float[] color = color(random);
            fill(canvas, color, color, (x, y) -> 0);
        }
    },
    GRADIENT {
        @Override
        void paint(Canvas canvas, RandomGenerator random) {
            double angle = 2 * StrictMath.PI * random.nextDouble();
            double across = StrictMath.cos(angle) / canvas.width;
            double down = StrictMath.sin(angle) / canvas.height;
            fill(canvas, color(random), color(random), (x, y) -> (float) (0.5 + (x - canvas.width / 2.0) * across + (y - canvas.height / 2.0) * down));
        }
    },
    /** Fine grain, as of sand or cloth. */
    GRAIN {
        @Override
        void paint(Canvas canvas, RandomGenerator random) {
            float[] color = color(random);
            float[] grain = noise(canvas, random, 2 + random.nextInt(3), 1);
            fill(canvas, color, Hue.mix(color, random.nextBoolean() ? 0 : 1, 0.5f), (x, y) -> grain[(int) y * canvas.width + (int) x]);
        }
    },
    /** A faint pattern, as of wallpaper. */
    PATTERN {
        @Override
        void paint(Canvas canvas, RandomGenerator random) {
            float[] color = color(random);
            Texture texture = Texture.TRAINED.get(1 + random.nextInt(3));
            pattern(canvas, color, Hue.mix(color, random.nextBoolean() ? 0 : 1, 0.1f + 0.15f * random.nextFloat()), texture, random);
        }
    },
    /** Soft patches of light and colour in several sizes, as in a photo out of focus. */
    PHOTO {
        @Override
        void paint(Canvas canvas, RandomGenerator random) {
            float[] coarse = noise(canvas, random, 40 + random.nextInt(60), 3);
            float[] fine = noise(canvas, random, 12 + random.nextInt(20), 3);
            float[] third = color(random);
            fill(canvas, color(random), color(random), (x, y) -> coarse[(int) y * canvas.width + (int) x]);
            for (int i = 0; i < fine.length; i++) {
                for (int channel = 0; channel < 3; channel++) {
                    canvas.rgb[3 * i + channel] += (third[channel] - canvas.rgb[3 * i + channel]) * 0.6f * fine[i];
                }
            }
        }
    },
    /** Of the shifted scenes: planks or tiles with joints. */
    TILES {
        @Override
        void paint(Canvas canvas, RandomGenerator random) {
            float[] color = color(random);
            int wide = 24 + random.nextInt(60);
            int high = 14 + random.nextInt(30);
            float[] grain = noise(canvas, random, 3, 2);
            fill(canvas, color, Hue.mix(color, 0, 0.6f), (x, y) -> {
                int row = (int) y / high;
                boolean joint = (int) y % high < 2 || ((int) x + row % 2 * wide / 2) % wide < 2;
                return joint ? 1 : 0.35f * grain[(int) y * canvas.width + (int) x];
            });
        }
    },
    /** Of the shifted scenes: a bold zigzag pattern. */
    ZIGZAG {
        @Override
        void paint(Canvas canvas, RandomGenerator random) {
            pattern(canvas, color(random), color(random), Texture.WAVY, random);
        }
    };

    static final List<Background> TRAINED = List.of(PLAIN, GRADIENT, GRAIN, PATTERN, PHOTO, PHOTO);
    static final List<Background> SHIFTED = List.of(TILES, ZIGZAG, PHOTO, TILES, GRAIN);

    private interface Field {
        /** The share of the second colour, 0 to 1. */
        float at(double x, double y);
    }

    abstract void paint(Canvas canvas, RandomGenerator random);

    /** A muted colour, or one that things have. */
    private static float[] color(RandomGenerator random) {
        if (random.nextInt(3) == 0) {
            return Hue.values()[random.nextInt(Hue.values().length)].draw(random);
        }
        float grey = 0.15f + 0.75f * random.nextFloat();
        float[] color = new float[3];
        for (int channel = 0; channel < 3; channel++) {
            color[channel] = Math.max(0.05f, Math.min(0.95f, grey + 0.28f * (random.nextFloat() - 0.5f)));
        }
        return color;
    }

    private static void fill(Canvas canvas, float[] first, float[] second, Field field) {
        for (int y = 0; y < canvas.height; y++) {
            for (int x = 0; x < canvas.width; x++) {
                float share = Math.max(0, Math.min(1, field.at(x, y)));
                for (int channel = 0; channel < 3; channel++) {
                    canvas.rgb[3 * (y * canvas.width + x) + channel] = first[channel] + (second[channel] - first[channel]) * share;
                }
            }
        }
    }

    private static void pattern(Canvas canvas, float[] first, float[] second, Texture texture, RandomGenerator random) {
        double angle = 2 * StrictMath.PI * random.nextDouble();
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        double period = 8 + 30 * random.nextDouble();
        fill(canvas, first, second, (x, y) -> texture.second(x * cos + y * sin, y * cos - x * sin, period, canvas.width));
    }

    /**
     * Random numbers on a grid with straight lines between them, for each octave half as far apart and half as strong.
     *
     * @param cell pixels between two numbers of the first octave
     * @return {@code [height * width]}, 0 to 1
     */
    private static float[] noise(Canvas canvas, RandomGenerator random, int cell, int octaves) {
        float[] sum = new float[canvas.width * canvas.height];
        float strength = 1;
        float total = 0;
        for (int octave = 0; octave < octaves; octave++) {
            int step = Math.max(1, cell >> octave);
            int columns = canvas.width / step + 2;
            float[] grid = new float[columns * (canvas.height / step + 2)];
            for (int i = 0; i < grid.length; i++) {
                grid[i] = random.nextFloat();
            }
            for (int y = 0; y < canvas.height; y++) {
                float down = y % step / (float) step;
                for (int x = 0; x < canvas.width; x++) {
                    float across = x % step / (float) step;
                    int at = y / step * columns + x / step;
                    float upper = grid[at] + (grid[at + 1] - grid[at]) * across;
                    float lower = grid[at + columns] + (grid[at + columns + 1] - grid[at + columns]) * across;
                    sum[y * canvas.width + x] += strength * (upper + (lower - upper) * down);
                }
            }
            total += strength;
            strength /= 2;
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= total;
        }
        return sum;
    }
}
