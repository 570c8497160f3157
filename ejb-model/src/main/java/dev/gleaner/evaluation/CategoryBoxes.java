package dev.gleaner.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What there is and what was found of one category, over all images.
 *
 * @param images by their ids; they hold every image of the boxes
 */
record CategoryBoxes(TruthCategory category, Map<Long, TruthImage> images, List<TruthBox> truths, List<DetectedBox> detections) {

    private static final Comparator<TruthBox> TRUTHS_BY_IMAGE = Comparator.comparingLong(TruthBox::imageId);
    private static final Comparator<DetectedBox> DETECTIONS_BY_IMAGE =
            Comparator.comparingLong(DetectedBox::imageId).thenComparing(DetectedBox.BEST_FIRST);

    /**
     * Each listed category in the order of ids, with its boxes in the order given.
     *
     * @throws IllegalArgumentException if a detection is of an image that is not listed
     */
    static Collection<CategoryBoxes> of(GroundTruth truth, Collection<DetectedBox> detections) {
        Map<Long, TruthImage> images = new HashMap<>();
        truth.images().forEach(image -> images.put(image.id(), image));
        Map<Long, CategoryBoxes> categories = new TreeMap<>();
        truth.categories().forEach(c -> categories.put(c.id(), new CategoryBoxes(c, images, new ArrayList<>(), new ArrayList<>())));
        for (TruthBox box : truth.boxes()) {
            CategoryBoxes category = categories.get(box.categoryId());
            if (category != null && images.containsKey(box.imageId())) {
                category.truths.add(box);
            }
        }
        for (DetectedBox box : detections) {
            if (!images.containsKey(box.imageId())) {
                throw new IllegalArgumentException("image of a detection is " + box.imageId()
                        + "; expected one of the " + images.size() + " images of the ground truth");
            }
            CategoryBoxes category = categories.get(box.categoryId());
            if (category != null) {
                category.detections.add(box);
            }
        }
        return categories.values();
    }

    /** With the best detections of all images together, which is what LVIS's fixed AP compares. */
    CategoryBoxes best(int count) {
        return new CategoryBoxes(category, images, truths,
                detections.stream().sorted(DetectedBox.BEST_FIRST).limit(count).toList());
    }

    /** The images that judge this category and have boxes of it, in the order of ids. */
    List<ImageBoxes> byImage(Protocol protocol) {
        List<TruthBox> there = truths.stream().sorted(TRUTHS_BY_IMAGE).toList();
        List<DetectedBox> found = detections.stream().sorted(DETECTIONS_BY_IMAGE).toList();
        List<ImageBoxes> judged = new ArrayList<>();
        int t = 0;
        int d = 0;
        while (t < there.size() || d < found.size()) {
            long id = Math.min(t < there.size() ? there.get(t).imageId() : Long.MAX_VALUE,
                    d < found.size() ? found.get(d).imageId() : Long.MAX_VALUE);
            int firstThere = t;
            while (t < there.size() && there.get(t).imageId() == id) {
                t++;
            }
            int firstFound = d;
            while (d < found.size() && found.get(d).imageId() == id) {
                d++;
            }
            TruthImage image = images.get(id);
            if (t > firstThere || protocol.judgesWithoutTruth(image, category.id())) {
                int counted = Math.min(d - firstFound, protocol.detectionsPerImage());
                judged.add(new ImageBoxes(image, there.subList(firstThere, t), found.subList(firstFound, firstFound + counted)));
            }
        }
        return judged;
    }
}
