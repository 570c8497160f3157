package dev.gleaner.evaluationrun;

import dev.gleaner.TestDatabase;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Prompt;
import dev.gleaner.inference.DetectedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Accumulates an evaluation of the size of LVIS minival from the database: 5,000 images with 10 gold boxes and 300 detections
 * each, of 1,203 categories, or of as many images as the first argument says. Prints what it takes and the heap it was given.
 */
public final class AccumulationBenchmark {

    private static final int CATEGORIES = 1203;
    private static final int GOLD = 10;
    private static final int DETECTIONS = 300;
    private static final int BATCH = 500;

    private AccumulationBenchmark() {
    }

    public static void main(String[] arguments) throws Exception {
        int images = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5_000;
        Random random = new Random(7);
        List<String> names = IntStream.range(0, CATEGORIES).mapToObj("category %d"::formatted).toList();
        try (TestDatabase database = TestDatabase.open()) {
            EvaluationHarness harness = new EvaluationHarness(database, images, names);
            fillGold(harness);
            List<Prompt> prompts = names.stream().map(Prompt::of).toList();
            Evaluation[] evaluation = new Evaluation[1];
            timed("freeze", () -> evaluation[0] = harness.evaluation(prompts, harness.images));
            timed("write detections", () -> {
                for (int from = 0; from < images; from += BATCH) {
                    harness.finish(evaluation[0], harness.images.subList(from, Math.min(images, from + BATCH)).stream()
                            .map(image -> new DetectedImage(image, detections(random), Optional.empty())).toArray(DetectedImage[]::new));
                }
            });
            for (int run = 0; run < 2; run++) {
                timed("accumulate", () -> database.inTransaction(() -> {
                    harness.accumulation.accumulate(evaluation[0].id(), evaluation[0].attempt());
                    return null;
                }));
            }
            System.out.printf(Locale.ROOT, "%,d images, %,d detections, %,d mistakes kept, a heap of %,d MB%n", images, (long) images * DETECTIONS,
                    database.count("evaluation_mistakes"), Runtime.getRuntime().maxMemory() >> 20);
        }
    }

    private static void fillGold(EvaluationHarness harness) throws Exception {
        long first = harness.categories.values().stream().mapToLong(category -> category.id()).min().orElseThrow();
        harness.database.inTransaction(() -> harness.entities.createNativeQuery("insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status)"
                        + " select i.id, i.dataset_id, :first + (i.id * 7919 + n * 104729) % :categories, n * 30, (i.id * 31 + n * 17) % 300, 20 + n * 15, 30 + n * 10, 'IMPORTED'"
                        + " from images i, generate_series(0, :last) n where i.dataset_id = :dataset")
                .setParameter("first", first).setParameter("categories", CATEGORIES).setParameter("last", GOLD - 1)
                .setParameter("dataset", harness.dataset.id()).executeUpdate());
    }

    private static List<Detection> detections(Random random) {
        List<Detection> found = new ArrayList<>();
        for (int i = 0; i < DETECTIONS; i++) {
            String category = "category " + random.nextInt(CATEGORIES);
            found.add(new Detection(category, category,
                    Box.xywh(random.nextInt(300), random.nextInt(300), 20 + random.nextInt(150), 20 + random.nextInt(150)), 1 - i / 1000.0));
        }
        return found;
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void timed(String step, Step work) throws Exception {
        long start = System.nanoTime();
        work.run();
        System.out.printf(Locale.ROOT, "%-17s %6.1f s%n", step, (System.nanoTime() - start) / 1e9);
    }
}
