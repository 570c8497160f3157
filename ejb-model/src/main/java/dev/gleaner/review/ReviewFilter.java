package dev.gleaner.review;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.evaluation.AreaRange;
import java.util.List;

/**
 * Which proposals a queue asks about. What is null or empty lets all through.
 *
 * @param categories   their ids
 * @param least        lowest score
 * @param most         highest score
 * @param sizes        COCO's, by area
 * @param modelVersion that proposed them
 * @param run          labeling run that proposed them
 * @param round        training round whose model proposed them; its model is in {@code modelVersion}
 */
public record ReviewFilter(List<Long> categories, Double least, Double most, List<AreaRange> sizes, Long modelVersion, Long run, Long round) {

    public static final ReviewFilter ALL = new ReviewFilter(null, null, null, null, null, null, null);

    public ReviewFilter {
        categories = categories == null ? List.of() : List.copyOf(categories);
        sizes = sizes == null ? List.of() : List.copyOf(sizes);
    }

    /** Whether somebody has to decide about it. */
    boolean asksFor(Annotation box) {
        return box.status() == Annotation.Status.PROPOSED
                && (categories.isEmpty() || categories.contains(box.categoryId()))
                && (least == null || box.score().orElse(0.0) >= least) && (most == null || box.score().orElse(1.0) <= most)
                && (sizes.isEmpty() || sizes.stream().anyMatch(size -> size.contains(box.box().area())))
                && (modelVersion == null || box.modelVersionId().filter(modelVersion::equals).isPresent())
                && (run == null || box.labelingRunId().filter(run::equals).isPresent());
    }

    boolean hasCategory(long category) {
        return categories.isEmpty() || categories.contains(category);
    }
}
