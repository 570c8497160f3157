package dev.gleaner.glip.head;

import java.util.Comparator;

/**
 * A box on its way from the head to a detection, with inclusive corners in pixels: {@code width = x2 - x1 + 1}.
 *
 * @param label index of the label within the text it was scored against, from 0
 * @param score in [0, 1]
 */
public record ScoredBox(float x1, float y1, float x2, float y2, int label, float score) {

    /** Best first; equal scores keep their order. */
    public static final Comparator<ScoredBox> BEST_FIRST = Comparator.comparingDouble(ScoredBox::score).reversed();

    /** Intersection over union with inclusive pixels, as the official GPU kernel counts it. */
    public float iou(ScoredBox other) {
        float width = Math.max(Math.min(x2, other.x2) - Math.max(x1, other.x1) + 1, 0f);
        float height = Math.max(Math.min(y2, other.y2) - Math.max(y1, other.y1) + 1, 0f);
        float intersection = width * height;
        return intersection / (area() + other.area() - intersection);
    }

    private float area() {
        return (x2 - x1 + 1) * (y2 - y1 + 1);
    }

    /** This box cut to an image of the given size in pixels. */
    public ScoredBox clip(int width, int height) {
        return new ScoredBox(within(x1, width), within(y1, height), within(x2, width), within(y2, height), label, score);
    }

    private static float within(float value, int size) {
        return Math.max(0f, Math.min(value, size - 1f));
    }

    /** This box under another label. */
    public ScoredBox relabel(int newLabel) {
        return new ScoredBox(x1, y1, x2, y2, newLabel, score);
    }

    /** This box in a frame scaled by the given factors. */
    public ScoredBox scale(float horizontal, float vertical) {
        return new ScoredBox(x1 * horizontal, y1 * vertical, x2 * horizontal, y2 * vertical, label, score);
    }
}
