package dev.gleaner.dataset;

import dev.gleaner.format.Archive;
import dev.gleaner.format.SourceFormat;
import java.nio.file.Path;

/**
 * Where a dataset comes from; both paths are real and allowed.
 *
 * @param path    the folder of images, the annotation file, the folder of VOC files, or what describes a YOLO dataset
 * @param images  the folder of images that annotations name; for a plain folder and for an archive the same as {@code path}
 * @param lenient whether images and boxes that cannot be used are left out, rather than the whole source refused for them; a
 *                plain folder leaves out what it cannot use anyway
 */
public record DatasetSource(SourceFormat format, Path path, Path images, boolean lenient) {

    /** Whether it is a zip archive, which has its images in itself. */
    public boolean isArchive() {
        return Archive.isArchive(path) && path.equals(images);
    }

    /** Whether what cannot be used is left out. */
    public boolean leavesOut() {
        return lenient || !format.hasAnnotations();
    }
}
