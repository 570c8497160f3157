package dev.gleaner.inference;

import dev.gleaner.format.Sha256;
import dev.gleaner.remote.RemoteImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/** Images as they were when they were imported, wherever they are. */
final class StoredImages {

    /** What becomes of an image's bytes. */
    @FunctionalInterface
    interface Decoder<T> {
        T decode(byte[] encoded) throws IOException;
    }

    private final DecodingRoom room;
    private final RemoteImages elsewhere;

    StoredImages(DecodingRoom room, RemoteImages elsewhere) {
        this.room = room;
        this.elsewhere = elsewhere;
    }

    /**
     * Reads and decodes it, once there is room for its pixels.
     *
     * @throws IOException saying for people why it cannot be used: it is too large, gone, changed, not to be had, or no decoder can read it
     */
    <T> T read(PendingImage image, Decoder<T> decoder) throws IOException {
        long pixels = (long) image.width() * image.height();
        if (!room.fits(pixels)) {
            throw new IOException("too large: " + image.width() + " x " + image.height()
                    + " pixels; this server's memory allows " + room.mostPixels());
        }
        if (image.address().isPresent()) {
            // Who waits for a network holds no room. Why it cannot be had is said in words for people.
            elsewhere.file(image.address().get(), image.sha256());
        }
        DecodingRoom.Held held = room.hold(pixels);
        try {
            return decoder.decode(bytes(image));
        } catch (ChangedImage e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Decoders meet broken files with all sorts of exceptions.
            throw new IOException("unreadable: " + image.place() + ": " + e, e);
        } finally {
            held.close();
        }
    }

    private byte[] bytes(PendingImage image) throws IOException {
        if (image.address().isPresent()) {
            return elsewhere.bytes(image.address().get(), image.sha256());
        }
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(image.file().orElseThrow());
        } catch (NoSuchFileException e) {
            throw new ChangedImage("gone since it was imported: " + image.place());
        }
        if (!Sha256.of(bytes).equals(image.sha256())) {
            throw new ChangedImage("changed since it was imported: " + image.place());
        }
        return bytes;
    }

    private static final class ChangedImage extends IOException {

        private static final long serialVersionUID = 1;

        ChangedImage(String message) {
            super(message);
        }
    }
}
