package dev.gleaner.format;

/**
 * An annotation file that was read.
 *
 * @param name   relative to the annotation folder; empty for the only document of a source
 * @param sha256 of its bytes, 64 lower-case hexadecimal digits
 */
public record SourceDocument(String name, String sha256) implements SourceItem {
}
