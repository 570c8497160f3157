package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.finetune.FewShotSummary.Spread;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FewShotSummaryTest {

    @Test
    void theSpreadIsThatOfASample() {
        // The mean is 0.5; squares of the differences add up to 0.02, over two of three.
        Spread spread = Spread.of(Stream.of(0.4, 0.5, 0.6)).orElseThrow();
        assertThat(spread.mean()).isCloseTo(0.5, within(1e-15));
        assertThat(spread.deviation()).isCloseTo(0.1, within(1e-15));
        assertThat(spread.of()).isEqualTo(3);
    }

    @Test
    void aSingleFigureHasNoSpread() {
        assertThat(Spread.of(Stream.of(0.25))).contains(new Spread(0.25, 0, 1));
    }

    @Test
    void nothingComesToNothing() {
        assertThat(Spread.of(Stream.of())).isEmpty();
        assertThat(new FewShotSummary(List.of()).ap()).isEmpty();
    }
}
