package dev.gleaner.glip.train;

import dev.gleaner.glip.Box;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Cuts a random part out of an image. Our reading: the official code has a random crop and settings for it, but leaves it out of its
 * training pipeline; sides, aspect and tries are as there, what happens to boxes is ours.
 *
 * <p>A part is taken only if every box keeps at least {@code minVisible} of its area or vanishes whole, and one box at least stays
 * where there are any: so no piece of a thing is shown without a box. Where several tries find no such part, the image stays whole.
 *
 * @param probability that a crop is tried
 * @param minSide     least side of the part, as a share of the image's
 * @param minVisible  least share of a box's area that must stay, if any of it does
 */
public record RandomCrop(double probability, double minSide, double minVisible) {

    /** Never crops. */
    public static final RandomCrop NONE = new RandomCrop(0, 1, 1);

    private static final int TRIES = 50;
    /** Larger side by smaller side of a part. */
    private static final double LARGEST_ASPECT = 2;

    /** A part of an image in whole pixels. */
    record Window(int left, int top, int width, int height) {

        /** What of a box lies in this part, in its own coordinates; empty, with a width or height of 0 or less, if nothing does. */
        Box clip(Box box) {
            double x1 = Math.max(box.x() - left, 0);
            double y1 = Math.max(box.y() - top, 0);
            double x2 = Math.min(box.x() + box.width() - left, width);
            double y2 = Math.min(box.y() + box.height() - top, height);
            return Box.xywh(x1, y1, x2 - x1, y2 - y1);
        }

        boolean touches(Box box) {
            return box.intersection(Box.xywh(left, top, width, height)) > 0;
        }
    }

    public RandomCrop {
        Augmentation.requireShare("crop.probability", probability);
        Augmentation.requireShare("crop.minSide", minSide);
        Augmentation.requireShare("crop.minVisible", minVisible);
    }

    /** Draws a part of an image, or none. */
    Optional<Window> draw(int width, int height, List<TargetBox> boxes, RandomGenerator random) {
        if (random.nextDouble() >= probability) {
            return Optional.empty();
        }
        for (int i = 0; i < TRIES; i++) {
            int w = side(width, random);
            int h = side(height, random);
            Window window = new Window(random.nextInt(width - w + 1), random.nextInt(height - h + 1), w, h);
            if (Math.max(w, h) <= LARGEST_ASPECT * Math.min(w, h) && keepsThingsWhole(window, boxes)) {
                return Optional.of(window);
            }
        }
        return Optional.empty();
    }

    private int side(int whole, RandomGenerator random) {
        return Math.max(1, (int) (whole * (minSide + (1 - minSide) * random.nextDouble())));
    }

    private boolean keepsThingsWhole(Window window, List<TargetBox> boxes) {
        boolean keepsOne = boxes.isEmpty();
        for (TargetBox target : boxes) {
            if (window.touches(target.box())) {
                Box visible = window.clip(target.box());
                if (visible.area() < minVisible * target.box().area() || Augmentation.isFlat(visible)) {
                    return false;
                }
                keepsOne = true;
            }
        }
        return keepsOne;
    }
}
