package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.evaluation.Mistake.Kind;
import dev.gleaner.glip.Box;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfusionTest {

    private static final TruthBox CAT = TruthBox.of(7, 1, 1, Box.xywh(0, 0, 10, 10));
    private static final TruthBox DOG = TruthBox.of(8, 1, 2, Box.xywh(50, 50, 10, 10));
    private static final GroundTruth TRUTH = new GroundTruth(List.of(TruthImage.of(1), TruthImage.of(2)),
            List.of(TruthCategory.of(1, "cat"), TruthCategory.of(2, "dog")), List.of(CAT, DOG));

    private static DetectedBox cat(double x, double y, double width, double height, double score) {
        return new DetectedBox(1, 1, Box.xywh(x, y, width, height), score);
    }

    private static Mistake madeUp(Kind kind, DetectedBox box, TruthBox truth, double iou) {
        return new Mistake(kind, Optional.of(box), Optional.ofNullable(truth), iou);
    }

    @Test
    void tellsWhatEachDetectionHit() {
        DetectedBox right = cat(0, 0, 10, 10, 0.9);
        DetectedBox again = cat(0, 0, 10, 8, 0.8);
        DetectedBox half = cat(0, 0, 10, 4, 0.7);
        DetectedBox aDog = cat(50, 50, 10, 10, 0.6);
        DetectedBox besideADog = cat(50, 50, 10, 2, 0.5);
        DetectedBox nothing = cat(100, 100, 10, 10, 0.4);

        Confusion confusion = Confusion.of(Protocol.COCO, TRUTH, List.of(nothing, besideADog, aDog, half, again, right), 0.5, 10);

        assertThat(confusion.examples()).containsExactly(
                madeUp(Kind.DUPLICATE, again, CAT, 0.8),
                madeUp(Kind.POOR_LOCALISATION, half, CAT, 0.4),
                madeUp(Kind.OTHER_CATEGORY, aDog, DOG, 1),
                madeUp(Kind.OTHER_CATEGORY, besideADog, DOG, 0.2),
                madeUp(Kind.BACKGROUND, nothing, null, 0),
                new Mistake(Kind.MISSED, Optional.empty(), Optional.of(DOG), 0));
        assertThat(confusion.counts()).isEqualTo(Map.of(
                1L, Map.of(Kind.DUPLICATE, 1, Kind.POOR_LOCALISATION, 1, Kind.OTHER_CATEGORY, 2, Kind.BACKGROUND, 1),
                2L, Map.of(Kind.MISSED, 1)));
    }

    @Test
    void keepsTheWorstOfEachKindAndCountsAll() {
        List<DetectedBox> nothing = List.of(cat(100, 0, 10, 10, 0.1), cat(100, 20, 10, 10, 0.3), cat(100, 40, 10, 10, 0.2));

        Confusion confusion = Confusion.of(Protocol.COCO, TRUTH, nothing, 0.5, 2);

        assertThat(confusion.examples()).filteredOn(mistake -> mistake.kind() == Kind.BACKGROUND)
                .extracting(mistake -> mistake.detection().orElseThrow().score()).containsExactly(0.3, 0.2);
        assertThat(confusion.counts().get(1L)).isEqualTo(Map.of(Kind.BACKGROUND, 3, Kind.MISSED, 1));
    }

    @Test
    void aMissTellsHowCloseItWas() {
        assertThat(Confusion.of(Protocol.COCO, TRUTH, List.of(cat(0, 0, 10, 4, 0.7)), 0.5, 10).examples())
                .contains(new Mistake(Kind.MISSED, Optional.empty(), Optional.of(CAT), 0.4));
    }

    @Test
    void crowdsAreNothingToHit() {
        TruthBox crowd = new TruthBox(9, 2, 2, Box.xywh(0, 0, 10, 10), 100, true, false);
        GroundTruth truth = new GroundTruth(TRUTH.images(), TRUTH.categories(), List.of(crowd));
        DetectedBox onIt = new DetectedBox(2, 1, Box.xywh(0, 0, 10, 10), 0.5);

        assertThat(Confusion.of(Protocol.COCO, truth, List.of(onIt), 0.5, 10).examples())
                .containsExactly(madeUp(Kind.BACKGROUND, onIt, null, 0));
    }
}
