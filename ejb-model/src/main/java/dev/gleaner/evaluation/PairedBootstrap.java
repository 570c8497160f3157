package dev.gleaner.evaluation;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.Erfc;

/**
 * How sure it is that one model is better than another on the same images: a bootstrap of the difference of their AP over
 * images (Efron and Tibshirani 1993, chapter 13). As many images as there are are drawn with replacement, the same ones for both
 * models, many times; the interval is that of the middle differences.
 *
 * @param difference of AP on the images themselves, second minus first
 * @param low        lower end of the interval
 * @param high       upper end of the interval
 * @param confidence share of the differences that lie within
 * @param samples    how many times images were drawn
 * @param noWorse    probability that the second model is no worse: the share of the differences that are not below zero, and where those are too few to be
 *                   counted that of a normal distribution of the differences' mean and deviation, if it is more
 */
public record PairedBootstrap(double difference, double low, double high, double confidence, int samples, double noWorse) {

    /** Fewer samples tell no share: whoever asks for one in ten thousand, for each of a thousand categories, would get none of a thousand samples. */
    private static final int FEWEST = 10;

    /**
     * Compares detections by COCO's AP; categories that have nothing to find in a sample are left out of its means.
     *
     * @param first      of the model that is there
     * @param second     of the model that may take its place
     * @param samples    at least 100
     * @param confidence as 0.95
     * @param seed       of the drawing: the same seed gives the same interval
     * @throws IllegalArgumentException if there is nothing to find at all, or a detection is of an image that is not listed
     */
    public static PairedBootstrap of(GroundTruth truth, Collection<DetectedBox> first, Collection<DetectedBox> second, int samples,
            double confidence, long seed) {
        return of(Protocol.COCO, truth, first, second, AreaRange.ALL, samples, confidence, seed);
    }

    /**
     * The same for objects of one size alone, compared by the rules of a protocol. Where that limits detections over all images, it is by those of the
     * images themselves.
     */
    public static PairedBootstrap of(Protocol protocol, GroundTruth truth, Collection<DetectedBox> first, Collection<DetectedBox> second, AreaRange sizes,
            int samples, double confidence, long seed) {
        if (samples < 100) {
            throw new IllegalArgumentException("samples: " + samples + ", expected at least 100");
        }
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("confidence: " + confidence + ", expected a number between 0 and 1");
        }
        List<CategoryMatches> before = matches(protocol, truth, first);
        List<CategoryMatches> after = matches(protocol, truth, second);
        Map<Long, Integer> places = new HashMap<>();
        truth.images().forEach(image -> places.putIfAbsent(image.id(), places.size()));
        int[] once = new int[places.size()];
        Arrays.fill(once, 1);
        double difference = difference(before, after, sizes, places, once);
        if (Double.isNaN(difference)) {
            throw new IllegalArgumentException("truth: no box to be found in " + places.size() + " images, expected at least one");
        }
        double[] differences = IntStream.range(0, samples).parallel()
                .mapToDouble(sample -> difference(before, after, sizes, places, draw(places.size(), seed, sample)))
                .filter(value -> !Double.isNaN(value)).sorted().toArray();
        double outside = (1 - confidence) / 2;
        return new PairedBootstrap(difference, quantile(differences, outside), quantile(differences, 1 - outside), confidence, samples, noWorse(differences));
    }

    private static double noWorse(double[] differences) {
        long count = Arrays.stream(differences).filter(value -> value >= 0).count();
        double share = count / (double) differences.length;
        if (count >= FEWEST) {
            return share;
        }
        double mean = Arrays.stream(differences).average().orElseThrow();
        double deviation = Math.sqrt(Arrays.stream(differences).map(value -> (value - mean) * (value - mean)).average().orElseThrow());
        return deviation == 0 ? share : Math.max(share, 0.5 * Erfc.value(-mean / (deviation * Math.sqrt(2))));
    }

    private static List<CategoryMatches> matches(Protocol protocol, GroundTruth truth, Collection<DetectedBox> detections) {
        return CategoryBoxes.of(truth, detections).stream().map(category -> new CategoryMatches(protocol.counted(category), protocol)).toList();
    }

    /** How often each image is drawn. */
    private static int[] draw(int images, long seed, int sample) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + sample);
        int[] copies = new int[images];
        for (int i = 0; i < images; i++) {
            copies[random.nextInt(images)]++;
        }
        return copies;
    }

    /** Of the means over the categories that have something to find; no number if none has. */
    private static double difference(List<CategoryMatches> before, List<CategoryMatches> after, AreaRange sizes, Map<Long, Integer> places,
            int[] copies) {
        double sum = 0;
        int defined = 0;
        for (int category = 0; category < before.size(); category++) {
            double first = before.get(category).averagePrecision(sizes, image -> copies[places.get(image)]);
            if (first != DetectionFigures.UNDEFINED) {
                sum += after.get(category).averagePrecision(sizes, image -> copies[places.get(image)]) - first;
                defined++;
            }
        }
        return defined == 0 ? Double.NaN : sum / defined;
    }

    /** Between the two nearest of sorted values. */
    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
