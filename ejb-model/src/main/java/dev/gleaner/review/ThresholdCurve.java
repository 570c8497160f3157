package dev.gleaner.review;

import dev.gleaner.round.ReviewedThresholds;
import dev.gleaner.round.ReviewedThresholds.Decision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What reviewers said of a category's proposals, by score, and which threshold follows from it.
 *
 * @param threshold that is set now; null for the default
 * @param fitted    see {@link ReviewedThresholds}; null if too few were decided
 * @param decisions how many proposals were decided
 * @param accepted  how many of them were right
 * @param points    from the highest score down
 */
public record ThresholdCurve(String category, Double threshold, Double fitted, int decisions, int accepted, List<Point> points) {

    private static final int MOST_POINTS = 200;

    /**
     * What a threshold would have let through of what was decided.
     *
     * @param kept      proposals at or above it
     * @param precision the share of them that was right
     * @param low       the lower end of that share's 95 % interval (Wilson 1927)
     * @param recall    the share of all that were right
     */
    public record Point(double threshold, int kept, double precision, double low, double recall) {
    }

    /** @param decisions of the category, at least one */
    static ThresholdCurve of(String category, Double threshold, Double fitted, List<Decision> decisions) {
        List<Decision> best = decisions.stream().sorted(Comparator.comparingDouble(Decision::score).reversed()).toList();
        int right = (int) best.stream().filter(Decision::accepted).count();
        List<Point> points = new ArrayList<>();
        int accepted = 0;
        for (int i = 0; i < best.size(); i++) {
            accepted += best.get(i).accepted() ? 1 : 0;
            if (i + 1 == best.size() || best.get(i + 1).score() < best.get(i).score()) {
                points.add(new Point(best.get(i).score(), i + 1, accepted / (i + 1.0), ReviewedThresholds.lowerEnd(accepted, i + 1),
                        right == 0 ? 0 : accepted / (double) right));
            }
        }
        return new ThresholdCurve(category, threshold, fitted, best.size(), right, thinned(points));
    }

    /** Evenly, with both ends. */
    private static List<Point> thinned(List<Point> points) {
        if (points.size() <= MOST_POINTS) {
            return points;
        }
        List<Point> some = new ArrayList<>();
        for (int i = 0; i < MOST_POINTS; i++) {
            some.add(points.get((int) Math.round(i * (points.size() - 1.0) / (MOST_POINTS - 1))));
        }
        return some;
    }
}
