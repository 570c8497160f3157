package dev.gleaner.format;

import dev.gleaner.glip.Box;
import java.util.Optional;

/**
 * A box as the source gives it.
 *
 * @param id         how the source tells it from others: COCO's annotation id; or what it is and its number within its file, as
 *                   {@code object 3}
 * @param imageId    a {@link SourceImage#id()}, possibly of an image that comes later or never
 * @param categoryId a {@link SourceCategory#id()}, the same
 * @param box        four finite numbers in the pixels that the source counts in, which may be those of the stored file; in
 *                   fractions of the image where {@code relative} is there
 * @param crowd      COCO's {@code iscrowd}
 * @param relative   the box exactly, where the source gives it in fractions of its image
 */
public record SourceBox(String id, String imageId, String categoryId, Box box, boolean crowd, Optional<RelativeBox> relative)
        implements SourceItem {

    /** A box in pixels. */
    public SourceBox(String id, String imageId, String categoryId, Box box, boolean crowd) {
        this(id, imageId, categoryId, box, crowd, Optional.empty());
    }

    /** A box in fractions of its image. */
    public SourceBox(String id, String imageId, String categoryId, RelativeBox relative, boolean crowd) {
        this(id, imageId, categoryId, relative.rounded(), crowd, Optional.of(relative));
    }

    /** How messages call a box of this id: {@code annotation 17}, {@code object 3}. */
    public static String label(String id) {
        return id.indexOf(' ') > 0 ? id : "annotation " + id;
    }
}
