package dev.gleaner.transfer;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.CocoWriter;
import dev.gleaner.format.PixelSize;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/** Writes datasets in the formats of others. */
@Stateless
public class ExportService {

    private static final int PAGE = 1000;

    @Inject
    private DatasetRepository datasets;
    @Inject
    private AnnotationRepository annotations;
    @Inject
    private ProjectRepository projects;

    protected ExportService() {
    }

    public ExportService(DatasetRepository datasets, AnnotationRepository annotations, ProjectRepository projects) {
        this.datasets = datasets;
        this.annotations = annotations;
        this.projects = projects;
    }

    /**
     * Checks what can be checked before the first byte goes out.
     *
     * @throws NotFound     if there is no such dataset
     * @throws Conflict     if it is not ready
     * @throws InvalidInput if the format is unknown
     */
    @PermitAll
    public void check(long dataset, String format) {
        if (!"coco".equals(format)) {
            throw new InvalidInput("format", format, "one of [coco]");
        }
        Dataset wanted = datasets.find(dataset).orElseThrow(() -> new NotFound("dataset", dataset));
        if (!wanted.isReady()) {
            throw new Conflict("dataset " + dataset + " is " + wanted.status() + "; expected it to be READY");
        }
    }

    /**
     * Writes a ready dataset as a COCO detection file: all images, all categories of its project, and its boxes of these
     * statuses, proposals with their score. Ids are those that REST shows. It is read page by page; boxes decided about
     * while it is written appear as they were when their page was read.
     *
     * @param out stays open
     */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    @PermitAll
    public void writeCoco(long dataset, Set<Annotation.Status> statuses, OutputStream out) throws IOException {
        Dataset exported = datasets.find(dataset).orElseThrow(() -> new NotFound("dataset", dataset));
        CocoWriter coco = new CocoWriter(out, exported.name());
        for (Category category : projects.categories(exported.projectId())) {
            coco.category(category.id(), category.name());
        }
        List<Image> images = datasets.images(dataset, 0, PAGE);
        while (!images.isEmpty()) {
            for (Image image : images) {
                coco.image(image.id(), image.fileName(), new PixelSize(image.width(), image.height()));
            }
            images = datasets.images(dataset, images.get(images.size() - 1).id(), PAGE);
        }
        List<Annotation> boxes = annotations.ofDataset(dataset, statuses, 0, PAGE);
        while (!boxes.isEmpty()) {
            for (Annotation box : boxes) {
                coco.box(box.id(), box.imageId(), box.categoryId(), box.box(), box.isCrowd(),
                        box.score().map(OptionalDouble::of).orElse(OptionalDouble.empty()));
            }
            boxes = annotations.ofDataset(dataset, statuses, boxes.get(boxes.size() - 1).id(), PAGE);
        }
        coco.end();
    }
}
