package dev.gleaner.format;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A zip archive that is written as a stream, one file after the other. The same files make the same bytes. */
public final class ZipFiles {

    /** The earliest time that zip knows. */
    private static final FileTime NO_TIME = FileTime.fromMillis(315_532_800_000L);

    private final ZipOutputStream zip;

    /** @param out stays open */
    public ZipFiles(OutputStream out) {
        zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
    }

    /** Begins the next file. Closing the stream ends it. */
    public OutputStream file(String name) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setLastModifiedTime(NO_TIME);
        zip.putNextEntry(entry);
        return new FilterOutputStream(zip) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                zip.closeEntry();
            }
        };
    }

    /** The next file, whole, in UTF-8. */
    public void text(String name, String text) throws IOException {
        try (OutputStream file = file(name)) {
            file.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Completes the archive. */
    public void end() throws IOException {
        zip.finish();
        zip.flush();
    }
}
