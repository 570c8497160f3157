package dev.gleaner.format;

import dev.gleaner.glip.checkpoint.AtomicFolder;
import dev.gleaner.format.Finding.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A zip archive of a source. It is unpacked as a stream, file by file, within {@link ArchiveLimits} and into one folder: names that lead
 * out of it refuse the archive, and links in it come out as the small files that describe them.
 */
public final class Archive {

    /** What may unpack to more than its ratio: a label file of a thousand equal lines is no attack. */
    private static final long SMALL = 16L << 20;

    private final Path zip;
    private final ArchiveLimits limits;
    private long bytes;

    public Archive(Path zip, ArchiveLimits limits) {
        this.zip = zip;
        this.limits = limits;
    }

    /** Whether a path is that of an archive, by its name. */
    public static boolean isArchive(Path path) {
        return path.getFileName() != null && path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".zip");
    }

    /** Why an archive is not unpacked. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }
    }

    /**
     * Unpacks it into a folder that is made, or emptied.
     *
     * @return what is wrong with the archive; empty when all of it is there
     * @throws IOException if the disk fails
     */
    public Optional<Finding> unpack(Path folder) throws IOException {
        AtomicFolder.delete(folder);
        Files.createDirectories(folder);
        bytes = 0;
        try (ZipFile archive = new ZipFile(zip.toFile())) {
            if (archive.size() > limits.files()) {
                throw new Refused("it holds " + archive.size() + " files; expected at most " + limits.files() + " (GLEANER_ARCHIVE_FILES)");
            }
            Enumeration<? extends ZipEntry> entries = archive.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (!isNoise(entry.getName())) {
                    unpack(archive, entry, place(folder, entry));
                }
            }
            return Optional.empty();
        } catch (Refused e) {
            return refused(folder, e.getMessage());
        } catch (ZipException e) {
            return refused(folder, "it cannot be unpacked: " + e.getMessage());
        }
    }

    private static Optional<Finding> refused(Path folder, String why) throws IOException {
        AtomicFolder.delete(folder);
        return Optional.of(new Finding(Code.REFUSED_ARCHIVE, null, why));
    }

    /** What macOS adds to archives. */
    private static boolean isNoise(String name) {
        return name.startsWith("__MACOSX/") || name.endsWith(".DS_Store");
    }

    private static Path place(Path folder, ZipEntry entry) throws Refused {
        try {
            Path place = folder.resolve(entry.getName()).normalize();
            if (!place.startsWith(folder) || place.equals(folder) || Path.of(entry.getName()).isAbsolute()) {
                throw new Refused("it has a file \"" + entry.getName() + "\"; expected names that stay within the archive");
            }
            return place;
        } catch (InvalidPathException e) {
            throw new Refused("it has a file of the name \"" + entry.getName().replace('\0', '\ufffd') + "\"; expected one that a file system takes");
        }
    }

    private void unpack(ZipFile archive, ZipEntry entry, Path place) throws IOException, Refused {
        try {
            if (entry.isDirectory()) {
                Files.createDirectories(place);
                return;
            }
            Files.createDirectories(place.getParent());
            try (InputStream in = archive.getInputStream(entry); OutputStream out = Files.newOutputStream(place, StandardOpenOption.CREATE_NEW)) {
                copy(entry, in, out);
            }
        } catch (FileAlreadyExistsException e) {
            throw new Refused("it has \"" + entry.getName() + "\" twice, or as a file and a folder; expected it once");
        }
    }

    /** Counts what really comes out: what the archive says of its sizes is the archive's word. */
    private void copy(ZipEntry entry, InputStream in, OutputStream out) throws IOException, Refused {
        byte[] buffer = new byte[1 << 16];
        long unpacked = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            unpacked += n;
            bytes += n;
            if (bytes > limits.bytes()) {
                throw new Refused("it unpacks to more than " + limits.bytes() + " bytes; expected at most as many (GLEANER_ARCHIVE_BYTES)");
            }
            if (unpacked > SMALL && unpacked / limits.ratio() > Math.max(entry.getCompressedSize(), 1)) {
                throw new Refused("\"" + entry.getName() + "\" unpacks to more than " + limits.ratio() + " times its size in the archive; expected at most as much"
                        + " (GLEANER_ARCHIVE_RATIO)");
            }
            out.write(buffer, 0, n);
        }
    }

    /** The folder itself; or the one in it, where that is all there is, as archives of a folder have it. */
    public static Path top(Path folder) throws IOException {
        Path top = folder;
        while (true) {
            try (Stream<Path> files = Files.list(top)) {
                List<Path> first = files.limit(2).toList();
                if (first.size() != 1 || !Files.isDirectory(first.get(0))) {
                    return top;
                }
                top = first.get(0);
            }
        }
    }
}
