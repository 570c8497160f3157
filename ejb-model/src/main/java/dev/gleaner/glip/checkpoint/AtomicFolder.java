package dev.gleaner.glip.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that is either there with all its files on the disk, or not there. */
public final class AtomicFolder {

    /** Writes the files of a folder. */
    @FunctionalInterface
    public interface Content {
        void writeTo(Path folder) throws IOException;
    }

    private AtomicFolder() {
    }

    /**
     * Writes a folder: one beside it first, which takes its name when all of it is on the disk.
     *
     * @param target must not exist yet
     * @throws FileAlreadyExistsException if it does; nothing is changed then
     */
    public static void write(Path target, Content content) throws IOException {
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Path parent = Files.createDirectories(target.toAbsolutePath().getParent());
        Path unfinished = Files.createTempDirectory(parent, "." + target.getFileName() + "-");
        try {
            content.writeTo(unfinished);
            for (Path file : files(unfinished)) {
                if (Files.isRegularFile(file)) {
                    force(file);
                }
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(unfinished);
        }
    }

    /** Deletes a folder and what is in it, if it is there. */
    public static void delete(Path folder) throws IOException {
        try {
            for (Path file : files(folder)) {
                Files.delete(file);
            }
        } catch (NoSuchFileException gone) {
            // It was never there, or has taken its name.
        }
    }

    /** What is in a folder, deepest first, and the folder itself last. */
    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted(Comparator.reverseOrder()).toList();
        }
    }

    /** Waits until what was written into a file is on the disk. */
    static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
