package dev.gleaner.glip.train;

import java.util.Arrays;
import java.util.List;

/**
 * Decides which anchors are to find which box: adaptive training sample selection (ATSS, Zhang et al. 2020, algorithm 1).
 *
 * <p>For each box the {@value #CANDIDATES} anchors of each level whose centres are nearest to its own are candidates. Those
 * become positive whose overlap is at least the mean of the candidates' overlaps plus their standard deviation (of a sample)
 * and whose centre lies inside the box. An anchor that several boxes want goes to the one it overlaps most. Boxes and anchors
 * are {@code x1, y1, x2, y2} with inclusive corners. Among equally near anchors the one of the lower index is the candidate,
 * where the official code leaves the choice to the sorting algorithm.
 */
final class AtssMatcher {

    /** Candidates a level has for each box. */
    static final int CANDIDATES = 9;
    /** What an anchor belongs to that no box wants. */
    static final int BACKGROUND = -1;

    private static final float LEAST_INSIDE = 0.01f;

    private AtssMatcher() {
    }

    /**
     * @param levels for each pyramid level its anchors, four numbers each
     * @param boxes  four numbers each
     * @return for each anchor of all levels, one level after the other, the index of its box or {@link #BACKGROUND}
     */
    static int[] match(List<float[]> levels, float[] boxes) {
        float[] anchors = concatenate(levels);
        int[] matched = new int[anchors.length / 4];
        float[] best = new float[matched.length];
        Arrays.fill(matched, BACKGROUND);
        for (int box = 0; box < boxes.length / 4; box++) {
            int[] candidates = candidates(levels, boxes, box);
            float[] overlaps = new float[candidates.length];
            for (int i = 0; i < candidates.length; i++) {
                overlaps[i] = overlap(anchors, candidates[i], boxes, box);
            }
            float least = threshold(overlaps);
            for (int i = 0; i < candidates.length; i++) {
                int anchor = candidates[i];
                if (overlaps[i] >= least && inside(anchors, anchor, boxes, box)
                        && (matched[anchor] == BACKGROUND || overlaps[i] > best[anchor])) {
                    matched[anchor] = box;
                    best[anchor] = overlaps[i];
                }
            }
        }
        return matched;
    }

    private static float[] concatenate(List<float[]> levels) {
        float[] all = new float[levels.stream().mapToInt(level -> level.length).sum()];
        int start = 0;
        for (float[] level : levels) {
            System.arraycopy(level, 0, all, start, level.length);
            start += level.length;
        }
        return all;
    }

    /** Indices, over all levels, of the anchors nearest to the box. */
    private static int[] candidates(List<float[]> levels, float[] boxes, int box) {
        int[] candidates = new int[levels.stream().mapToInt(level -> Math.min(CANDIDATES, level.length / 4)).sum()];
        int filled = 0;
        int start = 0;
        for (float[] level : levels) {
            int wanted = Math.min(CANDIDATES, level.length / 4);
            // An insertion sort of the nearest so far: nearly every anchor is refused at its first comparison.
            float[] distances = new float[wanted];
            Arrays.fill(distances, Float.POSITIVE_INFINITY);
            for (int anchor = 0; anchor < level.length / 4; anchor++) {
                float distance = distance(level, anchor, boxes, box);
                int place = wanted;
                while (place > 0 && distance < distances[place - 1]) {
                    place--;
                    if (place + 1 < wanted) {
                        distances[place + 1] = distances[place];
                        candidates[filled + place + 1] = candidates[filled + place];
                    }
                }
                if (place < wanted) {
                    distances[place] = distance;
                    candidates[filled + place] = start + anchor;
                }
            }
            filled += wanted;
            start += level.length / 4;
        }
        return candidates;
    }

    private static float distance(float[] anchors, int anchor, float[] boxes, int box) {
        float across = centre(anchors, anchor, 0) - centre(boxes, box, 0);
        float down = centre(anchors, anchor, 1) - centre(boxes, box, 1);
        return (float) Math.sqrt(across * across + down * down);
    }

    private static float centre(float[] boxes, int box, int axis) {
        return (boxes[4 * box + 2 + axis] + boxes[4 * box + axis]) / 2;
    }

    private static float overlap(float[] anchors, int anchor, float[] boxes, int box) {
        float width = shared(anchors, anchor, boxes, box, 0);
        float height = shared(anchors, anchor, boxes, box, 1);
        float both = width * height;
        return both / (area(anchors, anchor) + area(boxes, box) - both);
    }

    private static float shared(float[] anchors, int anchor, float[] boxes, int box, int axis) {
        return Math.max(0, Math.min(anchors[4 * anchor + 2 + axis], boxes[4 * box + 2 + axis])
                - Math.max(anchors[4 * anchor + axis], boxes[4 * box + axis]) + 1);
    }

    private static float area(float[] boxes, int box) {
        return (boxes[4 * box + 2] - boxes[4 * box] + 1) * (boxes[4 * box + 3] - boxes[4 * box + 1] + 1);
    }

    private static float threshold(float[] overlaps) {
        double mean = 0;
        for (float overlap : overlaps) {
            mean += overlap / (double) overlaps.length;
        }
        double squares = 0;
        for (float overlap : overlaps) {
            squares += (overlap - mean) * (overlap - mean);
        }
        return (float) mean + (float) Math.sqrt(squares / (overlaps.length - 1));
    }

    private static boolean inside(float[] anchors, int anchor, float[] boxes, int box) {
        for (int axis = 0; axis < 2; axis++) {
            float centre = centre(anchors, anchor, axis);
            if (!(centre - boxes[4 * box + axis] > LEAST_INSIDE && boxes[4 * box + 2 + axis] - centre > LEAST_INSIDE)) {
                return false;
            }
        }
        return true;
    }
}
