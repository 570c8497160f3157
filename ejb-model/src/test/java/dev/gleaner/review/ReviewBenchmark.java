package dev.gleaner.review;

import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.GalleryService.Sorting;
import dev.gleaner.review.NewDecision.BoxDecision;
import dev.gleaner.review.ReviewDecision.Origin;
import dev.gleaner.review.ReviewQueue.Ordering;
import dev.gleaner.round.ReviewedThresholds;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;

/**
 * Reviews in a {@link ScaleDatabase} and prints what each call takes in the service and the database: in time, and, since others may use
 * the machine, in processor time of the service and its server process (without parallel workers, where a query has them). Then it does each
 * call again and looks at the plans of its statements; a plan that passes a big table from one end to the other is named, and so is a call that
 * misses its deadline, and the program ends with 1. {@code ReviewBenchmark [images] [times] [folder]}; the database stays in the folder.
 */
public final class ReviewBenchmark {

    private static final long DEADLINE_MILLISECONDS = 100;
    private static final int WARM = 20;
    private static final int EXPLAINED = 2;
    /** No check of a foreign key takes as long; a queue has tens of thousands of these. */
    private static final int SLOW_MILLISECONDS = 3;

    private final ScaleDatabase scale;
    private final EntityManager entities;
    private final ReviewHarness harness;
    private final GalleryService gallery;
    private final ReviewQualityService quality;
    private final int times;
    private final Map<String, Long> rows;
    private final Set<String> faults = new LinkedHashSet<>();
    private final Path databaseProcess;
    /** Of processor time, of the 95th percentile, in milliseconds: others may use the machine. */
    private double deadline = Double.POSITIVE_INFINITY;

    private ReviewBenchmark(ScaleDatabase scale, int times) throws Exception {
        this.scale = scale;
        this.times = times;
        entities = scale.database.entities();
        harness = scale.harness;
        gallery = new GalleryService(new CropRepository(entities), new ReviewRepository(entities), new DecisionRepository(entities),
                new AnnotationRepository(entities), new DatasetRepository(entities), new ProjectRepository(entities));
        quality = new ReviewQualityService(new DecisionRepository(entities), new DatasetRepository(entities),
                new ProjectService(new ProjectRepository(entities)));
        rows = scale.plans.rows();
        databaseProcess = Path.of("/proc", String.valueOf(in(() -> entities.createNativeQuery("select pg_backend_pid()", Integer.class).getSingleResult())),
                "schedstat");
    }

    public static void main(String[] arguments) throws Exception {
        int images = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        int times = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        Path folder = Path.of(arguments.length > 2 ? arguments[2] : "target/scale").resolve(images + "-images");
        System.out.printf(Locale.ROOT, "%,d images, %,d boxes in %s%n", images, images * (long) ScaleDatabase.BOXES, folder);
        ReviewBenchmark benchmark;
        try (ScaleDatabase scale = new ScaleDatabase(Files.createDirectories(folder))) {
            scale.prepare(images);
            System.out.println("on the disk: " + String.join(", ", scale.sizes()));
            benchmark = new ReviewBenchmark(scale, times);
            benchmark.pages();
            benchmark.queues();
            new ReviewCrowd(scale).run();
        }
        benchmark.faults.forEach(System.err::println);
        System.out.println(benchmark.faults.isEmpty() ? "Every big table was read by an index, and what has a deadline kept it."
                : benchmark.faults.size() + " statements read too much, or calls took too long.");
        System.exit(benchmark.faults.isEmpty() ? 0 : 1);
    }

    private <T> T in(Callable<T> work) throws Exception {
        return scale.database.inTransaction(work);
    }

    private void pages() throws Exception {
        long dataset = harness.dataset.id();
        long middle = scale.images / 2;
        long project = harness.project.id();
        AnnotationRepository annotations = new AnnotationRepository(entities);
        DatasetRepository datasets = new DatasetRepository(entities);
        ReviewQueue queue = harness.queues().newest(project, Long.MAX_VALUE, 1000).stream().filter(made -> made.name().equals("queue " + ScaleDatabase.QUEUES))
                .findFirst().orElseThrow();
        System.out.println("What has to take less than " + DEADLINE_MILLISECONDS + " ms:");
        deadline = DEADLINE_MILLISECONDS;
        page("list of 25 queues with counts", () -> harness.queues().counts(harness.queues().newest(project, Long.MAX_VALUE, 25)));
        page("first page of 100 items", () -> harness.queues().items(queue.id(), EnumSet.allOf(ReviewItem.Status.class), 0, 100));
        List<Long> done = in(() -> harness.queues().items(queue.id(), EnumSet.of(ReviewItem.Status.DONE), 0, 100)).stream().map(ReviewItem::id).toList();
        page("comments of 100 items", () -> quality.comments(done));
        page("page of 100 items further on", () -> harness.queues().items(queue.id(), EnumSet.allOf(ReviewItem.Status.class), 10_000, 100));
        page("page of 100 items that wait", () -> harness.queues().items(queue.id(), EnumSet.of(ReviewItem.Status.OPEN), 100, 100));
        page("what a reviewer holds", () -> harness.service().held(queue.id(), "ann"));
        ShownItem[] item = new ShownItem[1];
        page("claim an item", () -> item[0] = harness.service().claim(queue.id(), 1, "ann").get(0));
        page("claim three items", () -> harness.service().claim(queue.id(), 3, "eve"));
        page("show an item", () -> harness.service().item(item[0].item().id(), "ann"));
        List<ShownItem> mine = new ArrayList<>();
        for (int i = 0; i < times + WARM; i += 10) {
            mine.addAll(in(() -> harness.service().claim(queue.id(), 10, "bob")));
        }
        for (ShownItem claimed : in(() -> harness.service().claim(queue.id(), EXPLAINED, "bob"))) {
            mine.add(claimed);
        }
        int[] next = new int[1];
        page("decide about ten boxes", () -> decide(mine.get(next[0]++)));
        next[0] = 0;
        page("undo that", () -> harness.service().undo(mine.get(next[0]++).item().id(), UUID.randomUUID().toString(), Origin.API, "bob"));
        deadline = Double.POSITIVE_INFINITY;
        System.out.println("Other pages:");
        ReviewRepository reviews = new ReviewRepository(entities);
        DecisionRepository log = new DecisionRepository(entities);
        List<Long> queues = in(() -> harness.queues().newest(project, Long.MAX_VALUE, 1000)).stream().map(ReviewQueue::id).toList();
        page("items of an image, for a ruling", () -> reviews.ofImage(queue.id(), middle));
        page("last place of a queue", () -> reviews.lastPlace(queue.id()));
        page("images that were ruled on", () -> log.ruled(queues));
        page("history of an image", () -> quality.history(20, Long.MAX_VALUE, 100));
        page("quality of 30 days", () -> quality.quality(project, 30));
        page("thresholds from what was decided", () -> quality.thresholds(project, ReviewedThresholds.DEFAULT));
        page("gallery, lowest scores", () -> gallery.page(dataset, "thing 7", Sorting.LOWEST, null, 100));
        page("gallery, further on", () -> gallery.page(dataset, "thing 7", Sorting.LOWEST, "0.7:1", 100));
        page("gallery, highest scores", () -> gallery.page(dataset, "thing 7", Sorting.HIGHEST, null, 100));
        page("gallery, those unlike others", () -> gallery.page(dataset, "thing 7", Sorting.UNLIKE, null, 100));
        page("gallery, unlike, further on", () -> gallery.page(dataset, "thing 7", Sorting.UNLIKE, "2.0:1", 100));
        page("gallery, decide about ten", () -> decideCrops());
        page("gallery, where its pages end", () -> gallery.places(dataset, new GalleryService.Wanted("thing 7", Sorting.LOWEST, null, null), 500));
        page("gallery, its categories", () -> gallery.categoriesOf(dataset));
        page("what a queue would hold", () -> harness.queues().preview(ReviewHarness.wanted(dataset)));
        page("what one of the project would", () -> harness.queues().preview(wanted(true, Ordering.RANKED, 500, null, 0, ReviewQueue.Among.OPEN)));
        page("first page of images", () -> datasets.images(dataset, 0, 100));
        page("page of images further on", () -> datasets.images(dataset, middle, 100));
        Set<Status> decided = EnumSet.of(Status.ACCEPTED, Status.CORRECTED, Status.REJECTED);
        page("images that somebody decided", () -> annotations.imagesWith(dataset, decided, middle, 100));
        page("images with any box", () -> annotations.imagesWith(dataset, Status.STANDING, middle, 100));
        page("images with a superseded box", () -> annotations.imagesWith(dataset, EnumSet.of(Status.SUPERSEDED), 0, 100));
        page("boxes by id", () -> annotations.filed(dataset, Status.STANDING, 10 * middle, 100));
        page("superseded boxes", () -> annotations.filed(dataset, EnumSet.of(Status.SUPERSEDED), 0, 100));
        page("boxes of 100 images", () -> annotations.filedOfImages(LongStream.range(middle, middle + 100).boxed().toList(), Status.STANDING));
    }

    private Object decide(ShownItem item) {
        List<BoxDecision> boxes = item.boxes().stream().map(box -> new BoxDecision(box.annotation(), box.version(), Action.ACCEPT, null, null)).toList();
        NewDecision decision = new NewDecision(item.item().version(), UUID.randomUUID().toString(), boxes, 3.0, null, Origin.API);
        return harness.service().decide(item.item().id(), decision, "bob");
    }

    private Object decideCrops() {
        List<BoxDecision> boxes = gallery.page(harness.dataset.id(), "thing 8", Sorting.HIGHEST, null, 10).crops().stream()
                .map(crop -> new BoxDecision(crop.annotation().id(), crop.annotation().version(), Action.ACCEPT, null, null)).toList();
        return gallery.decide(boxes, 3.0, UUID.randomUUID().toString(), Origin.API, "bob");
    }

    private void queues() throws Exception {
        System.out.println("Queues, made once and removed, and again for the plans:");
        for (Ordering ordering : Ordering.values()) {
            for (int limit : new int[] {500, 20_000}) {
                queue(ordering, limit, null, 0);
            }
        }
        for (Ordering ordering : new Ordering[] {Ordering.RANDOM, Ordering.STRATIFIED}) {
            queue(ordering, 500, null, 0, ReviewQueue.Among.LABELED);
        }
        NewReviewQueue.Filter narrow = new NewReviewQueue.Filter(List.of("thing 3"), List.of(0.4, 0.6), null, null, harness.run, null);
        queue(Ordering.RANKED, 500, narrow, 0);
        queue(Ordering.RANDOM, 500, narrow, 0);
        queue(Ordering.RANKED, 500, null, 0.1);
        for (Ordering ordering : Ordering.values()) {
            queue(true, ordering, 500, null, 0.1, ReviewQueue.Among.OPEN);
        }
        queue(true, Ordering.RANKED, 20_000, null, 0, ReviewQueue.Among.OPEN);
        queue(true, Ordering.RANDOM, 500, null, 0, ReviewQueue.Among.LABELED);
        looks();
    }

    /** What ranking asks about other model versions, by itself: it may be too fast to be among the slow statements of a queue. */
    private void looks() throws Exception {
        QueueCandidates candidates = new QueueCandidates(entities);
        List<Long> categories = in(() -> new ProjectRepository(entities).categories(harness.project.id())).stream().map(Category::id).toList();
        List<Long> images = LongStream.range(scale.images / 2, scale.images / 2 + 500).boxed().toList();
        for (List<Long> datasets : List.of(List.of(harness.dataset.id()), List.of(harness.dataset.id(), scale.other))) {
            int[] seed = new int[1];
            page("lost by the newer version, " + datasets.size() + " of 2", () -> candidates.lost(datasets, ReviewFilter.ALL, categories, 500, seed[0]++));
            page("decided boxes, " + datasets.size() + " of 2", () -> candidates.decided(datasets, 1000));
            page("known images, " + datasets.size() + " of 2", () -> candidates.known(harness.project.id(), datasets, 50, seed[0]++));
        }
        Set<Long> runs = in(() -> candidates.runs(harness.dataset.id())).keySet();
        page("which runs looked at 500 images", () -> candidates.lookedAt(runs, images));
        if (in(() -> candidates.lost(List.of(harness.dataset.id()), ReviewFilter.ALL, categories, 500, 7)).isEmpty()
                || in(() -> candidates.lookedAt(runs, images)).values().stream().noneMatch(by -> by.size() == 2)) {
            throw new IllegalStateException("the database has nothing that an earlier model version alone found");
        }
    }

    private void queue(Ordering ordering, int limit, NewReviewQueue.Filter filter, double checks) throws Exception {
        queue(ordering, limit, filter, checks, ReviewQueue.Among.OPEN);
    }

    private void queue(Ordering ordering, int limit, NewReviewQueue.Filter filter, double checks, ReviewQueue.Among among) throws Exception {
        queue(false, ordering, limit, filter, checks, among);
    }

    private NewReviewQueue wanted(boolean ofProject, Ordering ordering, int limit, NewReviewQueue.Filter filter, double checks, ReviewQueue.Among among) {
        return new NewReviewQueue("queue", ofProject ? null : harness.dataset.id(), ordering, filter, checks, null, null, limit, 7L, among,
                ofProject ? harness.project.id() : null);
    }

    private void queue(boolean ofProject, Ordering ordering, int limit, NewReviewQueue.Filter filter, double checks, ReviewQueue.Among among) throws Exception {
        String what = String.format(Locale.ROOT, "%s%s, %,d %simages%s%s", ofProject ? "project, " : "", ordering.name().toLowerCase(Locale.ROOT), limit,
                among == ReviewQueue.Among.LABELED ? "labeled " : "",
                filter == null ? "" : ", of one category", checks == 0 ? "" : ", with checks");
        NewReviewQueue wanted = wanted(ofProject, ordering, limit, filter, checks, among);
        double[][] taken = new double[2][2];
        long[] made = new long[1];
        Callable<?> make = () -> made[0] = harness.queues().create(wanted, "ann").id();
        Callable<?> remove = () -> {
            harness.queues().remove(made[0]);
            return null;
        };
        measure(make, taken, 0);
        measure(remove, taken, 1);
        String judged = judge(what, scale.plans.of(SLOW_MILLISECONDS, () -> {
            in(make);
            return in(remove);
        }), 1);
        System.out.printf(Locale.ROOT, "%-36s %8.1f ms, of processor %8.1f; removed in %7.1f ms; slow ones: %s%n", what, taken[0][0], taken[1][0],
                taken[0][1], judged);
    }

    private void page(String what, Callable<?> work) throws Exception {
        double[][] taken = new double[2][times];
        for (int i = -WARM; i < times; i++) {
            measure(work, taken, Math.max(0, i));
        }
        String judged = judge(what, scale.plans.of(0, () -> {
            for (int i = 0; i < EXPLAINED; i++) {
                in(work);
            }
            return null;
        }), EXPLAINED);
        if (quantile(taken[1], 0.95) > deadline) {
            faults.add(String.format(Locale.ROOT, "%s: p95 of %.1f ms of processor, expected less than %.0f", what, quantile(taken[1], 0.95), deadline));
        }
        System.out.printf(Locale.ROOT, "%-36s median %7.1f ms, p95 %7.1f ms; of processor %7.1f, %7.1f; %s%n", what, quantile(taken[0], 0.5),
                quantile(taken[0], 0.95), quantile(taken[1], 0.5), quantile(taken[1], 0.95), judged);
    }

    private void measure(Callable<?> work, double[][] taken, int place) throws Exception {
        long processor = processor();
        long start = System.nanoTime();
        in(work);
        taken[0][place] = (System.nanoTime() - start) / 1e6;
        taken[1][place] = (processor() - processor) / 1e6;
    }

    /** Nanoseconds that this thread and its server process were on a processor. */
    private long processor() throws IOException {
        return Long.parseLong(Files.readString(databaseProcess).split(" ")[0]) + ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    private String judge(String what, List<QueryPlan> plans, int calls) {
        if (plans.isEmpty()) {
            throw new IllegalStateException("no plan was logged of: " + what);
        }
        plans.forEach(plan -> plan.faults(rows).forEach(fault -> faults.add(what + ": " + fault + "\n    " + plan.query().replaceAll("\\s+", " "))));
        return String.format(Locale.ROOT, "%d statements, %,.0f rows", plans.size() / calls, plans.stream().mapToDouble(QueryPlan::rowsRead).sum() / calls);
    }
}
