package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.evaluation.ImageFindings.Found;
import dev.gleaner.glip.Box;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImageFindingsTest {

    private static final Box THING = Box.xywh(0, 0, 10, 10);
    private static final Box BESIDE = Box.xywh(50, 50, 10, 10);
    private static final List<TruthCategory> CATEGORIES = List.of(TruthCategory.of(1, "cat"), TruthCategory.of(2, "dog"));

    private static List<ImageFindings> coco(List<TruthBox> truths, DetectedBox... detections) {
        GroundTruth truth = new GroundTruth(List.of(TruthImage.of(1), TruthImage.of(2), TruthImage.of(3)), CATEGORIES, truths);
        return ImageFindings.of(Protocol.COCO, truth, List.of(detections), 0.5, 0.3);
    }

    @Test
    void tellsWhatWasFoundMissedAndMadeUpInEachImage() {
        TruthBox cat = TruthBox.of(7, 2, 1, THING);
        TruthBox dog = TruthBox.of(8, 2, 2, BESIDE);
        TruthBox other = TruthBox.of(9, 1, 1, THING);
        DetectedBox right = new DetectedBox(2, 1, Box.xywh(0, 0, 10, 8), 0.9);
        DetectedBox wrongCategory = new DetectedBox(2, 1, BESIDE, 0.4);
        DetectedBox wrong = new DetectedBox(2, 2, THING, 0.6);
        DetectedBox tooUnsure = new DetectedBox(2, 2, BESIDE, 0.2);

        assertThat(coco(List.of(cat, dog, other), wrongCategory, right, wrong, tooUnsure)).containsExactly(
                new ImageFindings(1, List.of(), List.of(other), List.of()),
                new ImageFindings(2, List.of(new Found(right, cat, 0.8)), List.of(dog), List.of(wrong, wrongCategory)));
    }

    @Test
    void crowdsAndWhatLiesInThemAreNoExamples() {
        TruthBox crowd = new TruthBox(7, 1, 1, Box.xywh(0, 0, 100, 100), 10_000, true, false);

        assertThat(coco(List.of(crowd), new DetectedBox(1, 1, THING, 0.9), new DetectedBox(1, 1, BESIDE, 0.9))).isEmpty();
    }

    @Test
    void lvisBlamesOnlyWhereItKnows() {
        GroundTruth truth = new GroundTruth(List.of(
                TruthImage.of(1), new TruthImage(2, Set.of(1L), Set.of()), new TruthImage(3, Set.of(), Set.of(1L))),
                CATEGORIES, List.of(TruthBox.of(7, 3, 1, BESIDE)));
        List<DetectedBox> detections = List.of(
                new DetectedBox(1, 1, THING, 0.9), new DetectedBox(2, 1, THING, 0.9), new DetectedBox(3, 1, THING, 0.9));

        assertThat(ImageFindings.of(Protocol.LVIS, truth, detections, 0.5, 0)).containsExactly(
                new ImageFindings(2, List.of(), List.of(), List.of(detections.get(1))),
                new ImageFindings(3, List.of(), truth.boxes(), List.of()));
    }

    @Test
    void refusesAnImpossibleOverlap() {
        GroundTruth nothing = new GroundTruth(List.of(), List.of(), List.of());
        assertThatThrownBy(() -> ImageFindings.of(Protocol.COCO, nothing, List.of(), 0, 0.3))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("IoU is 0.0; expected above 0 and up to 1");
    }
}
