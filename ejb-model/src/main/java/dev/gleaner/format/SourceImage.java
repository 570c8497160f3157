package dev.gleaner.format;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An image as the source names it.
 *
 * @param id       what boxes refer to it by
 * @param fileName relative to the folder of images, with forward slashes
 * @param file     the real file; empty when there is none here
 * @param address  where it is if not here; empty for a file, and for an image that is nowhere
 * @param declared the size that the annotations give it; empty when they give none
 * @param known    what its boxes tell of the categories that are not among them; empty where they tell all there is
 * @param frame    which pixels its boxes are in, where the source is known for that; empty where the declared size has to tell
 */
public record SourceImage(String id, String fileName, Optional<Path> file, Optional<RemoteAddress> address, Optional<PixelSize> declared, Optional<Known> known,
        Optional<PixelFrame> frame) implements SourceItem {

    /**
     * Of LVIS's federated annotation: an image tells something of some categories only.
     *
     * @param absent        the ids of categories known not to be there
     * @param notExhaustive the ids of categories of which only some objects have boxes
     */
    public record Known(List<String> absent, List<String> notExhaustive) {
    }

    /** One of a source that is known for nothing. */
    public SourceImage(String id, String fileName, Optional<Path> file, Optional<RemoteAddress> address, Optional<PixelSize> declared, Optional<Known> known) {
        this(id, fileName, file, address, declared, known, Optional.empty());
    }

    /** One of this machine. */
    public SourceImage(String id, String fileName, Optional<Path> file, Optional<PixelSize> declared, Optional<Known> known) {
        this(id, fileName, file, Optional.empty(), declared, known);
    }

    /** One of this machine whose boxes tell all there is. */
    public SourceImage(String id, String fileName, Optional<Path> file, Optional<PixelSize> declared) {
        this(id, fileName, file, Optional.empty(), declared, Optional.empty());
    }

    /** One whose boxes tell all there is, wherever it was found. */
    SourceImage(String id, ImageFiles.Lookup lookup, Optional<PixelSize> declared) {
        this(id, lookup.fileName(), lookup.file(), lookup.address(), declared, Optional.empty());
    }
}
