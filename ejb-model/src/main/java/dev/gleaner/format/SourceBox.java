package dev.gleaner.format;

import dev.gleaner.glip.Box;

/**
 * A box as the source gives it.
 *
 * @param id         how the source tells it from others: COCO's annotation id, VOC's object number within its file
 * @param imageId    a {@link SourceImage#id()}, possibly of an image that comes later or never
 * @param categoryId a {@link SourceCategory#id()}, the same
 * @param box        four finite numbers in the pixels that the source counts in, which may be those of the stored file
 * @param crowd      COCO's {@code iscrowd}
 */
public record SourceBox(String id, String imageId, String categoryId, Box box, boolean crowd) implements SourceItem {
}
