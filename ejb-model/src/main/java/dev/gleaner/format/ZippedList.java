package dev.gleaner.format;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A list of what is in an archive, a line for each: files are written one after the other, and a list is complete at the end. */
final class ZippedList implements Closeable {

    private final Path file;
    private final BufferedWriter lines;

    /** @throws IOException if there is no place for temporary files */
    ZippedList() throws IOException {
        file = Files.createTempFile("list", ".txt");
        lines = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    }

    void add(String line) throws IOException {
        lines.write(line + "\n");
    }

    /** Puts it into the archive; nothing can be added afterwards. */
    void into(ZipFiles zip, String name) throws IOException {
        lines.close();
        try (OutputStream out = zip.file(name)) {
            Files.copy(file, out);
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
        Files.deleteIfExists(file);
    }
}
