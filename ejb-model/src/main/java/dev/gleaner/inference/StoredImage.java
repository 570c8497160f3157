package dev.gleaner.inference;

import dev.gleaner.format.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/** An image's file, as it was when it was imported. */
final class StoredImage {

    /** What becomes of the file's bytes. */
    @FunctionalInterface
    interface Decoder<T> {
        T decode(byte[] encoded) throws IOException;
    }

    private StoredImage() {
    }

    /**
     * Reads and decodes it, once there is room for its pixels.
     *
     * @throws IOException saying for people why it cannot be used: it is too large, gone, changed, or no decoder can read it
     */
    static <T> T read(PendingImage image, DecodingRoom room, Decoder<T> decoder) throws IOException {
        long pixels = (long) image.width() * image.height();
        if (!room.fits(pixels)) {
            throw new IOException("too large: " + image.width() + " x " + image.height()
                    + " pixels; this server's memory allows " + room.mostPixels());
        }
        DecodingRoom.Held held = room.hold(pixels);
        try {
            return decoder.decode(bytes(image));
        } catch (ChangedImage e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Decoders meet broken files with all sorts of exceptions.
            throw new IOException("unreadable: " + image.path() + ": " + e, e);
        } finally {
            held.close();
        }
    }

    private static byte[] bytes(PendingImage image) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(image.path());
        } catch (NoSuchFileException e) {
            throw new ChangedImage("gone since it was imported: " + image.path());
        }
        if (!Sha256.of(bytes).equals(image.sha256())) {
            throw new ChangedImage("changed since it was imported: " + image.path());
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
