package dev.gleaner.format;

/** A category as the source defines it. Ids are text: those of real COCO files are sparse, huge, or no numbers at all. */
public record SourceCategory(String id, String name) implements SourceItem {
}
