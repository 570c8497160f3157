package dev.gleaner.review;

import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.NewDecision.BoxDecision;
import dev.gleaner.review.ReviewDecision.Origin;
import dev.gleaner.review.ReviewQueue.Ordering;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * Two hundred reviewers at one queue, over as many connections as the product's pool has: first all of them claim at once, then each decides
 * about an image every three seconds, some sooner, some later. No item may be anybody's second.
 */
final class ReviewCrowd {

    private static final int REVIEWERS = 200;
    private static final int CONNECTIONS = 40;
    private static final int DECISIONS = 10;
    private static final int PAUSE_MILLISECONDS = 3000;

    private final ScaleDatabase scale;
    private final BlockingQueue<EntityManager> pool = new LinkedBlockingQueue<>();

    ReviewCrowd(ScaleDatabase scale) {
        this.scale = scale;
        for (int i = 0; i < CONNECTIONS; i++) {
            pool.add(scale.database.entities().getEntityManagerFactory().createEntityManager());
        }
    }

    /** What a reviewer did, and how long each call took in milliseconds, waiting for a connection included. */
    private record Shift(List<Long> items, List<Double> claims, List<Double> decisions) {
    }

    void run() throws Exception {
        // Each connection has its first statement behind it.
        for (EntityManager own : pool) {
            own.createNativeQuery("select 1").getSingleResult();
        }
        ReviewQueue queue = scale.harness.queue(new NewReviewQueue("crowd", scale.harness.dataset.id(), Ordering.RANDOM, null, null, null, null,
                2 * REVIEWERS * (DECISIONS + 1), 11L));
        ExecutorService reviewers = Executors.newFixedThreadPool(REVIEWERS);
        try {
            long start = System.nanoTime();
            report("200 claims at once", shifts(reviewers, reviewer -> shift(queue.id(), reviewer, 1, 0)), (System.nanoTime() - start) / 1e9);
            long paced = System.nanoTime();
            report("200 reviewers, 3 s an image", shifts(reviewers, reviewer -> shift(queue.id(), reviewer, DECISIONS, PAUSE_MILLISECONDS)),
                    (System.nanoTime() - paced) / 1e9);
        } finally {
            reviewers.shutdown();
            pool.forEach(EntityManager::close);
        }
    }

    private interface Work {
        Shift of(int reviewer) throws Exception;
    }

    private static List<Shift> shifts(ExecutorService reviewers, Work work) throws Exception {
        List<Callable<Shift>> all = new ArrayList<>();
        for (int i = 0; i < REVIEWERS; i++) {
            int reviewer = i;
            all.add(() -> work.of(reviewer));
        }
        List<Shift> shifts = new ArrayList<>();
        for (Future<Shift> shift : reviewers.invokeAll(all)) {
            shifts.add(shift.get());
        }
        return shifts;
    }

    /** Claims an image and decides about it, again and again; without a pause it only claims. */
    private Shift shift(long queue, int reviewer, int count, int pause) throws Exception {
        String name = "crowd " + reviewer;
        Random random = new Random(reviewer);
        Shift shift = new Shift(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < count; i++) {
            if (pause > 0) {
                Thread.sleep(random.nextInt(2 * pause));
            }
            ShownItem item = timed(shift.claims, own -> scale.harness.service(own).claim(queue, 1, name)).get(0);
            shift.items.add(item.item().id());
            if (pause > 0) {
                List<BoxDecision> boxes = item.boxes().stream().map(box -> new BoxDecision(box.annotation(), box.version(), Action.ACCEPT, null, null)).toList();
                timed(shift.decisions, own -> scale.harness.service(own).decide(item.item().id(),
                        new NewDecision(item.item().version(), UUID.randomUUID().toString(), boxes, 3.0, null, Origin.API), name));
            }
        }
        return shift;
    }

    private <T> T timed(List<Double> into, Function<EntityManager, T> work) throws InterruptedException {
        long start = System.nanoTime();
        EntityManager own = pool.take();
        try {
            own.getTransaction().begin();
            T result = work.apply(own);
            own.getTransaction().commit();
            return result;
        } finally {
            own.clear();
            pool.add(own);
            into.add((System.nanoTime() - start) / 1e6);
        }
    }

    private static void report(String what, List<Shift> shifts, double seconds) {
        Set<Long> items = new HashSet<>();
        shifts.forEach(shift -> shift.items.forEach(item -> {
            if (!items.add(item)) {
                throw new IllegalStateException("item " + item + " was given to two reviewers");
            }
        }));
        double[] claims = shifts.stream().flatMap(shift -> shift.claims.stream()).mapToDouble(Double::doubleValue).sorted().toArray();
        double[] decisions = shifts.stream().flatMap(shift -> shift.decisions.stream()).mapToDouble(Double::doubleValue).sorted().toArray();
        System.out.printf(Locale.ROOT, "%s: %d items, nobody's twice, in %.1f s; claims %s%s%n", what, items.size(), seconds, quantiles(claims),
                decisions.length == 0 ? "" : "; decisions " + quantiles(decisions));
    }

    private static String quantiles(double[] sorted) {
        return String.format(Locale.ROOT, "median %.1f ms, p95 %.1f ms, longest %.1f ms", sorted[sorted.length / 2],
                sorted[(int) Math.ceil(0.95 * sorted.length) - 1], Arrays.stream(sorted).max().orElseThrow());
    }
}
