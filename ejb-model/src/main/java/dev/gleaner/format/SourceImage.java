package dev.gleaner.format;

import java.nio.file.Path;
import java.util.Optional;

/**
 * An image as the source names it.
 *
 * @param id       what boxes refer to it by
 * @param fileName relative to the folder of images, with forward slashes
 * @param file     the real file; empty when there is none
 * @param declared the size that the annotations give it; empty when they give none
 */
public record SourceImage(String id, String fileName, Optional<Path> file, Optional<PixelSize> declared) implements SourceItem {
}
