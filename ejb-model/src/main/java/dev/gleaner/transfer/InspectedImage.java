package dev.gleaner.transfer;

import dev.gleaner.format.ImageCheck;
import dev.gleaner.format.ImageInspection;

/** What became of a {@link PendingInspection}. */
public record InspectedImage(long id, ImageInspection inspection, ImageCheck check) {
}
