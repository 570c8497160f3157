package dev.gleaner.format;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The kinds of sources that can be read. */
public enum SourceFormat {
    /** A folder of images without boxes, maybe with captions. */
    FOLDER("a folder"),
    /** A COCO detection file and the folder of its images. */
    COCO("a COCO JSON file"),
    /** A folder of PASCAL VOC files and the folder of their images. */
    VOC("a folder"),
    /** A YOLO dataset of Ultralytics, Darknet or Label Studio. */
    YOLO("a folder with data.yaml, obj.data or classes.txt, or one of these files"),
    /** A file of "CVAT for images 1.1". */
    CVAT("an XML file of CVAT for images 1.1"),
    /** A file that Label Studio exported as JSON or JSON-MIN. */
    LABEL_STUDIO("a JSON file of Label Studio"),
    /** A table with a row for each box. */
    CSV("a CSV file"),
    /** A list of addresses of images, without annotations. */
    URLS("a text file with the address of an image on each line");

    private static final String ANNOTATIONS = "annotations";
    private static final String IMAGES = "images";

    private final String expected;

    SourceFormat(String expected) {
        this.expected = expected;
    }

    /** The format of this name as REST has it: {@code coco}, {@code label-studio}. */
    public static Optional<SourceFormat> named(String name) {
        for (SourceFormat format : values()) {
            if (format.label().equals(name)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public boolean hasAnnotations() {
        return this != FOLDER && this != URLS;
    }

    /** Whether annotations give the sizes of their images, so that one that does not is worth a word. */
    public boolean givesSizes() {
        return hasAnnotations() && this != YOLO;
    }

    /** What a source's path has to be, in words: {@code a folder}. */
    public String expected() {
        return expected;
    }

    /**
     * Where the annotations are: the path itself, or what a folder usually has for them.
     *
     * @param path that exists
     * @return empty if there are none, or nothing tells which
     * @throws IOException if a folder cannot be listed
     */
    public Optional<Path> annotations(Path path) throws IOException {
        boolean folder = Files.isDirectory(path);
        return switch (this) {
            case FOLDER -> Optional.of(path).filter(Files::isDirectory);
            case VOC -> folder ? Optional.of(Files.isDirectory(path.resolve("Annotations")) ? path.resolve("Annotations") : path) : Optional.empty();
            case COCO, LABEL_STUDIO -> document(path, "json");
            case CVAT -> document(path, "xml");
            case CSV -> document(path, "csv");
            case URLS -> document(path, "txt");
            case YOLO -> YoloLayout.find(path);
        };
    }

    /** The file itself; or the only one of its extension in the folder, or else in its folder {@code annotations}. */
    private static Optional<Path> document(Path path, String extension) throws IOException {
        if (Files.isRegularFile(path)) {
            return Optional.of(path);
        }
        for (Path folder : List.of(path, path.resolve(ANNOTATIONS))) {
            if (Files.isDirectory(folder)) {
                List<Path> found = new ArrayList<>();
                try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, file -> Files.isRegularFile(file)
                        && file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith("." + extension))) {
                    files.forEach(found::add);
                }
                if (!found.isEmpty()) {
                    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Where such annotations usually have their images.
     *
     * @param annotations as {@link #annotations} found them
     * @return empty if they are not there
     */
    public Optional<Path> images(Path annotations) throws IOException {
        return switch (this) {
            case FOLDER -> Optional.of(annotations);
            case VOC -> Stream.of("JPEGImages", IMAGES).map(annotations::resolveSibling).filter(Files::isDirectory).findFirst();
            case COCO, CVAT, LABEL_STUDIO, CSV, URLS -> Optional.of(beside(annotations));
            case YOLO -> YoloLayout.read(annotations).images();
        };
    }

    /**
     * The folder of a document; for one in {@code annotations}, and for formats that do not name it, the folder {@code images}. A document
     * {@code instances_val2017.json} in {@code annotations} has its images in {@code images/val2017}, as CVAT exports them, or in {@code val2017}.
     */
    private Path beside(Path document) throws IOException {
        Path folder = document.getParent();
        if (this == COCO && ANNOTATIONS.equals(String.valueOf(folder.getFileName()))) {
            for (Path parent : List.of(folder.resolveSibling(IMAGES), folder.resolveSibling("."))) {
                Optional<Path> part = part(parent.normalize(), document);
                if (part.isPresent()) {
                    return part.get();
                }
            }
        }
        if (ANNOTATIONS.equals(String.valueOf(folder.getFileName())) && Files.isDirectory(folder.resolveSibling(IMAGES))) {
            return folder.resolveSibling(IMAGES);
        }
        return this != COCO && Files.isDirectory(folder.resolve(IMAGES)) ? folder.resolve(IMAGES) : folder;
    }

    /** The folder in another one that the name of a document ends with, behind {@code _}. */
    private static Optional<Path> part(Path parent, Path document) throws IOException {
        if (!Files.isDirectory(parent)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(parent, part -> Files.isDirectory(part)
                && document.getFileName().toString().endsWith("_" + part.getFileName() + ".json"))) {
            List<Path> found = new ArrayList<>();
            parts.forEach(found::add);
            return found.stream().max(Comparator.comparing(part -> part.getFileName().toString().length()));
        }
    }

    /**
     * Opens a source for reading.
     *
     * @param path   the annotations, as {@link #annotations} found them
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
            case YOLO -> new YoloReader(path, files);
            case CVAT -> new CvatReader(path, files);
            case LABEL_STUDIO -> new LabelStudioReader(path, files);
            case CSV -> new CsvReader(path, files);
            case URLS -> new UrlListReader(path);
        };
    }
}
