package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.stream.XMLStreamException;

/**
 * A folder of PASCAL VOC annotations, one XML file for each image.
 *
 * <p>VOC counts pixels from 1 and includes the last one: {@code xmin} 1 and {@code xmax} 1 is a box one pixel wide at the
 * image's left edge, here {@code x} 0 and {@code width} 1. A file without {@code <filename>}, or with one that leads nowhere,
 * is matched with the image of its own name. Label Studio and Datumaro, through which CVAT exports, write VOC of their own, from 0 with the
 * end left out; it is told by who wrote it, or by a corner at 0.
 */
public final class VocReader implements SourceReader {

    /** For one image; it is held as a whole. */
    private static final long MOST_BYTES = 64L << 20;

    private final Path folder;
    private final ImageFiles images;
    private final Stream<Path> walk;
    private final Iterator<Path> files;
    private final Set<String> categories = new HashSet<>();
    private final Queue<SourceItem> found = new ArrayDeque<>();
    private long named;
    private boolean ended;

    /** @throws IOException if the folder cannot be listed */
    public VocReader(Path folder, ImageFiles images) throws IOException {
        this.folder = folder;
        this.images = images;
        this.walk = Files.walk(folder).filter(VocReader::isAnnotation);
        this.files = walk.iterator();
    }

    private static boolean isAnnotation(Path file) {
        String name = file.getFileName().toString();
        return name.toLowerCase(Locale.ROOT).endsWith(".xml") && !name.startsWith(".") && Files.isRegularFile(file);
    }

    @Override
    public Optional<SourceItem> next() throws IOException {
        try {
            while (found.isEmpty() && !ended) {
                if (files.hasNext()) {
                    read(files.next());
                } else {
                    ended = true;
                    images.unnamed(named).ifPresent(found::add);
                }
            }
        } catch (UncheckedIOException e) {
            ended = true;
            found.add(ImageFiles.unlistable(e));
        }
        return Optional.ofNullable(found.poll());
    }

    private void read(Path file) throws IOException {
        String name = folder.relativize(file).toString().replace('\\', '/');
        if (Files.size(file) > MOST_BYTES) {
            found.add(new Finding(Code.UNREADABLE_ANNOTATIONS, name, "it is " + Files.size(file) + " bytes long; expected at most " + MOST_BYTES));
            return;
        }
        byte[] bytes = Files.readAllBytes(file);
        var digest = Sha256.digest();
        digest.update(bytes);
        found.add(new SourceDocument(name, Sha256.hex(digest)));
        try {
            VocXml annotation = VocXml.parse(bytes);
            String stem = file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
            ImageFiles.Lookup lookup = images.find(annotation.fileName().orElse(stem), stem);
            if (annotation.fileName().isPresent() || lookup.file().isEmpty()) {
                lookup.finding().ifPresent(found::add);
            }
            named += lookup.file().isPresent() ? 1 : 0;
            found.add(new SourceImage(name, lookup, annotation.size()));
            if (annotation.writer() == VocXml.Writer.EDGES_BY_ZERO) {
                found.add(new Finding(Code.COUNTED_FROM_ZERO, lookup.fileName(), "a corner in " + name + " is at 0, and VOC counts pixels from 1;"
                        + " its boxes were read as from 0, without the last pixel"));
            }
            for (int i = 0; i < annotation.objects().size(); i++) {
                object(name, lookup.fileName(), i + 1, annotation.objects().get(i), annotation.writer() != VocXml.Writer.VOC);
            }
        } catch (XMLStreamException e) {
            found.add(new Finding(Code.UNREADABLE_ANNOTATIONS, name, e.getMessage()));
        }
    }

    private void object(String imageId, String fileName, int number, VocXml.Rectangle object, boolean edges) {
        if (!SourceCategory.isName(object.name())) {
            found.add(new Finding(Code.MALFORMED_ENTRY, fileName, "object " + number + ": name is " + object.name()
                    + "; expected the category in 1 to " + SourceCategory.MAX_LENGTH + " characters"));
            return;
        }
        if (object.corners().isEmpty()) {
            found.add(new Finding(Code.INVALID_BOX, fileName, "object " + number + ": bndbox is " + object.written()
                    + "; expected four finite numbers xmin, ymin, xmax, ymax"));
            return;
        }
        List<BigDecimal> corners = object.corners().get();
        Box box = edges || object.around() != null ? Decimals.between(corners) : Decimals.betweenPixels(corners);
        if (box.width() <= 0 || box.height() <= 0) {
            found.add(new Finding(Code.INVALID_BOX, fileName, "object " + number + ": bndbox is " + object.written()
                    + "; expected xmin to be at most xmax, and ymin at most ymax"));
            return;
        }
        if (object.around() != null) {
            found.add(new Finding(Code.SHAPE_BOXED, fileName, "object " + number + " is a " + object.around() + "; the upright box around it was taken"));
        }
        String category = object.name().strip();
        if (categories.add(category)) {
            found.add(new SourceCategory(category, category));
        }
        found.add(new SourceBox("object " + number, imageId, category, box, object.crowd()));
    }

    @Override
    public void close() {
        walk.close();
    }
}
