package dev.gleaner.web.rest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Where a request's files lie while they are worked on: in the data folder, since the system's temporary one may be small. */
final class UploadFolder implements AutoCloseable {

    private static final int LONGEST_NAME = 100;

    private final Path folder;

    UploadFolder(Path home) {
        try {
            folder = Files.createTempDirectory(Files.createDirectories(home.resolve("uploads")), "request");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A file that is not there yet, in a folder of its own.
     *
     * @param clientName what the sender calls the file: kept as far as it is harmless, since origins are recorded by it
     */
    Path file(String part, String clientName) throws IOException {
        return Files.createDirectory(folder.resolve(part)).resolve(harmless(clientName));
    }

    /** The last step of a path, of letters, digits, dots, dashes and underscores, and no hidden file. */
    static String harmless(String clientName) {
        String last = clientName.substring(Math.max(clientName.lastIndexOf('/'), clientName.lastIndexOf('\\')) + 1);
        String kept = last.replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^[.]+", "");
        String end = kept.substring(Math.max(0, kept.length() - LONGEST_NAME));
        return end.isEmpty() ? "file" : end;
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
