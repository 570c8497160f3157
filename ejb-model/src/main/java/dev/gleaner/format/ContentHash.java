package dev.gleaner.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The name of a source's content: SHA-256 over its format and the names and bytes of all its files, wherever they lie. The
 * same content has the same hash under another path, and whatever order its files come in.
 *
 * <p>Files are told to it in order: all documents before all images, each by name in the order of its UTF-8 bytes.
 */
public final class ContentHash {

    /** The order of names: that of their UTF-8 bytes, PostgreSQL's {@code collate "C"}. */
    private static final Comparator<String> BY_NAME =
            Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);
    private static final int SMALL_FILES = 2000;

    private final MessageDigest digest = Sha256.digest();

    public ContentHash(SourceFormat format) {
        digest.update((format.label() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    public void document(String name, String sha256) {
        add("document", name, sha256);
    }

    /** @param sha256 of the file's bytes; null when they could not be read */
    public void image(String fileName, String sha256) {
        add("image", fileName, String.valueOf(sha256));
    }

    private void add(String kind, String name, String sha256) {
        digest.update((kind + "\0" + name + "\0" + sha256 + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** 64 lower-case hexadecimal digits; ends the hash. */
    public String hex() {
        return Sha256.hex(digest);
    }

    /**
     * The hash of a source small enough to be read while somebody waits.
     *
     * @param path     the source's file or folder of annotations
     * @param maxBytes how much to read at most
     * @return empty if it holds more than that, or more than {@value #SMALL_FILES} files, or is not sound
     */
    public static Optional<String> ofSmall(SourceFormat format, Path path, SourceReader reader, long maxBytes) throws IOException {
        long bytes = Files.isRegularFile(path) ? Files.size(path) : 0;
        SortedMap<String, String> documents = new TreeMap<>(BY_NAME);
        SortedMap<String, String> images = new TreeMap<>(BY_NAME);
        for (Optional<SourceItem> item = reader.next(); item.isPresent(); item = reader.next()) {
            if (item.get() instanceof SourceDocument document) {
                documents.put(document.name(), document.sha256());
            } else if (item.get() instanceof SourceImage image) {
                if (image.file().isEmpty()) {
                    return Optional.empty();
                }
                bytes += Files.size(image.file().get());
                if (bytes <= maxBytes) {
                    images.put(image.fileName(), Sha256.of(image.file().get()));
                }
            }
            if (bytes > maxBytes || documents.size() + images.size() > SMALL_FILES) {
                return Optional.empty();
            }
        }
        ContentHash hash = new ContentHash(format);
        documents.forEach(hash::document);
        images.forEach(hash::image);
        return Optional.of(hash.hex());
    }
}
