package dev.gleaner.inference;

import dev.gleaner.dataset.Image;
import dev.gleaner.format.RemoteAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image that a run has yet to take through its model, as it was when it was imported. Width and height in pixels, upright.
 *
 * @param file    of this machine; empty where there is an address
 * @param address where it is otherwise
 */
public record PendingImage(long id, Optional<Path> file, Optional<RemoteAddress> address, int width, int height, String sha256) {

    /** One of this machine. */
    public PendingImage(long id, Path file, int width, int height, String sha256) {
        this(id, Optional.of(file), Optional.empty(), width, height, sha256);
    }

    public static PendingImage of(Image image) {
        return of(image, image.sha256());
    }

    /** @param sha256 of the bytes that are meant, where those of the image may be others by now */
    public static PendingImage of(Image image, String sha256) {
        Optional<RemoteAddress> address = image.address();
        return new PendingImage(image.id(), address.isPresent() ? Optional.empty() : Optional.of(image.path()), address, image.width(), image.height(), sha256);
    }

    /** Where it is, for people. */
    String place() {
        return address.map(RemoteAddress::toString).orElseGet(() -> file.orElseThrow().toString());
    }
}
