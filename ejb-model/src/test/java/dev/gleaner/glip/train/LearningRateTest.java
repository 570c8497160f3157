package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LearningRateTest {

    @Test
    void theWarmUpIsALine() {
        LearningRate rate = new LearningRate(4, 0.2, 100, List.of(), false, 0);
        assertRates(rate, new int[] {0, 1, 2, 3, 4, 99}, 0.2, 0.4, 0.6, 0.8, 1, 1);
    }

    @Test
    void eachMilestoneDropsTheRateToATenth() {
        LearningRate rate = new LearningRate(0, 1, 100, List.of(10, 20), false, 0);
        assertRates(rate, new int[] {0, 9, 10, 19, 20, 99}, 1, 1, 0.1, 0.1, 0.01, 0.01);
    }

    @Test
    void aMilestoneWithinTheWarmUpCountsToo() {
        assertRates(new LearningRate(4, 0.2, 100, List.of(2), false, 0), new int[] {1, 2, 3, 4}, 0.4, 0.06, 0.08, 0.1);
    }

    @Test
    void theOfficialScheduleDropsAfterTwoThirdsAndEightNinths() {
        LearningRate rate = LearningRate.official(10, 100);
        assertThat(rate.milestones()).containsExactly(67, 89);
        assertRates(rate, new int[] {0, 5, 10, 66, 67, 89}, 0.001, 0.5005, 1, 1, 0.1, 0.01);
    }

    /** {@code (1 + cos(pi (step - warmup) / total)) / 2}: at 35 of 10 + 100 a quarter of the way, at 60 half of it. */
    @Test
    void theCosineFallsFromTheEndOfTheWarmUp() {
        LearningRate rate = LearningRate.cosine(10, 100, 0);
        assertRates(rate, new int[] {0, 9, 10, 35, 60, 85, 110}, 0.001, 0.9001, 1, (1 + Math.sqrt(0.5)) / 2, 0.5,
                (1 - Math.sqrt(0.5)) / 2, 0);
        assertThat(rate.at(99)).as("the last of 100 steps, ten before the wave ends").isCloseTo(0.02956, within(1e-5));
    }

    @Test
    void theCosineEndsAtTheLeastRate() {
        assertRates(LearningRate.cosine(0, 100, 0.2), new int[] {0, 50, 100}, 1, 0.6, 0.2);
    }

    @Test
    void aConstantRateStaysAsItIs() {
        assertRates(LearningRate.constant(3), new int[] {0, 1, 2}, 1, 1, 1);
    }

    private static void assertRates(LearningRate rate, int[] steps, double... expected) {
        for (int i = 0; i < steps.length; i++) {
            assertThat(rate.at(steps[i])).as("at step %d", steps[i]).isCloseTo(expected[i], within(1e-7));
        }
    }

    @Test
    void scheduleThatMakesNoSenseIsRefusedByName() {
        assertRefused(-1, 1, 10, List.of(), false, 0, "-1 to warm up");
        assertRefused(0, 1, 0, List.of(), false, 0, "0 in all");
        assertRefused(0, 1, 10, List.of(5, 3), false, 0, "milestones must ascend, not [5, 3]");
        assertRefused(0, 1, 10, List.of(5), true, 0, "milestones");
        assertRefused(5, -0.5, 10, List.of(), false, 0, "warmupFactor must be from 0 to 1, not -0.5");
        assertRefused(5, Double.NaN, 10, List.of(), false, 0, "warmupFactor must be from 0 to 1, not NaN");
        assertRefused(5, 1, 10, List.of(), true, 1.5, "least must be from 0 to 1, not 1.5");
    }

    private static void assertRefused(int warmup, double factor, int total, List<Integer> milestones, boolean cosine, double least,
            String message) {
        assertThatThrownBy(() -> new LearningRate(warmup, factor, total, milestones, cosine, least))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
