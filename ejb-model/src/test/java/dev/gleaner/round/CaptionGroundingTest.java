package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.text.Phrase;
import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.round.Views.View;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CaptionGroundingTest {

    private static final RgbImage IMAGE = new RgbImage(100, 50, new byte[100 * 50 * 3]);
    private static final String CAPTION = "A dog beside a cat and a dog.";
    private static final Box LEFT = Box.xywh(10, 10, 20, 20);
    private static final Box RIGHT = Box.xywh(60, 10, 20, 20);

    private static ScriptedGlip finding(Detection... found) {
        return new ScriptedGlip(Map.of(View.PLAIN, List.of(found)));
    }

    @Test
    void wordsThatComeTwiceAreOnePhrase() {
        assertThat(CaptionGrounding.read(CAPTION).phrases()).containsExactly(
                new Phrase("a dog", List.of(new Span(0, 5), new Span(23, 28))), new Phrase("a cat", List.of(new Span(13, 18))));
    }

    @Test
    void sureBoxesCountAndUnsureOnesAreIgnored() {
        ScriptedGlip glip = finding(new Detection("a dog", "a dog", LEFT, 0.5), new Detection("a cat", "a cat", RIGHT, 0.49),
                new Detection("a cat", "a cat", LEFT, 0.09));
        assertThat(CaptionGrounding.DEFAULT.ground(glip, IMAGE, CAPTION)).hasValue(new GroundingExample(IMAGE, CAPTION,
                List.of(new TargetBox(LEFT, 0, 0.5), new TargetBox(RIGHT, 1, 0)),
                List.of(List.of(new Span(0, 5), new Span(23, 28)), List.of(new Span(13, 18)))));
        assertThat(glip.open).isZero();
    }

    @Test
    void withoutASureBoxOrAPhraseThereIsNothingToLearn() {
        assertThat(CaptionGrounding.DEFAULT.ground(finding(new Detection("a cat", "a cat", LEFT, 0.49)), IMAGE, CAPTION)).isEmpty();
        ScriptedGlip glip = finding();
        assertThat(CaptionGrounding.DEFAULT.ground(glip, IMAGE, "over there")).isEmpty();
        assertThat(glip.asked).as("nothing to look for").isEmpty();
    }

    @Test
    void impossibleSettingsAreNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> new CaptionGrounding(0.1, 0.5, 1)).withMessageContaining("hopeless: 0.5");
        assertThatIllegalArgumentException().isThrownBy(() -> new CaptionGrounding(0.5, 0.1, 0)).withMessageStartingWith("weight: 0.0");
    }
}
