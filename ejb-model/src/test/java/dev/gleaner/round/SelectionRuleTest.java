package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.round.SelectionRule.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SelectionRuleTest {

    private static SelectionRule.Experience experience(List<ReviewedThresholds.Decision> decisions, Map<Long, Double> shares) {
        return new SelectionRule.Experience() {
            @Override
            public List<ReviewedThresholds.Decision> decisions() {
                return decisions;
            }

            @Override
            public Map<Long, Double> shares() {
                return shares;
            }

            @Override
            public JudgedBoxes judged() {
                return JudgedBoxes.NONE;
            }
        };
    }

    @Test
    void everyStrategyBecomesTheSelectionOfItsName() {
        for (Strategy strategy : Strategy.values()) {
            String name = RoundSettings.label(strategy);
            assertThat(SelectionRule.of(name).complete().selection(experience(List.of(), Map.of())).name()).isEqualTo(name);
        }
    }

    @Test
    void numbersThatAreGivenStay() {
        assertThat(new SelectionRule("loose-image", 0.2, null, null, null, null, null).complete().selection(experience(List.of(), Map.of())))
                .isEqualTo(new Selection.LooseImage(0.2, 0.3));
        assertThat(new SelectionRule("quota", null, null, null, null, null, 3.0).complete().selection(experience(List.of(), Map.of(4L, 0.25))))
                .isEqualTo(new Selection.Quota(Map.of(4L, 0.25), 3));
    }

    @Test
    void aRoundThatIsOlderThanANumberGoesOnWithout() {
        assertThat(new SelectionRule("class-adaptive", null, null, 10, 0.5, null, null).selection(experience(List.of(), Map.of())))
                .isEqualTo(Selection.ClassAdaptive.DEFAULT);
    }

    @Test
    void reviewedLearnsFromDecisions() {
        // 40 accepted from 0.6 on, 40 rejected from 0.1 to 0.49. From 0.47 on it is 40 of 43, whose lower end is 0.81; from 0.46 on
        // 40 of 44, and 0.79.
        List<ReviewedThresholds.Decision> decisions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            decisions.add(new ReviewedThresholds.Decision(4, 0.6 + i / 100.0, true));
            decisions.add(new ReviewedThresholds.Decision(4, 0.1 + i / 100.0, false));
        }
        Selection learnt = SelectionRule.of("reviewed").complete().selection(experience(decisions, Map.of()));
        assertThat(((Selection.Reviewed) learnt).thresholds().get(4L)).isEqualTo(0.47);
        assertThat(((Selection.Reviewed) learnt).fallback()).isEqualTo(0.5);
    }
}
