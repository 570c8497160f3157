package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PopulationStabilityTest {

    private static final ScoreHistogram NONE = scores(0, 0);

    /** So many scores of 0.1 and of 0.9. */
    private static ScoreHistogram scores(int low, int high) {
        return ScoreHistogram.of(Stream.of(Collections.nCopies(low, 0.1), Collections.nCopies(high, 0.9)).flatMap(List::stream).toList());
    }

    /** Of 999 scores a quarter and then three quarters are high, each bin with half a score more: 2 x 0.5 x ln 3 in two bins. */
    @Test
    void isTheSumOfDifferencesTimesTheirLogarithms() {
        PopulationStability moved = PopulationStability.of(ScoreHistogram.of(Stream.of(Collections.nCopies(749, 0.1), Collections.nCopies(250, 0.9))
                .flatMap(List::stream).toList()), scores(250, 749));
        double before = 250.5 / 1000;
        double after = 749.5 / 1000;
        assertThat(moved.index()).isCloseTo(2 * (after - before) * Math.log(after / before), within(1e-12)).isCloseTo(1.094, within(1e-3));
        assertThat(moved.exceeds(0.25)).isTrue();
        assertThat(moved.exceeds(1.1)).isFalse();
    }

    @Test
    void isZeroForTheSameSharesAndTheSameBothWays() {
        assertThat(PopulationStability.of(scores(40, 60), scores(40, 60)).index()).isZero();
        assertThat(PopulationStability.of(scores(40, 60), scores(60, 40)).index())
                .isCloseTo(PopulationStability.of(scores(60, 40), scores(40, 60)).index(), within(1e-12));
    }

    /** Tables have 6.635 for the quantile 0.99 of chi-square with 1 degree of freedom, 36.191 for 19; the approximation is a little off for 1. */
    @Test
    void ofFewScoresChanceIsLarge() {
        PopulationStability few = PopulationStability.of(scores(3, 2), scores(2, 3));
        assertThat(few.chance()).isCloseTo(6.635 * (1.0 / 5 + 1.0 / 5), within(0.05));
        assertThat(PopulationStability.of(scores(5, 1), scores(1, 5)).exceeds(0.25)).as("six scores of each prove nothing").isFalse();
        ScoreHistogram everywhere = new ScoreHistogram(Collections.nCopies(20, 100));
        assertThat(PopulationStability.of(everywhere, everywhere).chance()).isCloseTo(36.191 * 2 / 2000, within(1e-4));
    }

    @Test
    void nothingCanBeSaidOfNoScores() {
        Arrays.asList(PopulationStability.of(NONE, scores(500, 500)), PopulationStability.of(scores(500, 500), NONE), PopulationStability.of(NONE, NONE))
                .forEach(empty -> assertThat(empty.exceeds(0)).isFalse());
        assertThat(PopulationStability.of(scores(500, 0), scores(700, 0))).as("all in one bin").isEqualTo(new PopulationStability(0, 0));
    }
}
