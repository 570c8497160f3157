package dev.gleaner.evaluation;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * COCO's figures of a category, or their means over categories. Each is in [0, 1], or {@link #UNDEFINED} where there is
 * nothing to find.
 *
 * @param ap       average precision, mean over IoU 0.50, 0.55, ... 0.95
 * @param ap50     at IoU 0.50
 * @param ap75     at IoU 0.75
 * @param apSmall  of objects up to 32² square pixels
 * @param apMedium of objects from 32² to 96²
 * @param apLarge  of objects from 96²
 * @param ar1      highest recall, mean over the same IoUs, with the best detection of a category in each image
 * @param ar10     with the 10 best
 * @param ar       with as many as the protocol lets count: COCO 100, LVIS all
 */
public record DetectionFigures(
        double ap, double ap50, double ap75, double apSmall, double apMedium, double apLarge,
        double ar1, double ar10, double ar, double arSmall, double arMedium, double arLarge) {

    /** What the standard tools write where there is nothing to find. */
    public static final double UNDEFINED = -1;

    static DetectionFigures of(CategoryMatches matches, PrecisionRecall all) {
        PrecisionRecall small = matches.curve(AreaRange.SMALL, Integer.MAX_VALUE);
        PrecisionRecall medium = matches.curve(AreaRange.MEDIUM, Integer.MAX_VALUE);
        PrecisionRecall large = matches.curve(AreaRange.LARGE, Integer.MAX_VALUE);
        return new DetectionFigures(all.averagePrecision(), all.averagePrecision(50), all.averagePrecision(75),
                small.averagePrecision(), medium.averagePrecision(), large.averagePrecision(),
                matches.curve(AreaRange.ALL, 1).averageRecall(), matches.curve(AreaRange.ALL, 10).averageRecall(), all.averageRecall(),
                small.averageRecall(), medium.averageRecall(), large.averageRecall());
    }

    /** The mean of each figure over the categories that have it. */
    static DetectionFigures mean(List<DetectionFigures> categories) {
        return new DetectionFigures(
                mean(categories, DetectionFigures::ap), mean(categories, DetectionFigures::ap50), mean(categories, DetectionFigures::ap75),
                mean(categories, DetectionFigures::apSmall), mean(categories, DetectionFigures::apMedium), mean(categories, DetectionFigures::apLarge),
                mean(categories, DetectionFigures::ar1), mean(categories, DetectionFigures::ar10), mean(categories, DetectionFigures::ar),
                mean(categories, DetectionFigures::arSmall), mean(categories, DetectionFigures::arMedium), mean(categories, DetectionFigures::arLarge));
    }

    private static double mean(List<DetectionFigures> categories, ToDoubleFunction<DetectionFigures> figure) {
        return categories.stream().mapToDouble(figure).filter(value -> value != UNDEFINED).average().orElse(UNDEFINED);
    }
}
