package dev.gleaner.review;

import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.project.ProjectRepository;
import jakarta.persistence.EntityManager;

/** Makes {@link ImportedDecisions} for tests of other packages. */
public final class ImportedDecisionsOf {

    private ImportedDecisionsOf() {
    }

    /** What takes them back. */
    public static GalleryService undoing(EntityManager entities) {
        return new GalleryService(new CropRepository(entities), new ReviewRepository(entities), new DecisionRepository(entities),
                new AnnotationRepository(entities), new DatasetRepository(entities), new ProjectRepository(entities));
    }

    public static ImportedDecisions of(EntityManager entities) {
        return new ImportedDecisions(new ReviewRepository(entities), new DecisionRepository(entities), new AnnotationRepository(entities),
                new DatasetRepository(entities), new ProjectRepository(entities));
    }
}
