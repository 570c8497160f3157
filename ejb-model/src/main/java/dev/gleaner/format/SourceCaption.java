package dev.gleaner.format;

/**
 * A sentence about an image. Of several for one image the first counts.
 *
 * @param fileName of the image, a {@link SourceImage#fileName()}, possibly of one that comes later or never
 */
public record SourceCaption(String fileName, String caption) implements SourceItem {

    /** How many characters a caption may have. */
    public static final int MAX_LENGTH = 1000;
}
