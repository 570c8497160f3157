package dev.gleaner.evaluationrun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Prompt;
import dev.gleaner.inference.DetectedImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageDetectionsTest {

    private static final Map<Prompt, Integer> PLACES = Map.of(new Prompt("cat", "kitten"), 0, new Prompt("dog", "dog"), 1, new Prompt("cat", "cat"), 2);
    private static final long[] CATEGORIES = {10, 20, 10};

    private static ImageDetections kept(int most, Detection... detections) {
        return new ImageDetections(1, new DetectedImage(7, List.of(detections), Optional.empty()), PLACES, most);
    }

    @Test
    void givesBackWhatWasFound() {
        Box first = Box.xywh(1.5, 2, 3, 4);
        Box second = Box.xywh(-1, 0, 5, 6.25);

        assertThat(kept(10, new Detection("cat", "kitten", first, 0.75), new Detection("dog", "dog", second, 0.5)).detections(CATEGORIES))
                .containsExactly(new DetectedBox(7, 10, first, 0.75), new DetectedBox(7, 20, second, 0.5));
    }

    @Test
    void keepsTheBestOnly() {
        assertThat(kept(1, new Detection("cat", "cat", Box.xywh(0, 0, 1, 1), 0.75), new Detection("dog", "dog", Box.xywh(0, 0, 1, 1), 0.5))
                .detections(CATEGORIES)).extracting(DetectedBox::score).containsExactly(0.75);
    }

    @Test
    void holdsNothingInQuarantine() {
        assertThat(new ImageDetections(1, new DetectedImage(7, List.of(), Optional.of("gone")), PLACES, 10).detections(CATEGORIES)).isEmpty();
    }
}
