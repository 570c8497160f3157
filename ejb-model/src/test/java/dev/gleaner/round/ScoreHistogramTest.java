package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreHistogramTest {

    /** Three scores in the bin from 0.4 to 0.45 and one in the last: two of the three lie below two thirds of the bin. */
    @Test
    void theMedianLiesWithinItsBin() {
        ScoreHistogram scores = ScoreHistogram.of(List.of(0.41, 0.42, 0.44, 1.0));
        assertThat(scores.total()).isEqualTo(4);
        assertThat(scores.counts().get(8)).isEqualTo(3);
        assertThat(scores.counts().get(19)).isEqualTo(1);
        assertThat(scores.median()).isCloseTo(0.4 + 0.05 * 2 / 3, within(1e-12));
        assertThat(ScoreHistogram.of(List.of()).median()).isNaN();
    }

    @Test
    void whatIsNoScoreIsNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> ScoreHistogram.of(List.of(0.5, 1.5))).withMessageStartingWith("score: 1.5");
        assertThatIllegalArgumentException().isThrownBy(() -> new ScoreHistogram(List.of(1))).withMessageStartingWith("counts: [1]");
    }
}
