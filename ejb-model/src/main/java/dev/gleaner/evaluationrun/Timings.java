package dev.gleaner.evaluationrun;

/**
 * How long the last attempt took.
 *
 * @param detectionSeconds    from the start of the attempt until every image had its detections
 * @param accumulationSeconds from the detections to the figures
 */
public record Timings(double detectionSeconds, double accumulationSeconds) {
}
