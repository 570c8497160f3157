package dev.gleaner.finetune;

import dev.gleaner.evaluation.DetectionFigures;
import dev.gleaner.evaluationrun.Evaluation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a few-shot family comes to: AP by dataset and seed, with mean and deviation over the seeds.
 *
 * @param rows one for each dataset, in the order of the family
 */
public record FewShotSummary(List<Row> rows) {

    /** A dataset, and one run for each seed. */
    public record Row(long dataset, List<Run> runs) {

        /** Over the seeds that have come to a figure. */
        public Optional<Spread> ap() {
            return Spread.of(runs.stream().flatMap(run -> run.ap().stream()));
        }
    }

    /** A fine-tune, and the evaluation of its result once there is one. */
    public record Run(FineTune fineTune, Optional<Evaluation> after) {

        /** Empty until it is evaluated, and where there was nothing to find. */
        public Optional<Double> ap() {
            return after.flatMap(Evaluation::figures).map(figures -> figures.all().ap()).filter(ap -> ap != DetectionFigures.UNDEFINED);
        }
    }

    /**
     * A mean and its spread.
     *
     * @param deviation the sample's standard deviation, with n - 1; 0 of a single figure
     * @param of        how many figures there are
     */
    public record Spread(double mean, double deviation, int of) {

        static Optional<Spread> of(Stream<Double> figures) {
            double[] values = figures.mapToDouble(Double::doubleValue).toArray();
            if (values.length == 0) {
                return Optional.empty();
            }
            double sum = 0;
            for (double value : values) {
                sum += value;
            }
            double mean = sum / values.length;
            double squares = 0;
            for (double value : values) {
                squares += (value - mean) * (value - mean);
            }
            return Optional.of(new Spread(mean, values.length == 1 ? 0 : Math.sqrt(squares / (values.length - 1)), values.length));
        }
    }

    /** Of the mean AP over all datasets: one figure for each seed, of which every dataset must have come to one. */
    public Optional<Spread> ap() {
        int seeds = rows.stream().mapToInt(row -> row.runs().size()).min().orElse(0);
        return Spread.of(Stream.iterate(0, seed -> seed + 1).limit(seeds).flatMap(seed -> {
            List<Double> aps = rows.stream().flatMap(row -> row.runs().get(seed).ap().stream()).toList();
            return aps.size() < rows.size() ? Stream.empty() : Stream.of(aps.stream().collect(Collectors.averagingDouble(ap -> ap)));
        }));
    }
}
