package dev.gleaner.evaluation;

import dev.gleaner.evaluation.TruthCategory.Frequency;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How well detections find what is there, in the figures of the standard tools (pycocotools' {@code COCOeval} for boxes, and
 * LVIS's evaluation).
 *
 * <p>Detections of one score keep the order they are given in within an image, and the order of image ids between images.
 * The figures differ from the standard tools' in one point: they take a detection that meets the annotation with id 0 for a
 * false one.
 *
 * @param categories in the order of ids
 */
public record DetectionEvaluation(List<CategoryResult> categories) {

    /**
     * A category's row.
     *
     * @param truths     how many there are to find
     * @param detections how many count, right or wrong or neither
     * @param curve of objects of all sizes, with as many detections as the protocol lets count
     */
    public record CategoryResult(TruthCategory category, int truths, int detections, DetectionFigures figures, PrecisionRecall curve) {
    }

    public DetectionEvaluation {
        categories = List.copyOf(categories);
    }

    /**
     * By COCO's rules. Detections of categories that are not listed are left out.
     *
     * @throws IllegalArgumentException if a detection is of an image that is not listed
     */
    public static DetectionEvaluation coco(GroundTruth truth, Collection<DetectedBox> detections) {
        return evaluate(Protocol.COCO, truth, detections, UnaryOperator.identity());
    }

    /**
     * By LVIS's rules with fixed AP: no limit of detections per image, but one per category over all images (Dave et al.,
     * "Evaluating Large-Vocabulary Object Detectors: The Devil is in the Details"). Detections of categories that are not
     * listed are left out.
     *
     * @param perCategory how many detections of a category count, the best ones; the official value is 10,000
     * @throws IllegalArgumentException if a detection is of an image that is not listed, or {@code perCategory} is below 1
     */
    public static DetectionEvaluation lvis(GroundTruth truth, Collection<DetectedBox> detections, int perCategory) {
        if (perCategory < 1) {
            throw new IllegalArgumentException("detections per category are " + perCategory + "; expected 1 or more");
        }
        return evaluate(Protocol.LVIS, truth, detections, category -> category.best(perCategory));
    }

    /** By the rules of a protocol, with as many detections of each category as its official evaluation has. */
    public static DetectionEvaluation of(Protocol protocol, GroundTruth truth, Collection<DetectedBox> detections) {
        return evaluate(protocol, truth, detections, protocol::counted);
    }

    private static DetectionEvaluation evaluate(Protocol protocol, GroundTruth truth, Collection<DetectedBox> detections,
            UnaryOperator<CategoryBoxes> selection) {
        return new DetectionEvaluation(CategoryBoxes.of(truth, detections).parallelStream()
                .map(category -> result(selection.apply(category), protocol)).toList());
    }

    private static CategoryResult result(CategoryBoxes category, Protocol protocol) {
        CategoryMatches matches = new CategoryMatches(category, protocol);
        PrecisionRecall all = matches.curve(AreaRange.ALL, Integer.MAX_VALUE);
        return new CategoryResult(category.category(), matches.truths(), matches.detections(), DetectionFigures.of(matches, all), all);
    }

    /** The means over all categories. */
    public DetectionFigures figures() {
        return DetectionFigures.mean(categories.stream().map(CategoryResult::figures).toList());
    }

    /** The means over the categories of one of LVIS's groups: {@code figures(RARE).ap()} is APr. */
    public DetectionFigures figures(Frequency frequency) {
        return DetectionFigures.mean(categories.stream()
                .filter(result -> result.category().frequency().equals(Optional.of(frequency)))
                .map(CategoryResult::figures).toList());
    }
}
