package dev.gleaner.round;

import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.evaluation.TruthCategory;
import dev.gleaner.evaluation.TruthImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether there is enough held-out gold to decide by. The interval of the difference is found by drawing images: of a single one every sample is the
 * same, so that any gain lies beyond doubt; and a few may all have gained by chance, of n images once in 2^n times though nothing got better.
 *
 * @param images with a box to be found
 */
record EnoughGold(int images) {

    static final int FEWEST = 10;

    static EnoughGold of(GroundTruth truth) {
        Set<Long> images = truth.images().stream().map(TruthImage::id).collect(Collectors.toSet());
        Set<Long> categories = truth.categories().stream().map(TruthCategory::id).collect(Collectors.toSet());
        return new EnoughGold((int) truth.boxes().stream().filter(box -> !box.crowd() && !box.ignored() && images.contains(box.imageId())
                && categories.contains(box.categoryId())).map(TruthBox::imageId).distinct().count());
    }

    /** Without any there are no figures at all. */
    boolean isAny() {
        return images > 0;
    }

    /** What was decided by the figures, and what the number of images says to it. */
    Gate.Decision applied(Gate.Decision decision) {
        if (images >= FEWEST) {
            return decision;
        }
        // What spoke for the candidate does not belong among what speaks against it.
        List<String> reasons = new ArrayList<>(decision.promoted() ? List.of() : decision.reasons());
        reasons.add("the held-out gold is %d %s with boxes to be found, expected at least %d: by fewer nobody can tell a better model from a lucky one"
                .formatted(images, images == 1 ? "image" : "images", FEWEST));
        return new Gate.Decision(false, reasons);
    }
}
