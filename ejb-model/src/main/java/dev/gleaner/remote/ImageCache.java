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
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;
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

    /** How many of those that go are known at a time. */
    private static final int AT_ONCE = 10_000;

    private final Path folder;
    private final long most;
    private final int atOnce;
    private long size = -1;

    private record Entry(Path file, long size, Instant used) {
    }

    /** @param most bytes to keep; what was put last is kept in any case */
    ImageCache(Path folder, long most) {
        this(folder, most, AT_ONCE);
    }

    /** @param atOnce how many images to look for at a time when room is made */
    ImageCache(Path folder, long most, int atOnce) {
        this.folder = folder;
        this.most = most;
        this.atOnce = atOnce;
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
        long[] all = {0};
        each(entry -> all[0] += entry.size);
        size = all[0];
    }

    /** The folder is looked through as often as it takes: however many images it has, some of them at a time are in memory. */
    private void makeRoom(Path last) throws IOException {
        boolean gone;
        do {
            PriorityQueue<Entry> oldest = new PriorityQueue<>(Comparator.comparing(Entry::used).reversed());
            // Counted anew: a damaged image, or a hand, may have deleted some.
            size = 0;
            each(entry -> {
                size += entry.size;
                if (!entry.file.equals(last)) {
                    oldest.add(entry);
                }
                if (oldest.size() > atOnce) {
                    oldest.remove();
                }
            });
            gone = false;
            for (Entry entry : oldest.stream().sorted(Comparator.comparing(Entry::used)).toList()) {
                if (size <= most * KEPT) {
                    return;
                }
                Files.deleteIfExists(entry.file);
                size -= entry.size;
                gone = true;
            }
        } while (gone && size > most * KEPT);
    }

    private void each(Consumer<Entry> work) throws IOException {
        try (Stream<Path> files = Files.find(folder, 2, (file, attributes) -> attributes.isRegularFile() && !file.getParent().endsWith(UNFINISHED))) {
            files.map(ImageCache::entry).flatMap(Optional::stream).forEach(work);
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
