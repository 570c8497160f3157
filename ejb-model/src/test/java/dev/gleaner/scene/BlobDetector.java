package dev.gleaner.scene;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.vision.RgbImage;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Finds things without having learned anything: every pixel takes the name of its colour, connected pixels of one name are a blob, and a
 * blob is the kind whose silhouette is most like it, upright or turned.
 */
final class BlobDetector {

    private static final int GRID = 16;
    private static final int TURNS = 8;
    private static final int NAMES = 11;
    private static final int LEAST_AREA = 40;

    private final Map<Kind, List<boolean[]>> silhouettes = new EnumMap<>(Kind.class);

    BlobDetector() {
        for (Kind kind : Kind.TRAINED) {
            List<boolean[]> turned = new ArrayList<>();
            for (int turn = 0; turn < (kind.tilt() < 180 ? 1 : TURNS); turn++) {
                AffineTransform place = Layer.placement(kind.parts(), 64, 1, 2 * Math.PI * turn / TURNS, 64, 64);
                Mask whole = Layer.of(kind.parts(), place, new Layer.Paint(new float[3], new float[3], Texture.PLAIN, 0, 6, null, 0)).mask();
                boolean[] pixels = new boolean[whole.width() * whole.height()];
                for (int i = 0; i < pixels.length; i++) {
                    pixels[i] = whole.coverage()[i] >= Mask.INSIDE;
                }
                turned.add(scaled(pixels, whole.width(), 0, 0, whole.width(), whole.height()));
            }
            silhouettes.put(kind, turned);
        }
    }

    List<Detection> detect(RgbImage image) {
        int width = image.width();
        int[] names = new int[width * image.height()];
        for (int i = 0; i < names.length; i++) {
            names[i] = name(image.sample(i % width, i / width, 0), image.sample(i % width, i / width, 1), image.sample(i % width, i / width, 2));
        }
        names = smoothed(names, width, image.height());
        List<Detection> found = new ArrayList<>();
        boolean[] done = new boolean[names.length];
        int[] queue = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            if (!done[i]) {
                blob(names, done, queue, i, width, image.height(), found);
            }
        }
        return found;
    }

    /** Each pixel takes the name that is most frequent around it (3 x 3), which takes noise away. */
    private static int[] smoothed(int[] names, int width, int height) {
        int[] smoothed = new int[names.length];
        int[] counts = new int[NAMES];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                Arrays.fill(counts, 0);
                int best = names[y * width + x];
                for (int near = 0; near < 9; near++) {
                    int column = Math.max(0, Math.min(width - 1, x + near % 3 - 1));
                    int row = Math.max(0, Math.min(height - 1, y + near / 3 - 1));
                    int name = names[row * width + column];
                    counts[name]++;
                    best = counts[name] > counts[best] ? name : best;
                }
                smoothed[y * width + x] = best;
            }
        }
        return smoothed;
    }

    private void blob(int[] names, boolean[] done, int[] queue, int start, int width, int height, List<Detection> found) {
        int filled = 1;
        queue[0] = start;
        done[start] = true;
        int x1 = width;
        int y1 = height;
        int x2 = 0;
        int y2 = 0;
        for (int next = 0; next < filled; next++) {
            int pixel = queue[next];
            int x = pixel % width;
            int y = pixel / width;
            x1 = Math.min(x1, x);
            y1 = Math.min(y1, y);
            x2 = Math.max(x2, x);
            y2 = Math.max(y2, y);
            int[] beside = {x > 0 ? pixel - 1 : pixel, x + 1 < width ? pixel + 1 : pixel, y > 0 ? pixel - width : pixel,
                    y + 1 < height ? pixel + width : pixel};
            for (int other : beside) {
                if (!done[other] && names[other] == names[start]) {
                    done[other] = true;
                    queue[filled++] = other;
                }
            }
        }
        if (filled >= LEAST_AREA && x2 - x1 < 200 && y2 - y1 < 200) {
            boolean[] inside = new boolean[names.length];
            for (int i = 0; i < filled; i++) {
                inside[queue[i]] = true;
            }
            classify(scaled(inside, width, x1, y1, x2 - x1 + 1, y2 - y1 + 1), Box.xyxyInclusive(x1, y1, x2, y2), found);
        }
    }

    private void classify(boolean[] blob, Box box, List<Detection> found) {
        Kind best = null;
        double most = 0;
        for (Map.Entry<Kind, List<boolean[]>> entry : silhouettes.entrySet()) {
            for (boolean[] silhouette : entry.getValue()) {
                double likeness = likeness(blob, silhouette);
                if (likeness > most) {
                    most = likeness;
                    best = entry.getKey();
                }
            }
        }
        if (best != null) {
            found.add(new Detection(best.word(), best.word(), box, most));
        }
    }

    /** Share of the pixels of either that both have. */
    private static double likeness(boolean[] a, boolean[] b) {
        int both = 0;
        int either = 0;
        for (int i = 0; i < a.length; i++) {
            both += a[i] && b[i] ? 1 : 0;
            either += a[i] || b[i] ? 1 : 0;
        }
        return both / (double) either;
    }

    /** Stretched to a small square, the longer side filling it. */
    private static boolean[] scaled(boolean[] pixels, int row, int left, int top, int width, int height) {
        boolean[] grid = new boolean[GRID * GRID];
        double side = Math.max(width, height);
        for (int y = 0; y < GRID; y++) {
            for (int x = 0; x < GRID; x++) {
                int column = (int) Math.floor((x + 0.5) * side / GRID - (side - width) / 2);
                int line = (int) Math.floor((y + 0.5) * side / GRID - (side - height) / 2);
                grid[y * GRID + x] = column >= 0 && line >= 0 && column < width && line < height && pixels[(top + line) * row + left + column];
            }
        }
        return grid;
    }

    /** The number of the colour's name, of hues in eight ranges and black, grey and white. */
    private static int name(int red, int green, int blue) {
        int most = Math.max(red, Math.max(green, blue));
        int chroma = most - Math.min(red, Math.min(green, blue));
        if (most < 50) {
            return 0;
        }
        if (chroma < 0.2 * most) {
            return most > 215 ? 2 : 1;
        }
        double hue = most == red ? (green - blue) / (double) chroma
                : most == green ? 2 + (blue - red) / (double) chroma : 4 + (red - green) / (double) chroma;
        double degrees = (hue * 60 + 360) % 360;
        if (degrees < 15 || degrees >= 345) {
            return 3;
        }
        if (degrees < 42) {
            return most < 135 ? 4 : 5;
        }
        return degrees < 75 ? 6 : degrees < 190 ? 7 : degrees < 255 ? 8 : degrees < 305 ? 9 : 10;
    }
}
