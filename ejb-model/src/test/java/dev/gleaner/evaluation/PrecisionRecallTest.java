package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrecisionRecallTest {

    private static PrecisionRecall sameAtAllOverlaps(int truths, double... precisions) {
        return PrecisionRecall.of(Collections.nCopies(PrecisionRecall.OVERLAPS, precisions).toArray(double[][]::new), truths);
    }

    @Test
    void precisionHoldsUpToTheRecallItWasReachedWith() {
        PrecisionRecall curve = sameAtAllOverlaps(2, 1, 2 / 3.0);

        double[] precisions = curve.precisions(50);
        assertThat(precisions).hasSize(101);
        assertThat(precisions[0]).isEqualTo(1);
        assertThat(precisions[50]).isEqualTo(1);
        assertThat(precisions[51]).isEqualTo(2 / 3.0);
        assertThat(precisions[100]).isEqualTo(2 / 3.0);
        assertThat(curve.averagePrecision(50)).isCloseTo((51 + 50 * 2 / 3.0) / 101, within(1e-15));
        assertThat(curve.averageRecall()).isEqualTo(1);
    }

    @Test
    void aLaterHigherPrecisionCountsForLowerRecallsToo() {
        assertThat(sameAtAllOverlaps(3, 1 / 2.0, 2 / 3.0, 3 / 5.0).precisions(95)).contains(2 / 3.0, 3 / 5.0).doesNotContain(0.5);
    }

    @Test
    void beyondTheHighestRecallPrecisionIsZero() {
        PrecisionRecall curve = sameAtAllOverlaps(4, 1);
        assertThat(curve.averagePrecision()).isCloseTo(26 / 101.0, within(1e-15));
        assertThat(curve.averageRecall()).isEqualTo(0.25);
    }

    @Test
    void recallsAreComparedAsTheStandardToolsComputeThem() {
        double[] precisions = new double[100];
        for (int i = 0; i < precisions.length; i++) {
            precisions[i] = 1 - i / 1000.0;
        }
        double[] atRecall = sameAtAllOverlaps(100, precisions).precisions(50);
        assertThat(atRecall[56]).isEqualTo(precisions[55]);
        assertThat(atRecall[57]).as("57 * 0.01 > 57 / 100.0").isEqualTo(precisions[57]);
    }

    @Test
    void averagesAreOverTheTenOverlaps() {
        double[][] precisions = new double[PrecisionRecall.OVERLAPS][];
        for (int o = 0; o < precisions.length; o++) {
            precisions[o] = o < 3 ? new double[] {1} : new double[0];
        }
        PrecisionRecall curve = PrecisionRecall.of(precisions, 1);
        assertThat(curve.averagePrecision()).isCloseTo(0.3, within(1e-15));
        assertThat(curve.averageRecall()).isCloseTo(0.3, within(1e-15));
        assertThat(curve.averagePrecision(60)).isEqualTo(1);
        assertThat(curve.averagePrecision(65)).isZero();
    }

    @Test
    void overlapsAreThoseOfTheStandardTools() {
        assertThat(PrecisionRecall.overlap(0)).isEqualTo(0.5);
        assertThat(PrecisionRecall.overlap(5)).isEqualTo(0.75);
        assertThat(PrecisionRecall.overlap(9)).isEqualTo(0.95);
    }

    @Test
    void whereNothingIsToBeFoundNothingIsDefined() {
        PrecisionRecall curve = PrecisionRecall.undefined();
        assertThat(curve.isDefined()).isFalse();
        assertThat(curve.averagePrecision()).isEqualTo(-1);
        assertThat(curve.averagePrecision(50)).isEqualTo(-1);
        assertThat(curve.averageRecall()).isEqualTo(-1);
        assertThat(curve.precisions(50)).isEmpty();
    }

    @Test
    void refusesOtherOverlaps() {
        assertThatThrownBy(() -> PrecisionRecall.undefined().precisions(52))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("IoU is 52%; expected 50, 55, ... 95");
    }

    @Test
    void theMeanOverCategoriesPassesOverThoseWithNothingToFind() {
        PrecisionRecall all = sameAtAllOverlaps(1, 1);
        PrecisionRecall half = sameAtAllOverlaps(2, 1 / 2.0);

        double[] mean = PrecisionRecall.meanPrecisions(
                List.of(all.allPrecisions(), half.allPrecisions(), PrecisionRecall.undefined().allPrecisions()), 75);

        assertThat(mean).hasSize(101);
        assertThat(mean[0]).isEqualTo(0.75);
        assertThat(mean[50]).isEqualTo(0.75);
        assertThat(mean[51]).as("beyond the recall of the second").isEqualTo(0.5);
        assertThat(PrecisionRecall.meanPrecisions(List.of(), 50)).isEmpty();
    }

    @Test
    void allPrecisionsAreThoseOfEachOverlapInTurn() {
        double[][] precisions = new double[10][];
        Arrays.setAll(precisions, overlap -> new double[] {1 - overlap / 10.0});
        PrecisionRecall curve = PrecisionRecall.of(precisions, 1);

        assertThat(PrecisionRecall.meanPrecisions(List.of(curve.allPrecisions()), 65)).isEqualTo(curve.precisions(65));
    }
}
