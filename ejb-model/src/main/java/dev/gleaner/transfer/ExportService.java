package dev.gleaner.transfer;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.annotation.FiledBox;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.ImportRoots;
import dev.gleaner.format.CocoWriter;
import dev.gleaner.format.DatasetWriter;
import dev.gleaner.format.ExportFormat;
import dev.gleaner.format.LabeledImage;
import dev.gleaner.format.LabeledImage.LabeledBox;
import dev.gleaner.format.PixelSize;
import dev.gleaner.format.ZipFiles;
import dev.gleaner.format.RemoteAddress;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.remote.RemoteImages;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes datasets in the formats of others, page by page; boxes decided about while one is written appear as they were when
 * their page was read.
 */
@Stateless
public class ExportService {

    private static final int PAGE = 1000;

    @Inject
    private DatasetRepository datasets;
    @Inject
    private AnnotationRepository annotations;
    @Inject
    private ProjectRepository projects;
    @Inject
    private ImportRoots roots;
    @Inject
    private RemoteImages elsewhere;

    protected ExportService() {
    }

    public ExportService(DatasetRepository datasets, AnnotationRepository annotations, ProjectRepository projects, ImportRoots roots, RemoteImages elsewhere) {
        this.datasets = datasets;
        this.annotations = annotations;
        this.projects = projects;
        this.roots = roots;
        this.elsewhere = elsewhere;
    }

    /**
     * An export that is about to be written.
     *
     * @param withImages whether the image files are part of it
     */
    public record Export(long dataset, ExportFormat format, Set<Annotation.Status> statuses, boolean withImages) {

        public boolean isArchive() {
            return withImages || !format.isDocument();
        }

        /** Of what is written: {@code application/json}. */
        public String mediaType() {
            return isArchive() ? "application/zip" : format.mediaType();
        }

        /** What to call the file: {@code dataset-7-coco.json}. */
        public String fileName() {
            return "dataset-" + dataset + "-" + format.label() + "." + (isArchive() ? "zip" : format.extension());
        }
    }

    /**
     * Checks what can be checked before the first byte goes out.
     *
     * @throws NotFound     if there is no such dataset
     * @throws Conflict     if it is not ready
     * @throws InvalidInput if the format is unknown
     */
    @PermitAll
    public Export check(long dataset, String format, Set<Annotation.Status> statuses, boolean withImages) {
        ExportFormat known = ExportFormat.named(format).orElseThrow(() -> new InvalidInput("format", format,
                "one of " + Stream.of(ExportFormat.values()).map(ExportFormat::label).toList()));
        Dataset wanted = datasets.find(dataset).orElseThrow(() -> new NotFound("dataset", dataset));
        if (!wanted.isReady()) {
            throw new Conflict("dataset " + dataset + " is " + wanted.status() + "; expected it to be READY");
        }
        return new Export(dataset, known, statuses, withImages);
    }

    /**
     * Writes a ready dataset: all images, all categories of its project, and its boxes of the export's statuses.
     *
     * @param out stays open
     */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    @PermitAll
    public void write(Export export, OutputStream out) throws IOException {
        if (!export.isArchive()) {
            writeDocument(export, out);
            return;
        }
        ZipFiles zip = new ZipFiles(out);
        if (export.format().isDocument()) {
            try (OutputStream document = zip.file(export.format().document())) {
                writeDocument(export, document);
            }
        } else {
            try (DatasetWriter writer = export.format().writer(zip, categoryNames(export))) {
                writeImages(export, writer);
            }
        }
        if (export.withImages()) {
            writePictures(export, zip);
        }
        zip.end();
    }

    private void writeDocument(Export export, OutputStream out) throws IOException {
        if (export.format() == ExportFormat.COCO) {
            writeCoco(export, out);
            return;
        }
        try (DatasetWriter writer = export.format().writer(out, dataset(export).name(), categoryNames(export))) {
            writeImages(export, writer);
        }
    }

    private void writeImages(Export export, DatasetWriter writer) throws IOException {
        for (List<Image> images = page(export, 0); !images.isEmpty(); images = page(export, last(images))) {
            Map<Long, List<FiledBox>> boxes = annotations.filedOfImages(images.stream().map(Image::id).toList(), export.statuses()).stream()
                    .collect(Collectors.groupingBy(box -> box.annotation().imageId()));
            for (Image image : images) {
                writer.image(new LabeledImage(image.id(), image.fileName(), new PixelSize(image.width(), image.height()),
                        boxes.getOrDefault(image.id(), List.of()).stream().map(ExportService::labeled).toList(), export.withImages() ? Optional.empty() : open(image)));
            }
        }
        writer.end();
    }

    private static LabeledBox labeled(FiledBox filed) {
        Annotation box = filed.annotation();
        return new LabeledBox(box.id(), filed.category(), box.box(), box.isCrowd(), box.status() == Annotation.Status.PROPOSED, score(box));
    }

    private static OptionalDouble score(Annotation box) {
        return box.score().map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }

    /** Where others may find an image that is no file of this machine: without what may be secret in its address. */
    private static Optional<String> open(Image image) {
        return image.address().map(RemoteAddress::open);
    }

    /** A file that is gone by now, leads elsewhere or cannot be fetched is left out: the labels are worth more than a broken download. */
    private void writePictures(Export export, ZipFiles zip) throws IOException {
        UnaryOperator<String> places = export.format().imagePlaces();
        List<Path> allowed = roots.real();
        for (List<Image> images = page(export, 0); !images.isEmpty(); images = page(export, last(images))) {
            for (Image image : images) {
                String place = places.apply(image.fileName());
                Optional<Path> here = here(image, allowed);
                if (here.isPresent()) {
                    try (OutputStream file = zip.file(place)) {
                        Files.copy(here.get(), file);
                    }
                }
            }
        }
    }

    private Optional<Path> here(Image image, List<Path> allowed) {
        try {
            if (image.address().isPresent()) {
                return Optional.of(elsewhere.file(image.address().get(), image.sha256()));
            }
            return Files.isRegularFile(image.path()) && allowed.stream().anyMatch(image.path().toRealPath()::startsWith) ? Optional.of(image.path()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private List<Image> page(Export export, long after) {
        return datasets.images(export.dataset(), after, PAGE);
    }

    private static long last(List<Image> page) {
        return page.get(page.size() - 1).id();
    }

    private Dataset dataset(Export export) {
        return datasets.find(export.dataset()).orElseThrow(() -> new NotFound("dataset", export.dataset()));
    }

    private List<String> categoryNames(Export export) {
        return projects.categories(dataset(export).projectId()).stream().map(Category::name).toList();
    }

    /** As a COCO detection file. Ids are those that REST shows; proposals have their score. */
    private void writeCoco(Export export, OutputStream out) throws IOException {
        long dataset = export.dataset();
        Dataset exported = datasets.find(dataset).orElseThrow(() -> new NotFound("dataset", dataset));
        CocoWriter coco = new CocoWriter(out, exported.name());
        for (Category category : projects.categories(exported.projectId())) {
            coco.category(category.id(), category.name());
        }
        List<Image> images = datasets.images(dataset, 0, PAGE);
        while (!images.isEmpty()) {
            for (Image image : images) {
                coco.image(image.id(), image.fileName(), new PixelSize(image.width(), image.height()), Optional.empty(), open(image));
            }
            images = datasets.images(dataset, images.get(images.size() - 1).id(), PAGE);
        }
        List<Annotation> boxes = annotations.ofDataset(dataset, export.statuses(), 0, PAGE);
        while (!boxes.isEmpty()) {
            for (Annotation box : boxes) {
                coco.box(box.id(), box.imageId(), box.categoryId(), box.box(), box.isCrowd(), score(box));
            }
            boxes = annotations.ofDataset(dataset, export.statuses(), boxes.get(boxes.size() - 1).id(), PAGE);
        }
        coco.end();
    }
}
