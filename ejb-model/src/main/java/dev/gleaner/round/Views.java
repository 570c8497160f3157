package dev.gleaner.round;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The views of an image that a teacher looks at beside the image as it is: the mirror image, and other sizes. Each costs as much
 * time as the image itself.
 *
 * @param flip   whether the mirror image is one
 * @param scales of the sides, relative to the size that the model reads images in; 1 is the plain view and not among them
 */
public record Views(boolean flip, List<Double> scales) {

    /** The image as it is and nothing else. */
    public static final Views PLAIN = new Views(false, List.of());
    /** The image and its mirror image. */
    public static final Views MIRRORED = new Views(true, List.of());

    private static final double LEAST = 0.25;
    private static final double MOST = 4;
    private static final int MOST_SCALES = 8;

    /**
     * One way to look at an image.
     *
     * @param scale of the sides, relative to the size that the model reads images in
     */
    public record View(boolean mirrored, double scale) {

        static final View PLAIN = new View(false, 1);
    }

    /** @throws IllegalArgumentException naming the scale that is 1, comes twice, or is not within 0.25 to 4 */
    public Views {
        scales = List.copyOf(scales);
        if (scales.size() > MOST_SCALES) {
            throw new IllegalArgumentException("scales: " + scales.size() + " of them, expected at most " + MOST_SCALES);
        }
        Set<Double> seen = new HashSet<>(List.of(1.0));
        for (int i = 0; i < scales.size(); i++) {
            double scale = scales.get(i);
            if (!(scale >= LEAST && scale <= MOST) || !seen.add(scale)) {
                throw new IllegalArgumentException("scales[" + i + "]: " + scale + ", expected a number from " + LEAST + " to " + MOST
                        + " that is not 1 and comes once");
            }
        }
    }

    /** All but the plain one. */
    public List<View> others() {
        List<View> others = new ArrayList<>();
        if (flip) {
            others.add(new View(true, 1));
        }
        scales.forEach(scale -> others.add(new View(false, scale)));
        return others;
    }
}
