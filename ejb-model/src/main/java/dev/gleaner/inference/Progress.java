package dev.gleaner.inference;

import dev.gleaner.job.LeasedRun;
import java.time.Instant;

/**
 * How far a run over images has come.
 *
 * @param done            images the run has finished with, quarantined ones among them
 * @param total           images to take through the model
 * @param quarantined     images that could not be taken through it
 * @param imagesPerSecond over the last minute of work; null before the first chunk
 * @param eta             when it will end at this speed; null unless it is running and its speed is known
 */
public record Progress(LeasedRun.Status status, int done, int total, int quarantined, Double imagesPerSecond, Instant eta) {
}
