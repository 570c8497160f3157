package dev.gleaner.review;

import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.DatasetSource;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.labeling.LabelingRunRepository;
import dev.gleaner.modelversion.ModelVersionRepository;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/** A project of its own on a real database, with cats and dogs on images of 100 x 100 pixels, and reviewers who work on it. */
final class ReviewHarness {

    private static final AtomicLong NUMBERS = new AtomicLong(System.nanoTime());

    final TestDatabase database;
    final EntityManager entities;
    final Project project;
    final Dataset dataset;
    final List<Image> images;
    final long cat;
    final long dog;
    final long model;
    final long run;

    ReviewHarness(TestDatabase database, int images) throws Exception {
        this.database = database;
        entities = database.entities();
        project = in(() -> {
            Project made = new Project("project " + NUMBERS.incrementAndGet());
            new ProjectRepository(entities).add(made);
            return made;
        });
        Map<String, Category> categories = in(() -> new ProjectRepository(entities).categoriesNamed(project, List.of("cat", "dog")));
        cat = categories.get("cat").id();
        dog = categories.get("dog").id();
        this.images = dataset("set", images);
        dataset = in(() -> new DatasetRepository(entities).newest(Long.MAX_VALUE, 1).get(0));
        model = model("tiny");
        run = run(model);
    }

    /** Images of one more dataset of the project. */
    List<Image> dataset(String name, int images) throws Exception {
        return in(() -> {
            Dataset of = new Dataset(project, name, new DatasetSource(SourceFormat.FOLDER, Path.of("/set"), Path.of("/set"), false), null);
            entities.persist(of);
            of.publish("hash of " + NUMBERS.incrementAndGet(), images, 0, null);
            List<Image> made = new ArrayList<>();
            for (int i = 0; i < images; i++) {
                Image image = new Image(of.id(), i + ".jpg", Path.of("/" + i + ".jpg"), 100, 100, 1, "%064x".formatted(i));
                entities.persist(image);
                made.add(image);
            }
            return made;
        });
    }

    /** On what another one made before, without its images. */
    ReviewHarness(TestDatabase database, long project, long dataset, long model, long run) throws Exception {
        this.database = database;
        entities = database.entities();
        this.project = in(() -> new ProjectRepository(entities).find(project).orElseThrow());
        Map<String, Category> categories = in(() -> new ProjectRepository(entities).categoriesNamed(this.project, List.of("cat", "dog")));
        cat = categories.get("cat").id();
        dog = categories.get("dog").id();
        this.dataset = in(() -> new DatasetRepository(entities).find(dataset).orElseThrow());
        images = List.of();
        this.model = model;
        this.run = run;
    }

    <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    long model(String name) throws Exception {
        return in(() -> id("insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance) values (%d, '%s', 'CANDIDATE',"
                .formatted(project.id(), name) + " 'tiny', '/none', 'none', '{\"sources\": []}') returning id"));
    }

    long run(long model) throws Exception {
        return run(model, dataset.id());
    }

    long run(long model, long dataset) throws Exception {
        return in(() -> id("insert into labeling_runs (dataset_id, model_version_id, prompts, thresholds, status, total) values (%d, %d, '[]',"
                .formatted(dataset, model) + " '{\"fallback\": 0.1, \"byCategory\": {}}', 'COMPLETED', 1) returning id"));
    }

    private long id(String sql) {
        return ((Number) entities.createNativeQuery(sql, Long.class).getSingleResult()).longValue();
    }

    /** A proposal of the model, 20 x 20 at (x, 10); its id. */
    long proposed(int image, long category, double x, double score) throws Exception {
        return box(image, category, "PROPOSED", x, score, run, model);
    }

    long imported(int image, long category, double x) throws Exception {
        return box(image, category, "IMPORTED", x, null, null, null);
    }

    long box(int image, long category, String status, double x, Double score, Long run, Long model) throws Exception {
        return box(images.get(image), category, status, x, score, run, model);
    }

    long box(Image image, long category, String status, double x, Double score, Long run, Long model) throws Exception {
        return in(() -> id(("insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status, is_crowd, score, labeling_run_id,"
                + " model_version_id, ordinal) values (%d, %d, %d, %s, 10, 20, 20, '%s', false, %s, %s, %s, %d) returning id")
                .formatted(image.id(), image.datasetId(), category, x, status, score, run, model, NUMBERS.incrementAndGet() % 1_000_000_000)));
    }

    ReviewService service(EntityManager entities) {
        return new ReviewService(new ReviewRepository(entities), new DecisionRepository(entities), new AnnotationRepository(entities),
                new DatasetRepository(entities), new ProjectRepository(entities));
    }

    ReviewService service() {
        return service(entities);
    }

    ReviewQueueService queues() {
        AnnotationRepository annotations = new AnnotationRepository(entities);
        ProjectRepository projects = new ProjectRepository(entities);
        QueueCandidates candidates = new QueueCandidates(entities);
        return new ReviewQueueService(new ReviewRepository(entities), new QueueBuilder(candidates, annotations,
                new DatasetRepository(entities), projects), candidates,
                new DatasetService(new DatasetRepository(entities), null, null, null, null), projects, new ModelVersionRepository(entities),
                new LabelingRunRepository(entities));
    }

    /** What is wanted of a queue if nothing else is said: everything, in the order of ids of lot 7. */
    static NewReviewQueue wanted(long dataset) {
        return new NewReviewQueue("queue", dataset, null, null, null, null, null, null, 7L);
    }

    ReviewQueue queue(NewReviewQueue wanted) throws Exception {
        return in(() -> queues().create(wanted, "ann"));
    }

    ReviewQueue queue() throws Exception {
        return queue(wanted(dataset.id()));
    }
}
