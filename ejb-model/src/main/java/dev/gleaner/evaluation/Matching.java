package dev.gleaner.evaluation;

/**
 * Which detections meet which truths, of one category in one image: the best detection chooses first, each takes the free
 * truth it overlaps most, and an ignored one only when no other overlaps enough.
 */
final class Matching {

    static final int NONE = -1;

    private final ImageBoxes boxes;
    private final Protocol protocol;
    private final boolean[] crowd;
    private final double[][] overlaps; // [detections][truths]

    Matching(ImageBoxes boxes, Protocol protocol) {
        this.boxes = boxes;
        this.protocol = protocol;
        int truths = boxes.truths().size();
        crowd = new boolean[truths];
        overlaps = new double[boxes.detections().size()][truths];
        for (int t = 0; t < truths; t++) {
            crowd[t] = protocol.isCrowd(boxes.truths().get(t));
            for (int d = 0; d < overlaps.length; d++) {
                overlaps[d][t] = overlap(boxes.detections().get(d), boxes.truths().get(t), crowd[t]);
            }
        }
    }

    /** Within a crowd no detection can cover all of it: there it is measured how much of the detection lies in it. */
    private static double overlap(DetectedBox detection, TruthBox truth, boolean crowd) {
        if (!crowd) {
            return detection.box().iou(truth.box());
        }
        double intersection = detection.box().intersection(truth.box());
        return intersection == 0 ? 0 : intersection / detection.box().area();
    }

    /** For each truth, whether it is ignored, by itself or because it is of another size. */
    boolean[] ignored(AreaRange range) {
        boolean[] ignored = new boolean[crowd.length];
        for (int t = 0; t < ignored.length; t++) {
            TruthBox truth = boxes.truths().get(t);
            ignored[t] = protocol.isIgnored(truth) || !range.contains(truth.area());
        }
        return ignored;
    }

    /**
     * For each detection the truth it meets, or {@link #NONE}.
     *
     * @param iou the least overlap
     */
    int[] at(double iou, boolean[] ignored) {
        int[] met = new int[overlaps.length];
        boolean[] taken = new boolean[crowd.length];
        // An overlap of exactly 1 must do at 1, whatever rounding made of it.
        double least = Math.min(iou, 1 - 1e-10);
        for (int d = 0; d < met.length; d++) {
            met[d] = choose(overlaps[d], least, taken, ignored, false);
            if (met[d] == NONE) {
                met[d] = choose(overlaps[d], least, taken, ignored, true);
            }
            if (met[d] != NONE) {
                taken[met[d]] = true;
            }
        }
        return met;
    }

    /** The truth overlapped most, among equals the last, of those ignored or of the others. */
    private int choose(double[] overlaps, double least, boolean[] taken, boolean[] ignored, boolean amongIgnored) {
        int chosen = NONE;
        double most = least;
        for (int t = 0; t < overlaps.length; t++) {
            if (ignored[t] == amongIgnored && overlaps[t] >= most && (!taken[t] || crowd[t])) {
                chosen = t;
                most = overlaps[t];
            }
        }
        return chosen;
    }

    /** The overlap of a detection with a truth, by their places. */
    double overlap(int detection, int truth) {
        return overlaps[detection][truth];
    }
}
