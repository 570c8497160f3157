package dev.gleaner.format;

import dev.gleaner.glip.Box;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An image with its boxes, to be written.
 *
 * @param fileName with forward slashes
 * @param size     upright, in pixels
 * @param address  where others find it, if that is not a file they get
 */
public record LabeledImage(long id, String fileName, PixelSize size, List<LabeledBox> boxes, Optional<String> address) {

    /**
     * One of its boxes.
     *
     * @param category the category's name, one of those that the writer was made with
     * @param box      in pixels of the upright image
     * @param crowd    COCO's {@code iscrowd}
     * @param proposed whether a model proposed it and nobody decided about it
     * @param score    of a box that a model made
     */
    public record LabeledBox(long id, String category, Box box, boolean crowd, boolean proposed, OptionalDouble score) {
    }

    public LabeledImage {
        boxes = List.copyOf(boxes);
    }

    /** One that is a file. */
    public LabeledImage(long id, String fileName, PixelSize size, List<LabeledBox> boxes) {
        this(id, fileName, size, boxes, Optional.empty());
    }
}
