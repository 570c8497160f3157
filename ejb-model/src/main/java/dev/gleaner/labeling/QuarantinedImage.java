package dev.gleaner.labeling;

import java.time.Instant;

/** An image that a run could not label, and why. */
public record QuarantinedImage(long imageId, String fileName, String reason, Instant at) {
}
