package dev.gleaner.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of images without annotations, with its subfolders. Files count as images by their extension; hidden files and
 * folders are passed over, and folders that are links are not entered.
 */
public final class FolderReader implements SourceReader {

    private final ImageFiles images;
    private final Stream<Path> walk;
    private final Iterator<Path> files;
    private boolean broken;

    /** @throws IOException if the folder cannot be listed */
    public FolderReader(ImageFiles images) throws IOException {
        this.images = images;
        this.walk = images.walk();
        this.files = walk.iterator();
    }

    @Override
    public Optional<SourceItem> next() {
        try {
            if (broken || !files.hasNext()) {
                return Optional.empty();
            }
            Path file = files.next();
            String name = images.nameOf(file);
            Optional<Path> real = images.real(file);
            return Optional.of(real.isPresent()
                    ? new SourceImage(name, name, real, Optional.empty())
                    : images.outsideRoots(name));
        } catch (UncheckedIOException e) {
            broken = true;
            return Optional.of(ImageFiles.unlistable(e));
        }
    }

    @Override
    public void close() {
        walk.close();
    }
}
