package dev.gleaner.evaluation;

import java.util.List;

/**
 * What is to be found. Boxes of images or categories that are not listed are left out of every figure, as the standard
 * tools leave them out.
 */
public record GroundTruth(List<TruthImage> images, List<TruthCategory> categories, List<TruthBox> boxes) {

    public GroundTruth {
        images = List.copyOf(images);
        categories = List.copyOf(categories);
        boxes = List.copyOf(boxes);
    }
}
