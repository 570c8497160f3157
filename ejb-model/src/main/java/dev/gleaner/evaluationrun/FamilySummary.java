package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.DetectionFigures;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a family's evaluations come to together.
 *
 * @param rows one for each, in the order of the datasets
 */
public record FamilySummary(EvaluationFamily family, List<Row> rows) {

    /** An evaluation and the name of its dataset. */
    public record Row(Evaluation evaluation, String dataset) {

        /** Empty until it is completed, and where there was nothing to find. */
        public Optional<Double> ap() {
            return evaluation.figures().map(figures -> figures.all().ap()).filter(ap -> ap != DetectionFigures.UNDEFINED);
        }
    }

    /**
     * A mean and a median.
     *
     * @param of how many figures there are
     */
    public record Average(double mean, double median, int of) {

        static Optional<Average> of(Stream<Double> figures) {
            double[] sorted = figures.mapToDouble(Double::doubleValue).sorted().toArray();
            if (sorted.length == 0) {
                return Optional.empty();
            }
            int middle = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
            double sum = 0;
            for (double figure : sorted) {
                sum += figure;
            }
            return Optional.of(new Average(sum / sorted.length, median, sorted.length));
        }
    }

    /** Of the evaluations that have come to a figure. */
    public Optional<Average> ap() {
        return Average.of(rows.stream().flatMap(row -> row.ap().stream()));
    }

    /** Of the supervised figures that were entered. */
    public Optional<Average> supervisedAp() {
        return Average.of(rows.stream().flatMap(row -> row.evaluation().supervisedAp().stream()));
    }
}
