package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OptimiserTest {

    private static final Optimiser OPTIMISER = new Optimiser(0.01, 0.002, 0.05, 1);

    @Test
    void theLanguageBackboneHasARateOfItsOwn() {
        assertThat(OPTIMISER.group("bert.layers.0.attention.query.weight")).isEqualTo(new Optimiser.Group(0.002, 0.05));
        assertThat(OPTIMISER.group("swin.stages.0.blocks.0.mlp.expand.weight")).isEqualTo(new Optimiser.Group(0.01, 0.05));
        // The text layers of the head are not the backbone's.
        assertThat(OPTIMISER.group("tower.0.text.attention.query.weight")).isEqualTo(new Optimiser.Group(0.01, 0.05));
    }

    @Test
    void biasesLearnTwiceAsFastAndDoNotDecay() {
        assertThat(OPTIMISER.group("bert.layers.0.attention.query.bias")).isEqualTo(new Optimiser.Group(0.004, 0));
        assertThat(OPTIMISER.group("swin.stages.0.blocks.0.attention.position_bias")).isEqualTo(new Optimiser.Group(0.02, 0));
        assertThat(OPTIMISER.group("head.text_bias")).isEqualTo(new Optimiser.Group(0.02, 0));
    }

    @Test
    void gradientsAreOnlyEverMadeSmaller() {
        assertThat(OPTIMISER.clip(4)).isCloseTo(0.25, within(1e-6)).isLessThan(0.25);
        assertThat(OPTIMISER.clip(0.5)).isEqualTo(1);
        assertThat(OPTIMISER.clip(0)).isEqualTo(1);
    }

    @Test
    void ratesThatCannotTrainAreRefusedByName() {
        assertThatThrownBy(() -> new Optimiser(0, 1, 0, 1)).hasMessage("rate must be positive, not 0.0");
        assertThatThrownBy(() -> new Optimiser(1, Double.NaN, 0, 1)).hasMessage("languageRate must be positive, not NaN");
        assertThatThrownBy(() -> new Optimiser(1, 1, 1, 1)).hasMessage("decay must be from 0 to below 1, not 1.0");
        assertThatThrownBy(() -> new Optimiser(1, 1, 0, Double.POSITIVE_INFINITY))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("clipNorm must be positive, not Infinity");
    }
}
