package dev.gleaner.evaluation;

import java.util.Arrays;
import java.util.Collection;

/**
 * How precise the detections of a category are at each recall, for each of the ten overlaps IoU 50%, 55%, ... 95%.
 *
 * <p>The precision at a recall is the best that any set of top detections with at least this recall has; it is 0 beyond the
 * highest recall reached. Where there is nothing to find, {@link #isDefined()} is false, and averages are
 * {@link DetectionFigures#UNDEFINED}.
 */
public final class PrecisionRecall {

    /** How many recalls there is a precision for: 0%, 1%, ... 100%. */
    public static final int RECALLS = 101;

    static final int OVERLAPS = 10;

    private final double[][] precisions; // [overlaps][recalls]; no overlaps if nothing is to be found
    private final double[] recalls; // [overlaps]

    private PrecisionRecall(double[][] precisions, double[] recalls) {
        this.precisions = precisions;
        this.recalls = recalls;
    }

    static PrecisionRecall undefined() {
        return new PrecisionRecall(new double[0][], new double[0]);
    }

    /**
     * @param precisions [overlaps][true positives], the precision when each true positive is reached
     * @param truths     how many there are to find, above 0
     */
    static PrecisionRecall of(double[][] precisions, int truths) {
        double[][] atRecall = new double[OVERLAPS][];
        double[] recalls = new double[OVERLAPS];
        for (int o = 0; o < OVERLAPS; o++) {
            atRecall[o] = atRecalls(precisions[o], truths);
            recalls[o] = precisions[o].length / (double) truths;
        }
        return new PrecisionRecall(atRecall, recalls);
    }

    private static double[] atRecalls(double[] precisions, int truths) {
        double[] best = precisions.clone();
        for (int i = best.length - 2; i >= 0; i--) {
            best[i] = Math.max(best[i], best[i + 1]);
        }
        double[] atRecall = new double[RECALLS];
        int i = 0;
        for (int r = 0; r < RECALLS; r++) {
            // To the last bit as the standard tools compute it: 57 * 0.01 is above 57 / 100.0.
            double recall = r == RECALLS - 1 ? 1 : r * 0.01;
            while (i < best.length && (i + 1) / (double) truths < recall) {
                i++;
            }
            atRecall[r] = i < best.length ? best[i] : 0;
        }
        return atRecall;
    }

    /** The overlap at a place of the ten, to the last bit as the standard tools compute it. */
    static double overlap(int place) {
        return place == OVERLAPS - 1 ? 0.95 : 0.5 + place * ((0.95 - 0.5) / (OVERLAPS - 1));
    }

    /** Whether there is anything to find. */
    public boolean isDefined() {
        return recalls.length > 0;
    }

    /**
     * The precision at each recall from 0% to 100%; empty where there is nothing to find.
     *
     * @param iouPercent 50, 55, ... 95
     */
    public double[] precisions(int iouPercent) {
        int place = place(iouPercent);
        return isDefined() ? precisions[place].clone() : new double[0];
    }

    /** The precisions of all ten overlaps one after the other, 50% first, to be stored; empty where there is nothing to find. */
    public double[] allPrecisions() {
        return Arrays.stream(precisions).flatMapToDouble(Arrays::stream).toArray();
    }

    /**
     * The mean of categories' precisions at each recall, by which a curve of all categories is drawn.
     *
     * @param allPrecisions of each category; those with nothing to find are passed over
     * @param iouPercent    50, 55, ... 95
     * @return empty if no category has anything to find
     */
    public static double[] meanPrecisions(Collection<double[]> allPrecisions, int iouPercent) {
        int from = place(iouPercent) * RECALLS;
        double[] sums = new double[RECALLS];
        int defined = 0;
        for (double[] category : allPrecisions) {
            if (category.length > 0) {
                defined++;
                for (int r = 0; r < RECALLS; r++) {
                    sums[r] += category[from + r];
                }
            }
        }
        double categories = defined;
        return defined == 0 ? new double[0] : Arrays.stream(sums).map(sum -> sum / categories).toArray();
    }

    /** The mean over the ten overlaps. */
    public double averagePrecision() {
        return Arrays.stream(precisions).flatMapToDouble(Arrays::stream).average().orElse(DetectionFigures.UNDEFINED);
    }

    /** @param iouPercent 50, 55, ... 95 */
    public double averagePrecision(int iouPercent) {
        return Arrays.stream(precisions(iouPercent)).average().orElse(DetectionFigures.UNDEFINED);
    }

    /** The mean over the ten overlaps of the highest recall reached. */
    public double averageRecall() {
        return Arrays.stream(recalls).average().orElse(DetectionFigures.UNDEFINED);
    }

    private static int place(int iouPercent) {
        if (iouPercent < 50 || iouPercent > 95 || iouPercent % 5 != 0) {
            throw new IllegalArgumentException("IoU is " + iouPercent + "%; expected 50, 55, ... 95");
        }
        return (iouPercent - 50) / 5;
    }
}
