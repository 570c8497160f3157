package dev.gleaner.dataset;

/**
 * A source as somebody asks for it, nothing of it checked.
 *
 * @param type    the {@linkplain dev.gleaner.format.SourceFormat#label label} of a format: {@code folder}, {@code coco}, {@code voc}
 * @param path    the folder of images, the annotation file, or the folder that has the annotations
 * @param images  the folder of images; null where it is the usual one
 * @param lenient whether to leave out what cannot be used
 */
public record RequestedSource(String type, String path, String images, boolean lenient) {
}
