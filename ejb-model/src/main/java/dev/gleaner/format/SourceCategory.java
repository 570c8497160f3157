package dev.gleaner.format;

import java.util.Optional;

/**
 * A category as the source defines it. Ids are text: those of real COCO files are sparse, huge, or no numbers at all.
 *
 * @param frequency in how many training images LVIS shows it: {@code r} up to 10, {@code c} up to 100, {@code f} more; empty outside LVIS
 */
public record SourceCategory(String id, String name, Optional<String> frequency) implements SourceItem {

    /** How many characters ids and names of categories may have. */
    static final int MAX_LENGTH = 200;

    /** A category of no known frequency. */
    public SourceCategory(String id, String name) {
        this(id, name, Optional.empty());
    }

    static boolean isName(String name) {
        return name != null && !name.isBlank() && name.length() <= MAX_LENGTH;
    }
}
