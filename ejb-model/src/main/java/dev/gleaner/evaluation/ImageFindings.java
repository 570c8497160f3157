package dev.gleaner.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was right and wrong in one image: the examples behind the figures, to be looked at. Ignored truths, and detections
 * that met them, are in none of the lists.
 *
 * @param found          best first
 * @param missed         by category, in the order of the ground truth
 * @param falsePositives best first
 */
public record ImageFindings(long imageId, List<Found> found, List<TruthBox> missed, List<DetectedBox> falsePositives) {

    /** @param iou how much the two overlap */
    public record Found(DetectedBox detection, TruthBox truth, double iou) {
    }

    /**
     * The images in which anything was found, missed or made up, in the order of ids. Detections meet truths as for
     * {@link DetectionEvaluation}.
     *
     * @param iou      the least overlap of a detection with its truth, in (0, 1]
     * @param minScore detections below it are left out
     * @throws IllegalArgumentException if a detection is of an image that is not listed, or {@code iou} is out of its range
     */
    public static List<ImageFindings> of(Protocol protocol, GroundTruth truth, Collection<DetectedBox> detections,
            double iou, double minScore) {
        if (!(iou > 0 && iou <= 1)) {
            throw new IllegalArgumentException("IoU is " + iou + "; expected above 0 and up to 1");
        }
        List<DetectedBox> shown = detections.stream().filter(d -> d.score() >= minScore).toList();
        Map<Long, ImageFindings> images = new TreeMap<>();
        for (CategoryBoxes category : CategoryBoxes.of(truth, shown)) {
            for (ImageBoxes boxes : category.byImage(protocol)) {
                images.computeIfAbsent(boxes.image().id(),
                                id -> new ImageFindings(id, new ArrayList<>(), new ArrayList<>(), new ArrayList<>()))
                        .add(boxes, protocol, iou);
            }
        }
        return images.values().stream().filter(image -> !image.isEmpty()).map(ImageFindings::inOrder).toList();
    }

    private void add(ImageBoxes boxes, Protocol protocol, double least) {
        Matching matching = new Matching(boxes, protocol);
        boolean[] ignored = matching.ignored(AreaRange.ALL);
        boolean[] met = new boolean[ignored.length];
        int[] truths = matching.at(least, ignored);
        for (int d = 0; d < truths.length; d++) {
            DetectedBox detection = boxes.detections().get(d);
            int t = truths[d];
            if (t == Matching.NONE) {
                if (!protocol.forgivesUnmatched(boxes.image(), detection.categoryId())) {
                    falsePositives.add(detection);
                }
            } else if (!ignored[t]) {
                met[t] = true;
                found.add(new Found(detection, boxes.truths().get(t), matching.overlap(d, t)));
            }
        }
        for (int t = 0; t < met.length; t++) {
            if (!met[t] && !ignored[t]) {
                missed.add(boxes.truths().get(t));
            }
        }
    }

    private boolean isEmpty() {
        return found.isEmpty() && missed.isEmpty() && falsePositives.isEmpty();
    }

    private ImageFindings inOrder() {
        return new ImageFindings(imageId,
                found.stream().sorted(Comparator.comparing(Found::detection, DetectedBox.BEST_FIRST)).toList(),
                List.copyOf(missed),
                falsePositives.stream().sorted(DetectedBox.BEST_FIRST).toList());
    }
}
