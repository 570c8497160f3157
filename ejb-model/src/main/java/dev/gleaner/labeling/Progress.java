package dev.gleaner.labeling;

import java.time.Instant;

/**
 * How far a labeling run has come.
 *
 * @param done            images the run has finished with, quarantined ones among them
 * @param total           images of the dataset
 * @param quarantined     images that could not be labeled
 * @param imagesPerSecond over the last minute of work; null before the first chunk
 * @param eta             when it will end at this speed; null unless it is running and its speed is known
 */
public record Progress(LabelingRun.Status status, int done, int total, int quarantined, Double imagesPerSecond, Instant eta) {
}
