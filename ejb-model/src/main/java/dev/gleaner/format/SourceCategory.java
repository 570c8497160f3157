package dev.gleaner.format;

/** A category as the source defines it. Ids are text: those of real COCO files are sparse, huge, or no numbers at all. */
public record SourceCategory(String id, String name) implements SourceItem {

    /** How many characters ids and names of categories may have. */
    static final int MAX_LENGTH = 200;

    static boolean isName(String name) {
        return name != null && !name.isBlank() && name.length() <= MAX_LENGTH;
    }
}
