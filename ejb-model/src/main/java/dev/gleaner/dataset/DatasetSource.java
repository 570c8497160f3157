package dev.gleaner.dataset;

/**
 * Where a dataset comes from.
 *
 * @param type   {@code folder}, {@code coco} or {@code voc}
 * @param path   the folder of images, the COCO JSON file, or the folder of VOC XML files
 * @param images the folder of the images that the annotations name; null for {@code folder}
 */
public record DatasetSource(String type, String path, String images) {
}
