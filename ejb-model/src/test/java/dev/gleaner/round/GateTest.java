package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.evaluation.PairedBootstrap;
import dev.gleaner.round.Gate.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GateTest {

    private static PairedBootstrap change(double low, double high) {
        return new PairedBootstrap((low + high) / 2, low, high, 0.95, 1000, low > 0 ? 1 : 0.5);
    }

    @Test
    void betterBeyondDoubtIsPromoted() {
        Gate.Decision decision = Gate.DEFAULT.decide(change(0.01, 0.05), List.of(new Slice("category dog", 0.5, 0.49, 0)));
        assertThat(decision.promoted()).isTrue();
        assertThat(decision.reasons()).containsExactly("AP changed by +3.0, with 95 % confidence by +1.0 to +5.0");
    }

    @Test
    void perhapsBetterIsNotEnough() {
        Gate.Decision decision = Gate.DEFAULT.decide(change(-0.01, 0.05), List.of());
        assertThat(decision.promoted()).isFalse();
        assertThat(decision.reasons()).singleElement().asString().contains("by -1.0 to +5.0").contains("above +0.0");
        assertThat(Gate.DEFAULT.decide(change(0, 0), List.of()).promoted()).as("the same model").isFalse();
    }

    @Test
    void theMarginHasToBePassedToo() {
        assertThat(new Gate(0.02, 0.02, Map.of()).decide(change(0.01, 0.05), List.of()).promoted()).isFalse();
        assertThat(new Gate(0.005, 0.02, Map.of()).decide(change(0.01, 0.05), List.of()).promoted()).isTrue();
    }

    @Test
    void aGuardedSliceThatFallsSpeaksAgainstTheBestCandidate() {
        Gate gate = new Gate(0, 0.02, Map.of("source night", 0.1));
        Gate.Decision decision = gate.decide(change(0.1, 0.2),
                List.of(new Slice("category dog", 0.5, 0.47, 0.002), new Slice("source night", 0.3, 0.21, 0), new Slice("small", 0.1, 0.3, 1)));
        assertThat(decision.promoted()).isFalse();
        assertThat(decision.reasons()).containsExactly("category dog fell from 50.0 to 47.0 AP, by more than the 2.0 that are allowed");
    }

    @Test
    void aFallThatMayBeChanceIsToldAndRefusesNobody() {
        Gate.Decision decision = Gate.DEFAULT.decide(change(0.01, 0.05), List.of(new Slice("category dog", 0.5, 0.4, 0.03)));
        assertThat(decision.promoted()).isTrue();
        assertThat(Gate.DEFAULT.fate(new Slice("category dog", 0.5, 0.4, 0.03), 0.95, 1)).isEqualTo(Gate.Fate.CHANCE);
        assertThat(decision.reasons()).last().asString().isEqualTo("category dog fell from 50.0 to 40.0 AP, by more than the 2.0 that are allowed,"
                + " which may be chance: in 3.0 % of the samples it did not");
    }

    @Test
    void amongAThousandSlicesOneInAThousandIsChance() {
        List<Slice> many = new ArrayList<>(List.of(new Slice("category dog", 0.5, 0.4, 0.0005)));
        for (int i = 0; i < 1202; i++) {
            many.add(new Slice("category " + i, 0.5, 0.5, 1));
        }
        Gate.Decision decision = Gate.DEFAULT.decide(change(0.01, 0.05), many);
        assertThat(decision.promoted()).isTrue();
        assertThat(decision.reasons()).last().asString().endsWith("in less than 0.1 % of the samples it did not");
        many.set(0, new Slice("category dog", 0.5, 0.4, 0.00001));
        assertThat(Gate.DEFAULT.decide(change(0.01, 0.05), many).promoted()).isFalse();
    }

    @Test
    void theMoreSlicesThereAreTheSurerAFallHasToBe() {
        Slice fallen = new Slice("category dog", 0.5, 0.4, 0.01);
        List<Slice> many = new ArrayList<>(List.of(fallen));
        for (int i = 0; i < 9; i++) {
            many.add(new Slice("category " + i, 0.5, 0.5, 0.5));
        }
        assertThat(Gate.DEFAULT.decide(change(0.01, 0.05), List.of(fallen)).promoted()).isFalse();
        assertThat(Gate.DEFAULT.decide(change(0.01, 0.05), many).promoted()).isTrue();
        many.set(0, new Slice("category dog", 0.5, 0.4, 0.002));
        assertThat(Gate.DEFAULT.decide(change(0.01, 0.05), many).promoted()).isFalse();
    }

    @Test
    void noNumbersAreNoReasonToPromote() {
        assertThat(Gate.DEFAULT.decide(change(Double.NaN, Double.NaN), List.of()).promoted()).isFalse();
        assertThat(Gate.DEFAULT.decide(change(0.1, 0.2), List.of(new Slice("small", 0.5, Double.NaN, Double.NaN))).promoted()).isFalse();
    }
}
