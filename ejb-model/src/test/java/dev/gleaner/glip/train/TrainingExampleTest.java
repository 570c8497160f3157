package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.RgbImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingExampleTest {

    private static final RgbImage IMAGE = Scene.of(4, 4);

    private static TargetBox labelled(int label) {
        return new TargetBox(Box.xywh(0, 0, 2, 2), label);
    }

    @Test
    void labelsAreCategoriesOrPhrases() {
        assertThat(new DetectionExample(IMAGE, List.of(labelled(1)), List.of("cat", "dog")).boxes()).hasSize(1);
        assertThat(new GroundingExample(IMAGE, "a cat", List.of(labelled(0)), List.of(List.of(new Span(2, 5)))).phrases()).hasSize(1);
        assertThatThrownBy(() -> new DetectionExample(IMAGE, List.of(labelled(0), labelled(2)), List.of("cat", "dog")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("boxes[1].label: 2, expected less than 2, the number of categories");
        assertThatThrownBy(() -> new GroundingExample(IMAGE, "a cat", List.of(labelled(0)), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("boxes[0].label: 0, expected less than 0, the number of phrases");
    }

    @Test
    void anImageMayHoldNothingButThereAreCategories() {
        assertThat(new DetectionExample(IMAGE, List.of(), List.of("cat")).boxes()).isEmpty();
        assertThatThrownBy(() -> new DetectionExample(IMAGE, List.of(), List.of())).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("categories: none, expected at least one name");
    }

    @Test
    void phrasesStandInTheCaption() {
        assertThatThrownBy(() -> new GroundingExample(IMAGE, "a cat", List.of(), List.of(List.of(new Span(0, 1), new Span(2, 6)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("phrases[0][1]: [2, 6), expected a stretch of the caption's 5 characters that is not empty");
        assertThatThrownBy(() -> new GroundingExample(IMAGE, "a cat", List.of(), List.of(List.of(new Span(2, 2)))))
                .hasMessageStartingWith("phrases[0][0]: [2, 2)");
        assertThatThrownBy(() -> new GroundingExample(IMAGE, "a cat", List.of(), List.of(List.of(new Span(2, 5)), List.of())))
                .hasMessage("phrases[1]: no span, expected at least one");
    }
}
