package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.round.ReviewedThresholds.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReviewedThresholdsTest {

    /** Wilson's interval of 8 successes in 10 trials begins at 0.4902 (a textbook value). */
    @Test
    void fewDecisionsProveLittle() {
        assertThat(ReviewedThresholds.lowerEnd(8, 10)).isCloseTo(0.4902, within(1e-4));
        assertThat(ReviewedThresholds.lowerEnd(0, 10)).isCloseTo(0, within(1e-12));
        assertThat(ReviewedThresholds.lowerEnd(1000, 1000)).isGreaterThan(0.99);
    }

    @Test
    void theThresholdIsTheLowestThatKeepsThePrecision() {
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            decisions.add(new Decision(1, 0.9, true));
            decisions.add(new Decision(1, 0.6, i % 10 != 0));
            decisions.add(new Decision(1, 0.3, i % 2 == 0));
        }
        // Down to 0.6 190 of 200 are right; down to 0.3 240 of 300, whose interval begins below 0.8.
        assertThat(new ReviewedThresholds(0.8, 10).of(decisions)).containsExactly(Map.entry(1L, 0.6));
        assertThat(new ReviewedThresholds(0.97, 10).of(decisions)).containsExactly(Map.entry(1L, 1.0));
        assertThat(new ReviewedThresholds(0.7, 10).of(decisions)).containsExactly(Map.entry(1L, 0.3));
    }

    @Test
    void equalScoresAreKeptOrDroppedTogether() {
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            decisions.add(new Decision(1, 0.5, i < 30));
        }
        assertThat(new ReviewedThresholds(0.8, 10).of(decisions)).containsExactly(Map.entry(1L, 1.0));
    }

    @Test
    void categoriesWithFewDecisionsHaveNone() {
        assertThat(new ReviewedThresholds(0.8, 10).of(List.of(new Decision(1, 0.9, true)))).isEmpty();
    }
}
