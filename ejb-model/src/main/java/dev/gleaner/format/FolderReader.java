package dev.gleaner.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.Stream;

/**
 * A folder of images without boxes, with its subfolders. Files count as images by their extension; hidden files and folders are passed
 * over, and folders that are links are not entered. What caption datasets have with their images is taken along: {@link FolderCaptions}.
 */
public final class FolderReader implements SourceReader {

    private final ImageFiles images;
    private final Stream<Path> walk;
    private final Iterator<Path> files;
    private final Queue<SourceItem> found = new ArrayDeque<>();
    private final FolderCaptions captions;
    private boolean ended;

    /** @throws IOException if the folder cannot be listed */
    public FolderReader(ImageFiles images) throws IOException {
        this.images = images;
        this.walk = images.walk();
        this.files = walk.iterator();
        this.captions = new FolderCaptions(images, found);
    }

    @Override
    public Optional<SourceItem> next() throws IOException {
        try {
            while (found.isEmpty() && !ended) {
                if (files.hasNext()) {
                    image(files.next());
                } else {
                    ended = true;
                    captions.end();
                }
            }
        } catch (UncheckedIOException e) {
            ended = true;
            found.add(ImageFiles.unlistable(e));
        }
        return Optional.ofNullable(found.poll());
    }

    private void image(Path file) throws IOException {
        String name = images.nameOf(file);
        Optional<Path> real = images.real(file);
        if (real.isEmpty()) {
            found.add(images.outsideRoots(name));
        } else {
            found.add(new SourceImage(name, name, real, Optional.empty()));
            captions.beside(file, name);
        }
    }

    @Override
    public void close() {
        walk.close();
    }
}
