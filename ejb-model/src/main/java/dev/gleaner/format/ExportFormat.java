package dev.gleaner.format;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The formats that datasets can be written in. */
public enum ExportFormat {
    /** One COCO detection file; an archive is laid out as CVAT has it, and takes it. */
    COCO("annotations/instances_default.json", "images/default/"),
    /** An archive in Ultralytics' layout of YOLO. */
    YOLO(null, "images/"),
    /** An archive in Darknet's layout of YOLO. */
    YOLO_DARKNET(null, "obj_train_data/"),
    /** An archive of PASCAL VOC files. */
    VOC(null, "JPEGImages/"),
    /** One XML file of "CVAT for images 1.1". */
    CVAT("annotations.xml", "images/"),
    /** One JSON file for Label Studio. */
    LABEL_STUDIO("annotations.json", "images/"),
    /** One table with a row for each box. */
    CSV("annotations.csv", "images/");

    private final String document;
    private final String images;

    /**
     * @param document where an archive with images has its one annotation file; null for a format of many files
     * @param images   where it has the images
     */
    ExportFormat(String document, String images) {
        this.document = document;
        this.images = images;
    }

    /** The format of this name as REST has it: {@code yolo-darknet}. */
    public static Optional<ExportFormat> named(String name) {
        for (ExportFormat format : values()) {
            if (format.label().equals(name)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it is one file, rather than an archive of many. */
    public boolean isDocument() {
        return document != null;
    }

    /** Where an archive with images has its one annotation file. */
    public String document() {
        return document;
    }

    /** How the one file's name ends: {@code json}. */
    public String extension() {
        return isDocument() ? document.substring(document.lastIndexOf('.') + 1) : "zip";
    }

    /** Of the one file: {@code application/json}. */
    public String mediaType() {
        return extension().equals("csv") ? "text/csv" : "application/" + extension();
    }

    /** Where an archive has the image of a name, asked in the order in which the images were written. */
    public UnaryOperator<String> imagePlaces() {
        if (isDocument()) {
            return name -> images + name;
        }
        Set<String> taken = new HashSet<>();
        return switch (this) {
            case YOLO -> name -> YoloWriter.place(YoloWriter.Layout.ULTRALYTICS, name, taken);
            case YOLO_DARKNET -> name -> YoloWriter.place(YoloWriter.Layout.DARKNET, name, taken);
            default -> name -> images + name;
        };
    }

    /**
     * A writer of the one file.
     *
     * @param out         stays open
     * @param description of the dataset
     * @param categories  all there are, in their order
     */
    public DatasetWriter writer(OutputStream out, String description, List<String> categories) throws IOException {
        return switch (this) {
            case CVAT -> new CvatWriter(out, description, categories);
            case LABEL_STUDIO -> new LabelStudioWriter(out);
            case CSV -> new CsvWriter(out);
            default -> throw new IllegalStateException(this + " is written otherwise");
        };
    }

    /** A writer of many files. */
    public DatasetWriter writer(ZipFiles zip, List<String> categories) throws IOException {
        return switch (this) {
            case YOLO -> new YoloWriter(zip, YoloWriter.Layout.ULTRALYTICS, categories);
            case YOLO_DARKNET -> new YoloWriter(zip, YoloWriter.Layout.DARKNET, categories);
            case VOC -> new VocWriter(zip);
            default -> throw new IllegalStateException(this + " is one file");
        };
    }
}
