package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.gleaner.Conflict;
import dev.gleaner.TestDatabase;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetSource;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluationrun.GoldBox;
import dev.gleaner.evaluationrun.Subset;
import dev.gleaner.finetune.FineTune.Phase;
import dev.gleaner.finetune.NewFineTune.Training;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.train.TrainingStep;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fine-tunes on a real database, without a server. */
class FineTuneRepositoryTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private EntityManager entities;
    private FineTuneRepository fineTunes;
    private Dataset dataset;
    private List<Long> images;
    private Map<String, Category> categories;
    private long id;

    @BeforeEach
    void prepare() throws Exception {
        entities = database.entities();
        fineTunes = new FineTuneRepository(entities);
        Project project = in(() -> {
            Project made = new Project("project " + System.nanoTime());
            new ProjectRepository(entities).add(made);
            return made;
        });
        categories = in(() -> new ProjectRepository(entities).categoriesNamed(project, List.of("cat", "dog")));
        dataset = in(() -> {
            Dataset made = new Dataset(project, "set", new DatasetSource(SourceFormat.COCO, Path.of("/set.json"), Path.of("/"), false), null);
            entities.persist(made);
            made.publish("hash of " + System.nanoTime(), 3, 0, null);
            return made;
        });
        images = in(() -> {
            List<Long> ids = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                // The later the image, the smaller its digest.
                Image image = new Image(dataset.id(), i + ".jpg", Path.of("/" + i + ".jpg"), 100, 100, 1, "%064x".formatted(9 - i));
                entities.persist(image);
                ids.add(image.id());
            }
            return ids;
        });
        ModelVersion base = in(() -> entities.find(ModelVersion.class, ((Number) entities.createNativeQuery("insert into model_versions"
                        + " (project_id, name, status, architecture, bundle, sha256, provenance) values (:project, 'tiny', 'CANDIDATE', 'tiny', '/none',"
                        + " 'none', '{\"sources\": []}') returning id", Long.class).setParameter("project", project.id()).getSingleResult()).longValue()));
        id = in(() -> {
            FineTune fineTune = new FineTune("tuned", dataset, base, List.of(Prompt.of("cat"), new Prompt("dog", "puppy")),
                    FineTuneDefaults.settings(Training.DEFAULT, 3, false), new Subset(0.25, 3L, null), 3, "ann");
            fineTunes.add(fineTune);
            return fineTune.id();
        });
    }

    private static <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    private void box(int image, String category, String status, boolean crowd) throws Exception {
        in(() -> entities.createNativeQuery("insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status, is_crowd)"
                        + " values (:image, :dataset, :category, 1, 2, 3, 4, :status, :crowd)")
                .setParameter("image", images.get(image)).setParameter("dataset", dataset.id()).setParameter("category", categories.get(category).id())
                .setParameter("status", status).setParameter("crowd", crowd).executeUpdate());
    }

    private String freeze() throws Exception {
        return in(() -> fineTunes.freeze(id, images, categories.values().stream().map(Category::id).toList()));
    }

    private static TrainingStep step(int number, double loss) {
        return new TrainingStep(number, loss, loss / 2, loss / 4, loss / 4, 1, 1, 5, Double.isFinite(loss));
    }

    @Test
    void whatIsFrozenIsGoldAndItsOrderIsThatOfTheContents() throws Exception {
        box(0, "cat", "IMPORTED", false);
        box(0, "cat", "IMPORTED", true);
        box(1, "dog", "CORRECTED", false);
        box(1, "dog", "PROPOSED", false);
        box(2, "cat", "REJECTED", false);

        String snapshot = freeze();

        assertThat(snapshot).hasSize(64);
        assertThat(in(() -> fineTunes.boxes(id))).isEqualTo(3);
        List<FineTuneRepository.TrainingImage> read = in(() -> fineTunes.trainingImages(id));
        assertThat(read).extracting(image -> image.image().fileName()).containsExactly("2.jpg", "1.jpg", "0.jpg");
        assertThat(read).extracting(image -> image.frozen().boxes().stream().map(GoldBox::category).toList())
                .containsExactly(List.of(), List.of(categories.get("dog").id()), List.of(categories.get("cat").id()));
        box(2, "cat", "ACCEPTED", false);
        assertThat(in(() -> fineTunes.boxes(id))).as("decisions after the order").isEqualTo(3);
        assertThat(in(() -> fineTunes.goldByImage(dataset.id(), categories.values().stream().map(Category::id).toList())))
                .isEqualTo(Map.of(images.get(0), Set.of(categories.get("cat").id()), images.get(1), Set.of(categories.get("dog").id()),
                        images.get(2), Set.of(categories.get("cat").id())));
    }

    @Test
    void whatNoHumanVouchesForIsBoxesThatCountOfCategoriesAndOfPhrases() throws Exception {
        long cat = categories.get("cat").id();
        GoldBox gold = new GoldBox(1, cat, 1, 2, 3, 4, false);
        student(0, List.of(), List.of(new ProposedBox(cat, 1, 2, 3, 4, 0)), caption(0.5));
        student(1, List.of(gold), List.of(new ProposedBox(cat, 1, 2, 3, 4, 0)), caption(0));
        student(2, List.of(gold), List.of(new ProposedBox(cat, 1, 2, 3, 4, 0.5)), null);
        assertThat(in(() -> fineTunes.pseudoLabelled(id, 10))).extracting(image -> image.image().id()).containsExactly(images.get(0), images.get(2));
        assertThat(in(() -> fineTunes.pseudoLabelled(id, 1))).hasSize(1);
    }

    private void student(int image, List<GoldBox> gold, List<ProposedBox> proposed, GroundedCaption caption) throws Exception {
        in(() -> {
            entities.persist(new FineTuneImage(id, new StudentImage(images.get(image), "%064x".formatted(image), gold, null, null, proposed, caption)));
            return null;
        });
    }

    private static GroundedCaption caption(double weight) {
        return new GroundedCaption("a cat", List.of(List.of(new Span(0, 5))), List.of(new GroundedCaption.PhraseBox(0, 1, 2, 3, 4, weight)));
    }

    @Test
    void imagesThatTellOfSomeCategoriesOnlyAreTrainedOnThose() throws Exception {
        box(0, "cat", "IMPORTED", false);
        freeze();
        assertThat(in(() -> fineTunes.hasPartlyAnnotated(id))).isFalse();
        in(() -> entities.createNativeQuery("delete from fine_tune_images where fine_tune_id = :id").setParameter("id", id).executeUpdate());
        in(() -> entities.createNativeQuery("update images set absent = '{}' where id = :id").setParameter("id", images.get(0)).executeUpdate());
        in(() -> entities.createNativeQuery("update images set absent = array[:dog] where id = :id").setParameter("id", images.get(1))
                .setParameter("dog", categories.get("dog").id()).executeUpdate());
        freeze();
        assertThat(in(() -> fineTunes.hasPartlyAnnotated(id))).isTrue();
        List<FineTuneRepository.TrainingImage> read = in(() -> fineTunes.trainingImages(id));
        assertThat(read.get(0).frozen().known()).as("all there is").isEmpty();
        assertThat(read.get(1).frozen().known()).contains(Set.of(categories.get("dog").id()));
        assertThat(read.get(2).frozen().known()).contains(Set.of(categories.get("cat").id()));
    }

    @Test
    void imagesOfARoundAreWrittenPageByPage() throws Exception {
        GoldBox gold = new GoldBox(1, categories.get("cat").id(), 1, 2, 3, 4, false);
        List<StudentImage> students = images.stream().limit(3).map(image -> new StudentImage(image, "%064x".formatted(image), List.of(gold), null, null,
                List.of(new ProposedBox(categories.get("dog").id(), 5, 6, 7, 8, 0.5)), null)).toList();
        String pages = in(() -> fineTunes.freeze(id, List.of(students.subList(0, 2), students.subList(2, 3))));
        assertThat(in(() -> fineTunes.boxes(id))).isEqualTo(3);
        assertThat(in(() -> fineTunes.trainingImages(id))).extracting(image -> image.frozen().proposed()).containsOnly(students.get(0).proposed());
        in(() -> entities.createNativeQuery("delete from fine_tune_images where fine_tune_id = :id").setParameter("id", id).executeUpdate());
        assertThat(in(() -> fineTunes.freeze(id, List.of(students)))).as("all on one page").isEqualTo(pages);
    }

    @Test
    void stepsThatAreTakenAgainReplaceThoseFromBefore() throws Exception {
        in(() -> {
            fineTunes.record(id, List.of(step(1, 4), step(2, 3), step(3, Double.NaN)));
            return null;
        });
        in(() -> {
            fineTunes.record(id, List.of(step(2, 3), step(3, 2.5), step(4, 2)));
            return null;
        });
        assertThat(in(() -> fineTunes.steps(id, 0, 1, 10))).containsExactly(step(1, 4), step(2, 3), step(3, 2.5), step(4, 2));
        assertThat(in(() -> fineTunes.steps(id, 1, 2, 10))).containsExactly(step(2, 3), step(4, 2));
        assertThat(in(() -> fineTunes.steps(id, 0, 1, 1))).containsExactly(step(1, 4));
    }

    @Test
    void aLossThatIsNoNumberIsKeptAsSuch() throws Exception {
        in(() -> {
            fineTunes.record(id, List.of(step(1, Double.NaN)));
            FineTune fineTune = fineTunes.lock(id).orElseThrow();
            fineTune.took(List.of(step(1, Double.NaN)), 1);
            return null;
        });
        assertThat(in(() -> fineTunes.steps(id, 0, 1, 10))).containsExactly(step(1, Double.NaN));
        assertThat(in(() -> fineTunes.find(id).orElseThrow()).latestStep()).contains(step(1, Double.NaN));
    }

    @Test
    void anImageIsQuarantinedOnce() throws Exception {
        freeze();
        assertThat(in(() -> fineTunes.quarantine(id, images.get(1), "gone"))).isTrue();
        assertThat(in(() -> fineTunes.quarantine(id, images.get(1), "gone again"))).isFalse();
        assertThat(in(() -> fineTunes.quarantined(id, 0, 10))).extracting(QuarantinedImage::fileName, QuarantinedImage::reason)
                .containsExactly(tuple("1.jpg", "gone"));
        in(() -> {
            fineTunes.forgetQuarantined(id);
            return null;
        });
        assertThat(in(() -> fineTunes.quarantined(id, 0, 10))).isEmpty();
    }

    @Test
    void itsProgressAndItsEnd() throws Exception {
        FineTune running = in(() -> {
            FineTune fineTune = fineTunes.lock(id).orElseThrow();
            fineTune.begin();
            fineTune.enter(Phase.TRAINING);
            fineTune.took(IntStream.rangeClosed(1, 60).mapToObj(n -> step(n, 100.0 / n)).toList(), 0.5);
            return fineTune;
        });
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        // 100 steps; 40 are left, at two seconds each.
        assertThat(running.eta(now)).contains(now.plusSeconds(80));
        assertThat(running.firstStep()).contains(step(1, 100));
        assertThat(running.latestStep()).contains(step(60, 100.0 / 60));
        assertThat(running.step()).isEqualTo(60);

        FineTune stopped = in(() -> {
            FineTune fineTune = fineTunes.lock(id).orElseThrow();
            fineTune.stopped();
            return fineTune;
        });
        assertThat(stopped.eta(now)).isEmpty();
        FineTune again = in(() -> {
            FineTune fineTune = fineTunes.lock(id).orElseThrow();
            fineTune.restart();
            return fineTune;
        });
        assertThat(again.phase()).isEqualTo(Phase.QUEUED);
        FineTune completed = in(() -> {
            FineTune fineTune = fineTunes.lock(id).orElseThrow();
            fineTune.completed();
            return fineTune;
        });
        assertThatThrownBy(completed::restart).isInstanceOf(Conflict.class).hasMessageContaining("is COMPLETED");
    }
}
