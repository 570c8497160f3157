package dev.gleaner.dataset;

import dev.gleaner.InvalidInput;
import dev.gleaner.Settings;
import dev.gleaner.format.SourceFormat;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folders that paths from outside may name: those of the settings, the demo set's, and that of labeling platforms' images. Links are followed before
 * anything is compared, so none leads out.
 */
@ApplicationScoped
public class ImportRoots {

    private List<Path> roots;

    protected ImportRoots() {
    }

    @Inject
    public ImportRoots(Settings settings) {
        this(Stream.concat(settings.importRoots().stream(), Stream.of(settings.home().resolve("demo"), settings.home().resolve("platforms"))).toList());
    }

    ImportRoots(List<Path> roots) {
        this.roots = roots;
    }

    /** The real folders; those of the settings that do not exist at the moment are left out. */
    public List<Path> real() {
        List<Path> real = new ArrayList<>();
        for (Path root : roots) {
            try {
                real.add(root.toRealPath());
            } catch (IOException e) {
                // Not there now; it may be mounted later.
            }
        }
        return real;
    }

    /**
     * The source that somebody asks for, its paths made real. What is left open is looked for where such sources usually have
     * it: the images of a COCO file beside it, those of VOC annotations in {@code JPEGImages} or {@code images} beside or
     * below; VOC annotations in {@code Annotations} below.
     *
     * @throws InvalidInput if the type is unknown, or a path is missing, is not there, is the wrong kind of thing, or lies
     *                      outside the roots
     */
    public DatasetSource resolve(RequestedSource requested) {
        SourceFormat format = SourceFormat.named(requested.type()).orElseThrow(() -> new InvalidInput("source.type", requested.type(),
                "one of " + Stream.of(SourceFormat.values()).map(SourceFormat::label).toList()));
        Path path = real("source.path", requested.path());
        if (format == SourceFormat.COCO && !Files.isRegularFile(path)) {
            throw new InvalidInput("source.path", requested.path(), "a COCO JSON file");
        }
        if (format != SourceFormat.COCO) {
            requireFolder("source.path", requested.path(), path);
        }
        Path annotations = format == SourceFormat.VOC && Files.isDirectory(path.resolve("Annotations"))
                ? real("source.path", path.resolve("Annotations").toString()) : path;
        Path images = images(format, requested, annotations);
        return new DatasetSource(format, annotations, images, requested.lenient());
    }

    private Path images(SourceFormat format, RequestedSource requested, Path annotations) {
        if (format == SourceFormat.FOLDER) {
            if (requested.images() != null) {
                throw new InvalidInput("source.images", requested.images(), "nothing for a source of type \"folder\": its images are in source.path");
            }
            return annotations;
        }
        if (requested.images() != null) {
            Path images = real("source.images", requested.images());
            requireFolder("source.images", requested.images(), images);
            return images;
        }
        if (format == SourceFormat.COCO) {
            return annotations.getParent();
        }
        for (String usual : List.of("JPEGImages", "images")) {
            Path images = annotations.resolveSibling(usual);
            if (Files.isDirectory(images)) {
                return real("source.images", images.toString());
            }
        }
        throw new InvalidInput("source.images", null, "the folder of images, as there is no JPEGImages or images beside the annotations");
    }

    /**
     * The file or folder behind a path.
     *
     * @param field what to call it in the error
     * @throws InvalidInput if there is nothing, or nothing that may be named
     */
    public Path real(String field, String path) {
        List<Path> allowed = real();
        // Whether something exists outside the roots is nobody's business: the answer is the same.
        String expected = "an absolute path that exists on the server, under one of " + allowed;
        if (path == null || path.isBlank()) {
            throw new InvalidInput(field, null, expected);
        }
        try {
            Path wanted = Path.of(path);
            Path real = wanted.toRealPath();
            if (!wanted.isAbsolute() || allowed.stream().noneMatch(real::startsWith)) {
                throw new InvalidInput(field, path, expected);
            }
            return real;
        } catch (InvalidPathException | IOException e) {
            throw new InvalidInput(field, path, expected);
        }
    }

    private static void requireFolder(String field, String given, Path path) {
        if (!Files.isDirectory(path)) {
            throw new InvalidInput(field, given, "a folder");
        }
    }
}
