package dev.gleaner.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The data folder, held by one launcher at a time.
 *
 * <pre>
 * gleaner.properties   settings, written by the user
 * postgres/            the embedded database: binaries, data
 * server/              the unpacked application server and its domain: nothing of value
 * models/  demo/       model bundles; the demo set
 * uploads/             files of requests under way; what a killed server left there goes at the next start
 * djl/                 native libraries, unpacked by DJL
 * logs/
 * </pre>
 */
final class Home implements AutoCloseable {

    private final Path folder;
    private final FileChannel lockFile;

    private Home(Path folder, FileChannel lockFile) {
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /** @throws StartFailure when the folder cannot be written, or another launcher holds it */
    static Home open(Path folder) throws IOException {
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder.getParent());
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            FileChannel lockFile = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = lockFile.tryLock();
            if (lock == null) {
                lockFile.close();
                throw new StartFailure("GLEANER_HOME=" + folder + ": another launcher is running on this folder; stop it or set another folder");
            }
            return new Home(folder, lockFile);
        } catch (AccessDeniedException e) {
            throw new StartFailure("GLEANER_HOME=" + folder + ": this user may not write " + e.getFile(), e);
        }
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /** Makes the folder when it is missing. */
    Path folder(String name) throws IOException {
        return Files.createDirectories(path(name));
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
