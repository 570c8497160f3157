package dev.gleaner.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The kinds of sources that can be read. */
public enum SourceFormat {
    /** A folder of images without annotations. */
    FOLDER,
    /** A COCO detection file and the folder of its images. */
    COCO,
    /** A folder of PASCAL VOC files and the folder of their images. */
    VOC;

    /** The format of this name as REST has it: {@code coco}. */
    public static Optional<SourceFormat> named(String name) {
        for (SourceFormat format : values()) {
            if (format.label().equals(name)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean hasAnnotations() {
        return this != FOLDER;
    }

    /**
     * Opens a source for reading.
     *
     * @param path   the folder of images, the COCO file, or the folder of VOC files
     * @param images the folder of images; for {@link #FOLDER} the same as {@code path}
     * @param roots  folders that image files may really lie in
     * @throws IOException if there is no such file or folder, or it cannot be opened
     */
    public SourceReader open(Path path, Path images, List<Path> roots) throws IOException {
        ImageFiles files = new ImageFiles(images, roots);
        return switch (this) {
            case FOLDER -> new FolderReader(files);
            case COCO -> new CocoReader(path, files);
            case VOC -> new VocReader(path, files);
        };
    }
}
