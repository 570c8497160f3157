package dev.gleaner.evaluationrun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.TestDatabase;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.Mistake.Kind;
import dev.gleaner.format.Sha256;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Prompt;
import dev.gleaner.inference.DetectedImage;
import dev.gleaner.inference.Shard;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Evaluations on a real database, without a server. */
class EvaluationRepositoryTest {

    private static final List<Prompt> PROMPTS = List.of(Prompt.of("cat"), Prompt.of("dog"));

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private EvaluationHarness harness;

    @BeforeEach
    void prepare() throws Exception {
        harness = new EvaluationHarness(database, 4, List.of("cat", "dog", "bird"));
    }

    private static DetectedImage found(long image, Detection... detections) {
        return new DetectedImage(image, List.of(detections), Optional.empty());
    }

    private static Detection cat(double x, double y, double width, double height, double score) {
        return new Detection("cat", "cat", Box.xywh(x, y, width, height), score);
    }

    @Test
    void freezesTheGoldOfItsCategoriesAndNamesItByADigest() throws Exception {
        long image = harness.images.get(0);
        long imported = harness.box(image, "cat", "IMPORTED", 0.1, 2, 3, 4);
        for (String status : List.of("PROPOSED", "SUPERSEDED", "REJECTED")) {
            harness.box(image, "cat", status, 0, 0, 1, 1);
        }
        long corrected = harness.box(image, "dog", "CORRECTED", 5, 6, 7, 8);
        harness.box(image, "bird", "ACCEPTED", 0, 0, 1, 1);

        Evaluation evaluation = harness.evaluation(PROMPTS, harness.images.subList(0, 2));

        assertThat(evaluation.gold()).isEqualTo(2);
        long cat = harness.categories.get("cat").id();
        long dog = harness.categories.get("dog").id();
        String lines = "%d %064x [{\"x\": 0.1, \"y\": 2, \"id\": %d, \"crowd\": false, \"width\": 3, \"height\": 4, \"category\": %d}, ".formatted(image, 0, imported, cat)
                + "{\"x\": 5, \"y\": 6, \"id\": %d, \"crowd\": false, \"width\": 7, \"height\": 8, \"category\": %d}]\n".formatted(corrected, dog)
                + "%d %064x []".formatted(harness.images.get(1), 1);
        assertThat(evaluation.snapshotSha256()).isEqualTo(Sha256.of(lines.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void leavesWhatIsToDoInShards() throws Exception {
        Evaluation evaluation = harness.evaluation(PROMPTS, harness.images);
        harness.finish(evaluation, found(harness.images.get(1)));

        List<Shard> shards = database.inTransaction(() -> harness.evaluations.shards(evaluation.id(), 2));
        assertThat(shards).hasSize(2);
        List<Long> left = database.inTransaction(() -> harness.evaluations.pending(evaluation.id(), new Shard(0, Long.MAX_VALUE), 0, 10)
                .stream().map(Image::id).toList());
        assertThat(left).containsExactly(harness.images.get(0), harness.images.get(2), harness.images.get(3));
        List<Long> behind = database.inTransaction(() -> harness.evaluations.pending(evaluation.id(), new Shard(0, Long.MAX_VALUE),
                harness.images.get(0), 1).stream().map(Image::id).toList());
        assertThat(behind).containsExactly(harness.images.get(2));
    }

    @Test
    void countsOnlyForThePresentAttempt() throws Exception {
        Evaluation evaluation = harness.evaluation(PROMPTS, harness.images);

        assertThat(database.<Boolean>inTransaction(() -> harness.evaluations.count(evaluation.id(), evaluation.attempt() + 1, 1, 0, 1))).isFalse();
        assertThat(database.<Boolean>inTransaction(() -> harness.evaluations.count(evaluation.id(), evaluation.attempt(), 1, 0, 1))).isTrue();
    }

    @Test
    void figuresComeFromWhatIsStoredAndQuarantineIsLeftOut() throws Exception {
        long first = harness.images.get(0);
        harness.box(first, "cat", "IMPORTED", 0, 0, 10, 10);
        long missed = harness.box(first, "dog", "IMPORTED", 50, 50, 20, 20);
        harness.box(harness.images.get(1), "cat", "IMPORTED", 0, 0, 10, 10);
        Evaluation evaluation = harness.evaluation(PROMPTS, harness.images.subList(0, 2));
        harness.finish(evaluation, found(first, cat(0, 0, 10, 10, 0.9), cat(50, 50, 20, 20, 0.8)),
                new DetectedImage(harness.images.get(1), List.of(), Optional.of("gone")));

        database.inTransaction(() -> {
            harness.accumulation.accumulate(evaluation.id(), evaluation.attempt());
            return null;
        });

        Evaluation done = database.inTransaction(() -> harness.evaluations.find(evaluation.id()).orElseThrow());
        // The cat is found before the box that hits the dog: AP 1; the dog is not: AP 0.
        assertThat(done.figures().orElseThrow().all().ap()).isCloseTo(0.5, within(1e-12));
        assertThat(done.figures().orElseThrow().categories()).isEqualTo(2);
        List<CategoryFigures> rows = database.inTransaction(() -> harness.evaluations.categories(evaluation.id(), 0, 10));
        assertThat(rows).extracting(CategoryFigures::name).containsExactly("cat", "dog");
        assertThat(rows).extracting(CategoryFigures::gold).containsExactly(1, 1);
        assertThat(rows.get(0).mistakes()).isEqualTo(Map.of(Kind.OTHER_CATEGORY, 1));
        List<Example> examples = database.inTransaction(() -> harness.evaluations.examples(evaluation.id(), null, null, 0, 10));
        assertThat(examples).extracting(example -> example.mistake().kind()).containsExactly(Kind.OTHER_CATEGORY, Kind.MISSED);
        assertThat(examples.get(0).goldCategory()).isEqualTo("dog");
        assertThat(examples.get(1).mistake().goldId()).contains(missed);
        assertThat(database.inTransaction(() -> harness.evaluations.examples(evaluation.id(), Kind.MISSED, rows.get(0).categoryId(), 0, 10))).isEmpty();
        assertThat(database.inTransaction(() -> harness.evaluations.quarantined(evaluation.id(), 0, 10)))
                .extracting(image -> image.fileName() + ": " + image.reason()).containsExactly("1.jpg: gone");
    }

    @Test
    void federatedImagesJudgeOnlyWhatTheyKnow() throws Exception {
        harness.box(harness.images.get(0), "cat", "IMPORTED", 0, 0, 10, 10);
        long cat = harness.categories.get("cat").id();
        database.inTransaction(() -> {
            harness.entities.createNativeQuery("update images set absent = '{}', not_exhaustive = '{}'").executeUpdate();
            harness.entities.createNativeQuery("update images set absent = array[:cat] where id = :image").setParameter("cat", cat)
                    .setParameter("image", harness.images.get(2)).executeUpdate();
            return harness.entities.createNativeQuery("insert into dataset_categories values (:dataset, :cat, 'r')")
                    .setParameter("dataset", harness.dataset.id()).setParameter("cat", cat).executeUpdate();
        });
        Evaluation evaluation = harness.evaluation(EvaluationProtocol.LVIS_FIXED, List.of(Prompt.of("cat")), harness.images.subList(0, 3));
        // Surer than the find: in an image that tells nothing of cats, and in one that has none for sure.
        harness.finish(evaluation, found(harness.images.get(0), cat(0, 0, 10, 10, 0.5)), found(harness.images.get(1), cat(0, 0, 10, 10, 0.9)),
                found(harness.images.get(2), cat(0, 0, 10, 10, 0.8)));

        database.inTransaction(() -> {
            harness.accumulation.accumulate(evaluation.id(), evaluation.attempt());
            return null;
        });

        Figures figures = database.inTransaction(() -> harness.evaluations.find(evaluation.id()).orElseThrow()).figures().orElseThrow();
        assertThat(figures.all().ap()).as("one wrong before the right one").isCloseTo(0.5, within(1e-12));
        assertThat(figures.apRare()).isEqualTo(figures.all().ap());
        assertThat(figures.apCommon()).isEqualTo(-1);
    }

    @Test
    void accumulatingAgainReplacesWhatWasThere() throws Exception {
        harness.box(harness.images.get(0), "cat", "IMPORTED", 0, 0, 10, 10);
        Evaluation evaluation = harness.evaluation(PROMPTS, harness.images.subList(0, 1));
        harness.finish(evaluation, found(harness.images.get(0), cat(50, 50, 10, 10, 0.5)));

        for (int time = 0; time < 2; time++) {
            database.inTransaction(() -> {
                harness.accumulation.accumulate(evaluation.id(), evaluation.attempt());
                return null;
            });
        }

        assertThat(database.inTransaction(() -> harness.evaluations.examples(evaluation.id(), null, null, 0, 10))).hasSize(2);
    }

    @Test
    void boxesAndScoresAreKeptToTheLastBit() throws Exception {
        harness.box(harness.images.get(0), "cat", "IMPORTED", 1 / 3.0, 0, 0.1, 1e-7);
        Evaluation evaluation = harness.evaluation(PROMPTS, harness.images.subList(0, 1));
        harness.finish(evaluation, found(harness.images.get(0), cat(1 / 3.0, -2 / 7.0, Math.PI, 1e-9, 0.1f)));

        EvaluationRepository.Result result = database.inTransaction(() -> harness.evaluations.results(evaluation.id(), 0, 10)).get(0);

        assertThat(result.image().gold().get(0).box()).isEqualTo(Box.xywh(1 / 3.0, 0, 0.1, 1e-7));
        assertThat(result.detections().detections(new long[] {1, 2}))
                .containsExactly(new DetectedBox(harness.images.get(0), 1, Box.xywh(1 / 3.0, -2 / 7.0, Math.PI, 1e-9), 0.1f));
    }
}
