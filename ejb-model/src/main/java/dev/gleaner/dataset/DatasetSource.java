package dev.gleaner.dataset;

import dev.gleaner.format.Archive;
import dev.gleaner.format.RemoteAddress;
import dev.gleaner.format.SourceFormat;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a dataset comes from; both paths are real and allowed, or those of a folder of a store.
 *
 * @param path    the folder of images, the annotation file, the folder of VOC files, or what describes a YOLO dataset
 * @param images  the folder of images that annotations name; for a plain folder and for an archive the same as {@code path}
 * @param lenient whether images and boxes that cannot be used are left out, rather than the whole source refused for them; a
 *                plain folder leaves out what it cannot use anyway
 */
public record DatasetSource(SourceFormat format, Path path, Path images, boolean lenient) {

    private static final String STORE = "s3:/";

    /** A folder of an S3-compatible store: its path here is the address, and as no file's path it does not begin with a slash. */
    static DatasetSource ofStore(RemoteAddress folder, boolean lenient) {
        Path path = Path.of(STORE + folder.bucket() + "/" + folder.key());
        return new DatasetSource(SourceFormat.FOLDER, path, path, lenient);
    }

    /** The folder of a store that it is; empty for files of this machine. */
    public Optional<RemoteAddress> store() {
        String text = path.toString();
        return text.startsWith(STORE) ? Optional.of(new RemoteAddress(STORE + "/" + text.substring(STORE.length()))) : Optional.empty();
    }

    /** The path, or the address of a folder of a store, for people. */
    public String place() {
        return store().map(RemoteAddress::text).orElseGet(path::toString);
    }

    /** Whether it is a zip archive, which has its images in itself. */
    public boolean isArchive() {
        return store().isEmpty() && Archive.isArchive(path) && path.equals(images);
    }

    /** Whether what cannot be used is left out. */
    public boolean leavesOut() {
        return lenient || !format.hasAnnotations();
    }
}
