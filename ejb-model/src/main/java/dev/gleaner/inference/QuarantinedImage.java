package dev.gleaner.inference;

import java.time.Instant;

/** An image that a run could not take through its model, and why. */
public record QuarantinedImage(long imageId, String fileName, String reason, Instant at) {
}
