package dev.gleaner.evaluationrun;

import dev.gleaner.TestDatabase;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetSource;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.Prompt;
import dev.gleaner.inference.DetectedImage;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A dataset of empty images, an evaluation of it, and what its job does, on a database of the test's own. */
final class EvaluationHarness {

    final TestDatabase database;
    final EntityManager entities;
    final EvaluationRepository evaluations;
    final DatasetRepository datasets;
    final ProjectRepository projects;
    final Accumulation accumulation;
    final Project project;
    final Dataset dataset;
    final List<Long> images;
    final Map<String, Category> categories;
    final ModelVersion model;

    EvaluationHarness(TestDatabase database, int imageCount, List<String> categoryNames) throws Exception {
        this.database = database;
        entities = database.entities();
        evaluations = new EvaluationRepository(entities);
        datasets = new DatasetRepository(entities);
        projects = new ProjectRepository(entities);
        accumulation = new Accumulation(evaluations, new Conclusion(evaluations),
                new MeasuredBoxes.Reader(evaluations, new EvaluatedCategories(datasets, projects)));
        project = database.inTransaction(() -> {
            Project made = new Project("project " + System.nanoTime());
            projects.add(made);
            return made;
        });
        categories = database.inTransaction(() -> projects.categoriesNamed(project, categoryNames));
        dataset = database.inTransaction(() -> {
            Dataset made = new Dataset(project, "set", new DatasetSource(SourceFormat.COCO, Path.of("/set.json"), Path.of("/"), false), null);
            entities.persist(made);
            made.publish("hash of " + System.nanoTime(), imageCount, 0, null);
            return made;
        });
        images = database.inTransaction(() -> IntStream.range(0, imageCount).mapToObj(i -> {
            Image image = new Image(dataset.id(), i + ".jpg", Path.of("/" + i + ".jpg"), 100, 100, 1, "%064x".formatted(i));
            entities.persist(image);
            return image.id();
        }).toList());
        model = database.inTransaction(() -> {
            Number id = (Number) entities.createNativeQuery("insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance)"
                    + " values (:project, 'tiny', 'CANDIDATE', 'tiny', '/none', 'none', '{\"sources\": []}') returning id", Long.class)
                    .setParameter("project", project.id()).getSingleResult();
            return entities.find(ModelVersion.class, id.longValue());
        });
    }

    /** @return its id */
    long box(long image, String category, String status, double x, double y, double width, double height) throws Exception {
        return database.inTransaction(() -> ((Number) entities.createNativeQuery("insert into annotations (image_id, dataset_id, category_id, x, y, width,"
                        + " height, status) values (:image, :dataset, :category, :x, :y, :width, :height, :status) returning id", Long.class)
                .setParameter("image", image).setParameter("dataset", dataset.id()).setParameter("category", categories.get(category).id())
                .setParameter("x", x).setParameter("y", y).setParameter("width", width).setParameter("height", height)
                .setParameter("status", status).getSingleResult()).longValue());
    }

    /** An evaluation of these images that a server has taken up. */
    Evaluation evaluation(List<Prompt> prompts, List<Long> ofImages) throws Exception {
        return evaluation(EvaluationProtocol.COCO, prompts, ofImages);
    }

    Evaluation evaluation(EvaluationProtocol protocol, List<Prompt> prompts, List<Long> ofImages) throws Exception {
        return database.inTransaction(() -> {
            Evaluation evaluation = new Evaluation(dataset, model, protocol, prompts,
                    new EvaluationSettings(Chunking.OFFICIAL, 100, 0.05, 0.6, 100), Subset.ALL, ofImages.size(), "ann");
            evaluations.add(evaluation);
            String snapshot = evaluations.freeze(evaluation.id(), ofImages, prompts.stream().map(prompt -> categories.get(prompt.category()).id()).toList());
            evaluation.froze(snapshot, evaluations.gold(evaluation.id()));
            evaluation.begin();
            return evaluation;
        });
    }

    void finish(Evaluation evaluation, DetectedImage... found) throws Exception {
        Map<Prompt, Integer> places = new HashMap<>();
        IntStream.range(0, evaluation.prompts().size()).forEach(place -> places.put(evaluation.prompts().get(place), place));
        database.inTransaction(() -> {
            for (DetectedImage image : found) {
                evaluations.add(new ImageDetections(evaluation.id(), image, places, evaluation.settings().detectionsPerImage()));
            }
            return evaluations.count(evaluation.id(), evaluation.attempt(), found.length, 0, 1);
        });
    }
}
