package dev.gleaner.platform;

import dev.gleaner.Settings;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.modelversion.ModelVersionRepository;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import dev.gleaner.review.ReviewServices;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What works with platforms, on a database of a test's. */
public final class PlatformHarness {

    /** To be filled by the test. */
    public final List<LabelingPlatform> platforms = new ArrayList<>();
    public final ProjectRepository projects;
    public final ModelVersionService modelVersions;
    public final PlatformModels models;
    public final PlatformConnections connections;
    public final PlatformInbox inbox;
    public final PlatformTasks tasks;
    public final PlatformImages images;
    public final PlatformReviews reviews;
    public final PlatformWork work;
    public final PlatformService service;

    public PlatformHarness(EntityManager entities, Path home) {
        Settings settings = new Settings(home, "cpu", List.of(), Optional.empty(), false);
        TokenVault vault = new TokenVault(settings);
        Platforms all = new Platforms(platforms);
        PlatformRepository repository = new PlatformRepository(entities);
        DatasetRepository datasets = new DatasetRepository(entities);
        AnnotationRepository annotations = new AnnotationRepository(entities);
        projects = new ProjectRepository(entities);
        modelVersions = new ModelVersionService(new ModelVersionRepository(entities), new ProjectService(projects));
        models = new PlatformModels(modelVersions, projects);
        connections = new PlatformConnections(repository, all, vault);
        inbox = new PlatformInbox(repository, all, vault);
        tasks = new PlatformTasks(repository, all, models, projects, datasets, annotations);
        images = new PlatformImages(repository, all, projects, datasets, annotations, settings);
        reviews = new PlatformReviews(repository, all, datasets, ReviewServices.ofImages(entities));
        work = new PlatformWork(all, connections, inbox, tasks, images, reviews);
        service = new PlatformService(all, connections, tasks, new ProjectService(projects));
    }
}
