package dev.gleaner.evaluation;

import dev.gleaner.evaluation.TruthCategory.Frequency;
import dev.gleaner.glip.Box;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;

/**
 * Takes the time of both evaluations at the size of LVIS minival: 5,000 images with 10 boxes each, 300 detections per image.
 * The categories are LVIS's 1,203 with federated truth, and, with every detection compared, COCO's 80. In parentheses stand
 * the average precision, or how many mistakes are kept.
 */
public final class EvaluationBenchmark {

    private static final int IMAGES = 5_000;
    private static final int TRUTHS = 10;
    private static final int DETECTIONS = 300;

    private final Random random = new Random(7);
    private final List<TruthBox> truths = new ArrayList<>();
    private final List<DetectedBox> detections = new ArrayList<>();
    private final GroundTruth truth;

    private EvaluationBenchmark(int categories) {
        List<TruthImage> images = new ArrayList<>();
        for (long image = 1; image <= IMAGES; image++) {
            Set<Long> absent = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                absent.add(1L + random.nextInt(categories));
            }
            images.add(new TruthImage(image, absent, Set.of()));
            fill(image, categories);
        }
        truth = new GroundTruth(images, LongStream.rangeClosed(1, categories)
                .mapToObj(id -> new TruthCategory(id, "category " + id, Optional.of(Frequency.values()[(int) (id % 3)]))).toList(), truths);
    }

    /** Half of the detections lie near a truth of their category. */
    private void fill(long image, int categories) {
        int first = truths.size();
        for (int i = 0; i < TRUTHS; i++) {
            truths.add(TruthBox.of(truths.size() + 1, image, 1 + random.nextInt(categories), near(null)));
        }
        for (int i = 0; i < DETECTIONS; i++) {
            TruthBox meant = truths.get(first + random.nextInt(TRUTHS));
            detections.add(i % 2 == 0
                    ? new DetectedBox(image, meant.categoryId(), near(meant.box()), random.nextDouble())
                    : new DetectedBox(image, 1 + random.nextInt(categories), near(null), random.nextDouble()));
        }
    }

    private Box near(Box box) {
        return box == null
                ? Box.xywh(random.nextInt(600), random.nextInt(400), 5 + random.nextInt(200), 5 + random.nextInt(200))
                : Box.xywh(box.x() + random.nextGaussian() * 3, box.y() + random.nextGaussian() * 3, box.width(), box.height());
    }

    public static void main(String[] args) {
        EvaluationBenchmark lvis = new EvaluationBenchmark(1203);
        report("LVIS, 1,203 categories", () -> DetectionEvaluation.lvis(lvis.truth, lvis.detections, 10_000).figures().ap());
        report("COCO, 1,203 categories", () -> DetectionEvaluation.coco(lvis.truth, lvis.detections).figures().ap());
        confusion("LVIS, 1,203 categories", Protocol.LVIS, lvis);
        EvaluationBenchmark coco = new EvaluationBenchmark(80);
        report("COCO, 80 categories", () -> DetectionEvaluation.coco(coco.truth, coco.detections).figures().ap());
        confusion("COCO, 80 categories", Protocol.COCO, coco);
    }

    private static void confusion(String name, Protocol protocol, EvaluationBenchmark data) {
        report("mistakes of " + name, () -> Confusion.of(protocol, data.truth, data.detections, 0.5, 50).examples().size());
    }

    private static void report(String name, DoubleSupplier evaluation) {
        for (int run = 1; run <= 2; run++) {
            long start = System.nanoTime();
            double ap = evaluation.getAsDouble();
            System.out.printf("%s, run %d: %.1f s (%.4f)%n", name, run, (System.nanoTime() - start) / 1e9, ap);
        }
    }
}
