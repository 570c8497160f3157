package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A source in an archive: it is unpacked when its first item is asked for, and then read from where it was unpacked to. The folder
 * stays, since the dataset's images are in it.
 */
public final class ArchiveReader implements SourceReader {

    private final SourceFormat format;
    private final Archive archive;
    private final Path folder;
    private SourceReader unpacked;
    private boolean ended;

    /** @param folder made, or emptied */
    public ArchiveReader(SourceFormat format, Path zip, ArchiveLimits limits, Path folder) {
        this.format = format;
        this.archive = new Archive(zip, limits);
        this.folder = folder;
    }

    @Override
    public Optional<SourceItem> next() throws IOException {
        if (ended) {
            return Optional.empty();
        }
        if (unpacked == null) {
            Optional<Finding> refused = archive.unpack(folder).or(this::open);
            if (refused.isPresent()) {
                ended = true;
                return refused.map(finding -> finding);
            }
        }
        return unpacked.next();
    }

    /** @return what is missing */
    private Optional<Finding> open() {
        try {
            Path top = Archive.top(folder.toRealPath());
            Optional<Path> annotations = format.annotations(top);
            if (annotations.isEmpty()) {
                return missing(top.equals(folder.toRealPath()) ? "the archive" : "the archive's folder \"" + top.getFileName() + "\"");
            }
            Optional<Path> images = format.images(annotations.get());
            if (images.isEmpty()) {
                return Optional.of(new Finding(Code.MALFORMED_DOCUMENT, null, "there is no folder of images in the archive; expected it beside the annotations"));
            }
            unpacked = format.open(annotations.get(), images.get(), List.of(folder.toRealPath()));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(new Finding(Code.IMPORT_FAILED, null, "what was unpacked cannot be read: " + e));
        }
    }

    private Optional<Finding> missing(String where) {
        return Optional.of(new Finding(Code.MALFORMED_DOCUMENT, null, where + " has no annotations of the format " + format.label() + ", or several files of them; expected "
                + format.expected()));
    }

    @Override
    public void close() throws IOException {
        if (unpacked != null) {
            unpacked.close();
        }
    }
}
