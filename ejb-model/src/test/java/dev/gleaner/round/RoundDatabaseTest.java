package dev.gleaner.round;

import dev.gleaner.TestDatabase;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetSource;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What tests of rounds have in common: a real database, and in it a project of cats and dogs with a champion and a dataset whose images each test makes. */
abstract class RoundDatabaseTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private final int size;
    EntityManager entities;
    TrainingRoundRepository rounds;
    SelectionRepository selections;
    Dataset dataset;
    ModelVersion champion;
    long cat;
    long dog;

    /** @param size how many images the dataset has */
    RoundDatabaseTest(int size) {
        this.size = size;
    }

    @BeforeEach
    void prepareProject() throws Exception {
        entities = database.entities();
        rounds = new TrainingRoundRepository(entities);
        selections = new SelectionRepository(entities, rounds);
        Project project = in(() -> {
            Project made = new Project("project " + System.nanoTime());
            new ProjectRepository(entities).add(made);
            return made;
        });
        Map<String, Category> categories = in(() -> new ProjectRepository(entities).categoriesNamed(project, List.of("cat", "dog")));
        cat = categories.get("cat").id();
        dog = categories.get("dog").id();
        dataset = in(() -> {
            Dataset made = new Dataset(project, "set", new DatasetSource(SourceFormat.FOLDER, Path.of("/set"), Path.of("/set"), false), null);
            entities.persist(made);
            made.publish("hash of " + System.nanoTime(), size, 0, null);
            return made;
        });
        champion = in(() -> entities.find(ModelVersion.class, ((Number) entities.createNativeQuery("insert into model_versions"
                        + " (project_id, name, status, architecture, bundle, sha256, provenance) values (:project, 'tiny', 'CHAMPION', 'tiny', '/none',"
                        + " 'none', '{\"sources\": []}') returning id", Long.class).setParameter("project", project.id()).getSingleResult()).longValue()));
    }

    static <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }
}
