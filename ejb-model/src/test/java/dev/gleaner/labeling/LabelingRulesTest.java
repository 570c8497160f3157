package dev.gleaner.labeling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelingRulesTest {

    private static final Thresholds HALF = Thresholds.all(0.5);

    @Test
    void takesSeveralPhrasesOfOneCategory() {
        assertThatCode(() -> LabelingRules.checkPrompts(
                List.of(new Prompt("raccoon", "raccoon"), new Prompt("raccoon", "a striped tail"), Prompt.of("cat")),
                new Thresholds(0, Map.of("raccoon", 1.0)))).doesNotThrowAnyException();
    }

    @Test
    void wantsAPrompt() {
        assertThatThrownBy(() -> LabelingRules.checkPrompts(List.of(), HALF)).isInstanceOf(InvalidInput.class)
                .hasMessage("prompts is \"[]\"; expected at least one prompt");
        assertThatThrownBy(() -> LabelingRules.checkPrompts(null, HALF)).hasMessage("prompts is missing; expected at least one prompt");
    }

    @Test
    void whatAProjectHasSetCountsForWhatIsAskedFor() {
        assertThat(LabelingRules.thresholds(Map.of("cat", 0.7, "fox", 0.2), List.of(Prompt.of("cat"), Prompt.of("dog"))))
                .isEqualTo(new Thresholds(LabelingRules.DEFAULT_THRESHOLD, Map.of("cat", 0.7)));
    }

    @Test
    void namesEveryFault() {
        assertThatThrownBy(() -> LabelingRules.checkPrompts(
                List.of(new Prompt("cat", " "), Prompt.of("dog"), Prompt.of("dog")), new Thresholds(1.5, Map.of("fox", 0.1))))
                .isInstanceOfSatisfying(InvalidInput.class, refusal -> assertThat(refusal.faults())
                        .extracting(InvalidInput.Fault::field)
                        .containsExactly("prompts[0].phrase", "prompts[2]", "thresholds.default", "thresholds"));
    }

    @Test
    void takesNoThresholdThatIsNoNumber() {
        assertThatThrownBy(() -> LabelingRules.checkPrompts(List.of(Prompt.of("cat")), Thresholds.all(Double.NaN)))
                .hasMessage("thresholds.default is \"NaN\"; expected a number from 0 to 1");
    }

    @Test
    void wantsWordsInACaptionAndOnlyOneThresholdForIt() {
        assertThatCode(() -> LabelingRules.checkCaption("a raccoon on a roof", HALF)).doesNotThrowAnyException();
        assertThatThrownBy(() -> LabelingRules.checkCaption(" ", new Thresholds(0.5, Map.of("raccoon", 0.4))))
                .isInstanceOfSatisfying(InvalidInput.class, refusal -> assertThat(refusal.faults())
                        .extracting(InvalidInput.Fault::field).containsExactly("caption", "thresholds"));
    }
}
