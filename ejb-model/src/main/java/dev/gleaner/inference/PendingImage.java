package dev.gleaner.inference;

import dev.gleaner.dataset.Image;
import java.nio.file.Path;

/** An image that a run has yet to take through its model, as it was when it was imported. Width and height in pixels, upright. */
public record PendingImage(long id, Path path, int width, int height, String sha256) {

    public static PendingImage of(Image image) {
        return new PendingImage(image.id(), image.path(), image.width(), image.height(), image.sha256());
    }
}
