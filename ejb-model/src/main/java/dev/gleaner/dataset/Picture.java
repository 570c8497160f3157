package dev.gleaner.dataset;

import java.nio.file.Path;

/** A file that a browser can show. */
public record Picture(Path file, String mediaType) {
}
