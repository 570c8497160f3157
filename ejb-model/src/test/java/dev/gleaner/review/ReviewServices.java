package dev.gleaner.review;

import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.project.ProjectRepository;
import jakarta.persistence.EntityManager;

/** Services of reviewing for the tests of other features. */
public final class ReviewServices {

    private ReviewServices() {
    }

    public static ImageReviewService ofImages(EntityManager entities) {
        return new ImageReviewService(new ReviewRepository(entities), new DecisionRepository(entities), new AnnotationRepository(entities),
                new DatasetRepository(entities), new ProjectRepository(entities));
    }
}
