package dev.gleaner.dataset;

/**
 * A source as somebody asks for it, nothing of it checked.
 *
 * @param type    {@code folder}, {@code coco} or {@code voc}
 * @param path    the folder of images, the COCO file, or the folder of VOC files or the one above it
 * @param images  the folder of images; null where it is the usual one
 * @param lenient whether to leave out what cannot be used
 */
public record RequestedSource(String type, String path, String images, boolean lenient) {
}
