package dev.gleaner.dataset;

import dev.gleaner.InvalidInput;
import dev.gleaner.Settings;
import dev.gleaner.format.Archive;
import dev.gleaner.format.RemoteAddress;
import dev.gleaner.format.SourceFormat;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folders that paths from outside may name: those of the settings, the demo set's, and those of unpacked archives and of labeling platforms'
 * images. Links are followed before anything is compared, so none leads out.
 */
@ApplicationScoped
public class ImportRoots {

    private List<Path> roots;

    protected ImportRoots() {
    }

    @Inject
    public ImportRoots(Settings settings) {
        this(Stream.concat(settings.importRoots().stream(), Stream.of(settings.home().resolve("demo"), Archives.folder(settings),
                settings.home().resolve("platforms"))).toList());
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
     * below, those of YOLO where its description says; VOC annotations in {@code Annotations} below. A folder may be one of a store, as {@code s3://BUCKET/FOLDER}. A zip archive is taken as it is; what it holds its import will see.
     *
     * @throws InvalidInput if the type is unknown, or a path is missing, is not there, is the wrong kind of thing, or lies
     *                      outside the roots
     */
    public DatasetSource resolve(RequestedSource requested) {
        SourceFormat format = SourceFormat.named(requested.type()).orElseThrow(() -> new InvalidInput("source.type", requested.type(),
                "one of " + Stream.of(SourceFormat.values()).map(SourceFormat::label).toList()));
        Optional<RemoteAddress> address = Optional.ofNullable(requested.path()).filter(path -> path.startsWith("s3://")).flatMap(RemoteAddress::of);
        if (address.isPresent()) {
            return store(format, requested, address.get());
        }
        Path path = real("source.path", requested.path());
        if (Files.isRegularFile(path) && Archive.isArchive(path)) {
            if (requested.images() != null) {
                throw new InvalidInput("source.images", requested.images(), "nothing for an archive: its images are in it");
            }
            return new DatasetSource(format, path, path, requested.lenient());
        }
        try {
            Path annotations = real("source.path", format.annotations(path)
                    .orElseThrow(() -> new InvalidInput("source.path", requested.path(), format.expected())).toString());
            return new DatasetSource(format, annotations, images(format, requested, annotations), requested.lenient());
        } catch (IOException e) {
            throw new InvalidInput("source.path", requested.path(), format.expected() + " that can be read");
        }
    }

    private static DatasetSource store(SourceFormat format, RequestedSource requested, RemoteAddress folder) {
        if (format != SourceFormat.FOLDER) {
            throw new InvalidInput("source.path", requested.path(), format.expected() + " on the server; of a store only folders of images are taken");
        }
        if (requested.images() != null) {
            throw new InvalidInput("source.images", requested.images(), "nothing for a folder of a store: its images are in source.path");
        }
        // As a path it would become another one.
        if (("/" + folder.key() + "/").matches("(?s).*(//.*/|/\\.{1,2}/|\\p{Cntrl}).*")) {
            throw new InvalidInput("source.path", requested.path(), "s3://BUCKET/FOLDER without empty parts");
        }
        return DatasetSource.ofStore(folder, requested.lenient());
    }

    private Path images(SourceFormat format, RequestedSource requested, Path annotations) throws IOException {
        if (requested.images() == null) {
            Path usual = format.images(annotations).orElseThrow(() -> new InvalidInput("source.images", null, "the folder of images, as there is no "
                    + (format == SourceFormat.VOC ? "JPEGImages or images" : "images") + " beside the annotations"));
            return real("source.images", usual.toString());
        }
        if (!format.hasAnnotations()) {
            throw new InvalidInput("source.images", requested.images(), "nothing for a source of type \"" + format.label() + "\": its images are in source.path");
        }
        Path images = real("source.images", requested.images());
        if (!Files.isDirectory(images)) {
            throw new InvalidInput("source.images", requested.images(), "a folder");
        }
        return images;
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
}
