package dev.gleaner.remote;

import dev.gleaner.format.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Images from elsewhere, each under the SHA-256 of its bytes. A file gets its name once it is whole and on the disk. When there is more than may
 * be, those go that nobody has used for longest; deleting them all loses nothing. One process uses a folder at a time.
 */
final class ImageCache {

    private static final String UNFINISHED = "unfinished";
    /** How much goes at once, so that not every new image looks for one to go. */
    private static final double KEPT = 0.9;
    private static final Duration NOT_WORTH_TELLING = Duration.ofMinutes(1);

    private final Path folder;
    private final long most;
    private long size = -1;

    private record Entry(Path file, long size, Instant used) {
    }

    /** @param most bytes to keep; what was put last is kept in any case */
    ImageCache(Path folder, long most) {
        this.folder = folder;
        this.most = most;
    }

    /** The image of this digest, if it is here; from now on it was used. */
    Optional<Path> find(String sha256) {
        Path file = place(sha256);
        try {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(Instant.now().minus(NOT_WORTH_TELLING))) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            }
            return Optional.of(file);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The bytes of the image of this digest, if it is here; damaged ones are thrown away. */
    Optional<byte[]> read(String sha256) {
        Optional<Path> file = find(sha256);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Files.readAllBytes(file.get());
            if (Sha256.of(bytes).equals(sha256)) {
                return Optional.of(bytes);
            }
            Files.deleteIfExists(file.get());
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** An empty file to write an image into; whoever asks for it has it put, or deletes it. */
    synchronized Path unfinished() throws IOException {
        open();
        // It may have been deleted with all the rest.
        return Files.createTempFile(Files.createDirectories(folder.resolve(UNFINISHED)), "image", null);
    }

    /** Takes a file that is written. @return where it is from now on */
    Path put(Path written, String sha256) throws IOException {
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Path file = place(sha256);
        Files.createDirectories(file.getParent());
        long length = Files.size(written);
        synchronized (this) {
            open();
            boolean known = Files.exists(file);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            size += known ? 0 : length;
            if (size > most) {
                makeRoom(file);
            }
        }
        return file;
    }

    private Path place(String sha256) {
        return folder.resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    /** Throws away what an earlier process left half written, and counts what is here. */
    private void open() throws IOException {
        if (size >= 0) {
            return;
        }
        Path unfinished = Files.createDirectories(folder.resolve(UNFINISHED));
        try (Stream<Path> files = Files.list(unfinished)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        size = entries().stream().mapToLong(Entry::size).sum();
    }

    private void makeRoom(Path last) throws IOException {
        List<Entry> entries = entries().stream().sorted(Comparator.comparing(Entry::used)).toList();
        // Counted anew: a damaged image, or a hand, may have deleted some.
        size = entries.stream().mapToLong(Entry::size).sum();
        for (Entry entry : entries) {
            if (size <= most * KEPT) {
                return;
            }
            if (!entry.file.equals(last)) {
                Files.deleteIfExists(entry.file);
                size -= entry.size;
            }
        }
    }

    private List<Entry> entries() throws IOException {
        try (Stream<Path> files = Files.find(folder, 2, (file, attributes) -> attributes.isRegularFile() && !file.getParent().endsWith(UNFINISHED))) {
            return files.map(ImageCache::entry).flatMap(Optional::stream).toList();
        }
    }

    private static Optional<Entry> entry(Path file) {
        try {
            return Optional.of(new Entry(file, Files.size(file), Files.getLastModifiedTime(file).toInstant()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
