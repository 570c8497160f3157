package dev.gleaner.review;

import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.GalleryService.Sorting;
import dev.gleaner.review.NewDecision.BoxDecision;
import dev.gleaner.review.ReviewDecision.Origin;
import dev.gleaner.review.ReviewQueue.Ordering;
import jakarta.persistence.EntityManager;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;

/**
 * Reviews in a large dataset, ten proposals on each image, and prints what each call takes in the database and the service, and how many rows of
 * large tables were read without an index: {@code ReviewBenchmark [images] [times]}.
 */
public final class ReviewBenchmark {

    private static final int BOXES = 10;
    private static final int CATEGORIES = 80;

    private final TestDatabase database;
    private final EntityManager entities;
    private final ReviewHarness harness;
    private final int times;

    private ReviewBenchmark(TestDatabase database, int times) throws Exception {
        this.database = database;
        this.entities = database.entities();
        this.times = times;
        harness = new ReviewHarness(database, 0);
    }

    public static void main(String[] arguments) throws Exception {
        int images = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        int times = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        try (TestDatabase database = new TestDatabase()) {
            new ReviewBenchmark(database, times).run(images);
        }
    }

    private <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    private void run(int images) throws Exception {
        System.out.printf(Locale.ROOT, "%,d images, %,d boxes%n", images, images * (long) BOXES);
        once("generate", () -> {
            generate(images);
            return null;
        });
        ReviewQueue queue = once("make a ranked queue of 500", () -> make(Ordering.RANKED, 500));
        ReviewQueue large = once("make a ranked queue of 20,000", () -> make(Ordering.RANKED, 20_000));
        once("make a queue of 500 by lot", () -> make(Ordering.RANDOM, 500));
        once("make a stratified queue of 500", () -> make(Ordering.STRATIFIED, 500));
        AnnotationRepository annotations = new AnnotationRepository(entities);
        GalleryService gallery = new GalleryService(new CropRepository(entities), new ReviewRepository(entities), new DecisionRepository(entities), annotations,
                new DatasetRepository(entities), new ProjectRepository(entities));
        ReviewQualityService quality = new ReviewQualityService(new DecisionRepository(entities), new DatasetRepository(entities),
                new ProjectService(new ProjectRepository(entities)));
        repeated("list of queues with counts", () -> harness.queues().counts(harness.queues().newest(harness.project.id(), Long.MAX_VALUE, 25)));
        repeated("page of 100 items", () -> harness.queues().items(large.id(), EnumSet.allOf(ReviewItem.Status.class), 10_000, 100));
        ShownItem[] item = new ShownItem[1];
        repeated("claim an item", () -> item[0] = harness.service().claim(large.id(), 1, "ann").get(0));
        repeated("show an item", () -> harness.service().item(item[0].item().id(), "ann"));
        decide(queue);
        repeated("history of an image", () -> quality.history(item[0].image().id(), Long.MAX_VALUE, 100));
        repeated("quality of 30 days", () -> quality.quality(harness.project.id(), 30));
        repeated("first page of a gallery", () -> gallery.page(harness.dataset.id(), "thing 7", Sorting.LOWEST, null, 100));
        repeated("later page of a gallery", () -> gallery.page(harness.dataset.id(), "thing 7", Sorting.LOWEST, "0.7:1", 100));
        repeated("first page of those unlike others", () -> gallery.page(harness.dataset.id(), "thing 7", Sorting.UNLIKE, null, 100));
    }

    private ReviewQueue make(Ordering ordering, int limit) {
        return harness.queues().create(new NewReviewQueue("queue", harness.dataset.id(), ordering, null, null, null, null, limit, 7L), "ann");
    }

    private void generate(int images) {
        entities.createNativeQuery("insert into categories (project_id, name) select %d, 'thing ' || i from generate_series(0, %d) i"
                .formatted(harness.project.id(), CATEGORIES - 1)).executeUpdate();
        entities.createNativeQuery(("insert into images (dataset_id, file_name, path, width, height, sha256) select %d, i || '.jpg', '/' || i, 640, 480,"
                + " lpad(to_hex(i), 64, '0') from generate_series(1, %d) i").formatted(harness.dataset.id(), images)).executeUpdate();
        // Scores and sizes without order, but the same each time.
        entities.createNativeQuery(("insert into annotations (image_id, dataset_id, category_id, phrase, x, y, width, height, score, status, model_version_id,"
                + " labeling_run_id, ordinal) select i.id, i.dataset_id, c.first + abs(hashint8(i.id * 10 + b)) %% %d, 'a thing', abs(hashint8(i.id + b)) %% 500,"
                + " abs(hashint8(i.id - b)) %% 380, 20 + abs(hashint8(i.id * b)) %% 100, 20 + abs(hashint8(i.id * b + 1)) %% 80,"
                + " 0.1 + abs(hashint8(i.id * 7 + b)) %% 9000 / 10000.0, 'PROPOSED', %d, %d, b from images i cross join generate_series(0, %d) b"
                + " cross join (select min(id) as first from categories where project_id = %d and name like 'thing %%') c where i.dataset_id = %d")
                .formatted(CATEGORIES, harness.model, harness.run, BOXES - 1, harness.project.id(), harness.dataset.id())).executeUpdate();
        entities.createNativeQuery("analyze").executeUpdate();
    }

    private void decide(ReviewQueue queue) throws Exception {
        double[] seconds = new double[times];
        long[] before = unindexed();
        for (int i = 0; i < times; i++) {
            ShownItem item = in(() -> harness.service().claim(queue.id(), 1, "bob").get(0));
            List<BoxDecision> boxes = item.boxes().stream().map(box -> new BoxDecision(box.annotation(), box.version(), Action.ACCEPT, null, null)).toList();
            long start = System.nanoTime();
            in(() -> harness.service().decide(item.item().id(), new NewDecision(item.item().version(), UUID.randomUUID().toString(), boxes, 3.0, null, Origin.API),
                    "bob"));
            seconds[i] = (System.nanoTime() - start) / 1e9;
        }
        print("decide about an image", seconds, before);
    }

    private <T> T once(String what, Callable<T> work) throws Exception {
        long[] before = unindexed();
        long start = System.nanoTime();
        T result = in(work);
        print(what, new double[] {(System.nanoTime() - start) / 1e9}, before);
        return result;
    }

    private void repeated(String what, Callable<?> work) throws Exception {
        double[] seconds = new double[times];
        long[] before = unindexed();
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            in(work);
            seconds[i] = (System.nanoTime() - start) / 1e9;
        }
        print(what, seconds, before);
    }

    /** Rows read one after another, without an index, of annotations, images, items and entries of the log so far. */
    private long[] unindexed() throws Exception {
        in(() -> entities.createNativeQuery("select cast(pg_stat_force_next_flush() as text)", String.class).getSingleResult());
        Object[] row = in(() -> (Object[]) entities.createNativeQuery("select " + List.of("annotations", "images", "review_items", "review_decisions",
                "review_decision_boxes").stream().map(table -> "(select seq_tup_read from pg_stat_user_tables where relname = '" + table + "')")
                .reduce((a, b) -> a + ", " + b).orElseThrow()).getSingleResult());
        return Arrays.stream(row).mapToLong(count -> ((Number) count).longValue()).toArray();
    }

    private void print(String what, double[] seconds, long[] before) throws Exception {
        long[] after = unindexed();
        Arrays.sort(seconds);
        long[] rows = new long[after.length];
        Arrays.setAll(rows, i -> after[i] - before[i]);
        System.out.printf(Locale.ROOT, "%-34s median %9.1f ms, p95 %9.1f ms; read without an index: %s%n", what, 1000 * seconds[seconds.length / 2],
                1000 * seconds[(int) Math.ceil(0.95 * seconds.length) - 1], Arrays.stream(rows).allMatch(count -> count == 0) ? "nothing"
                        : "%,d annotations, %,d images, %,d items, %,d entries, %,d boxes of entries".formatted(rows[0], rows[1], rows[2], rows[3], rows[4]));
    }
}
