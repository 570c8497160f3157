package dev.gleaner.transfer;

/** Decodes images and compares them with what their source says. Touches no database; may be called from any thread. */
@FunctionalInterface
public interface ImageInspector {

    InspectedImage inspect(PendingInspection image);
}
