package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.finetune.FineTuneMaterial.Entry;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.inference.PendingImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroundedCaptionTest {

    private static final RgbImage IMAGE = new RgbImage(1, 1, new byte[3]);
    /** "cat" stands in two places. */
    private static final GroundingExample EXAMPLE = new GroundingExample(IMAGE, "a cat and a dog and a cat",
            List.of(new TargetBox(Box.xywh(1, 2, 3, 4), 1, 0.5), new TargetBox(Box.xywh(5, 6, 7, 8), 0, 0)),
            List.of(List.of(new Span(2, 5), new Span(22, 25)), List.of(new Span(12, 15))));

    @Test
    void comesBackFromJsonAsTheExampleThatItWas() throws Exception {
        ObjectMapper json = new ObjectMapper();
        GroundedCaption stored = json.readValue(json.writeValueAsString(GroundedCaption.of(EXAMPLE)), GroundedCaption.class);
        assertThat(stored.example(IMAGE)).isEqualTo(EXAMPLE);
        assertThat(stored.text(0)).isEqualTo("cat");
        assertThat(stored.text(1)).isEqualTo("dog");
    }

    @Test
    void anEntryWithACaptionBecomesAGroundingExample() throws Exception {
        Entry entry = new Entry(new PendingImage(7, Path.of("/7"), 1, 1, "digest"), List.of(), List.of(), GroundedCaption.of(EXAMPLE));
        assertThat(new FrozenExamples(List.of(entry), image -> IMAGE).read(0)).isEqualTo(EXAMPLE);
    }
}
