package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.evaluation.TruthCategory.Frequency;
import dev.gleaner.glip.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Figures that can be worked out by hand; boxes either are the truth's or lie beside it, unless said otherwise. */
class DetectionEvaluationTest {

    private static final Offset<Double> EXACT = within(1e-12);
    private static final Box THING = Box.xywh(0, 0, 10, 10);
    private static final Box BESIDE = Box.xywh(50, 50, 10, 10);
    private static final List<TruthImage> IMAGES = List.of(TruthImage.of(1), TruthImage.of(2));
    private static final List<TruthCategory> ONE = List.of(TruthCategory.of(1, "thing"));

    private static GroundTruth truth(TruthBox... boxes) {
        return new GroundTruth(IMAGES, ONE, List.of(boxes));
    }

    private static TruthBox thing(long image) {
        return TruthBox.of(1, image, 1, THING);
    }

    private static DetectedBox found(long image, Box box, double score) {
        return new DetectedBox(image, 1, box, score);
    }

    private static DetectionFigures coco(GroundTruth truth, DetectedBox... detections) {
        return DetectionEvaluation.coco(truth, List.of(detections)).figures();
    }

    private static DetectionFigures lvis(TruthImage image, List<TruthBox> boxes, DetectedBox... detections) {
        return DetectionEvaluation.lvis(new GroundTruth(List.of(image, TruthImage.of(2)), ONE, boxes), List.of(detections), 10_000).figures();
    }

    @Test
    void rightWrongRight() {
        DetectionFigures figures = coco(truth(thing(1), thing(2)),
                found(2, THING, 0.7), found(1, BESIDE, 0.8), found(1, THING, 0.9));

        double ap = (51 + 50 * 2 / 3.0) / 101;
        assertThat(figures.ap()).isCloseTo(ap, EXACT);
        assertThat(figures.ap50()).isCloseTo(ap, EXACT);
        assertThat(figures.ap75()).isCloseTo(ap, EXACT);
        assertThat(figures.apSmall()).isCloseTo(ap, EXACT);
        assertThat(figures.apMedium()).isEqualTo(DetectionFigures.UNDEFINED);
        assertThat(figures.ar()).isEqualTo(1);
        assertThat(figures.arLarge()).isEqualTo(DetectionFigures.UNDEFINED);
    }

    @Test
    void looseBoxesCountAtLooseOverlapsOnly() {
        DetectionFigures figures = coco(truth(thing(1)), found(1, Box.xywh(0, 0, 10, 6.2), 0.9));

        assertThat(figures.ap50()).isCloseTo(1, EXACT);
        assertThat(figures.ap75()).isZero();
        assertThat(figures.ap()).as("0.50, 0.55 and 0.60 of ten").isCloseTo(0.3, EXACT);
        assertThat(figures.ar()).isCloseTo(0.3, EXACT);
    }

    @Test
    void recallWithFewDetectionsCountsTheBestOfEachImage() {
        DetectionFigures figures = coco(truth(thing(1), thing(2)),
                found(1, BESIDE, 0.9), found(1, THING, 0.8), found(2, THING, 0.1));

        assertThat(figures.ar1()).isEqualTo(0.5);
        assertThat(figures.ar10()).isEqualTo(1);
    }

    @Test
    void whatLiesInACrowdCountsForNothing() {
        TruthBox crowd = new TruthBox(2, 1, 1, Box.xywh(40, 40, 40, 40), 1600, true, false);

        DetectionFigures figures = coco(truth(thing(1), crowd), found(1, BESIDE, 0.9), found(1, BESIDE, 0.8), found(1, THING, 0.7));

        assertThat(figures.ap()).isCloseTo(1, EXACT);
        assertThat(figures.apMedium()).as("a crowd is not to be found").isEqualTo(DetectionFigures.UNDEFINED);
    }

    @Test
    void aFalseDetectionOfAnotherSizeDoesNotCountForASize() {
        DetectionFigures figures = coco(truth(thing(1)), found(1, Box.xywh(50, 50, 100, 100), 0.9), found(1, THING, 0.8));

        assertThat(figures.ap()).isCloseTo(0.5, EXACT);
        assertThat(figures.apSmall()).isCloseTo(1, EXACT);
    }

    @Test
    void sizeIsThatOfTheObjectAndNotOfItsBox() {
        TruthBox thin = new TruthBox(1, 1, 1, Box.xywh(0, 0, 100, 100), 900, false, false);

        DetectionFigures figures = coco(truth(thin), found(1, Box.xywh(0, 0, 100, 100), 0.9));

        assertThat(figures.apSmall()).isCloseTo(1, EXACT);
        assertThat(figures.apLarge()).isEqualTo(DetectionFigures.UNDEFINED);
    }

    @Test
    void equalScoresKeepTheirOrderWithinAnImageAndFollowTheIdsOfImages() {
        assertThat(coco(truth(thing(1)), found(1, BESIDE, 0.5), found(1, THING, 0.5)).ap()).isCloseTo(0.5, EXACT);
        assertThat(coco(truth(thing(1)), found(1, THING, 0.5), found(1, BESIDE, 0.5)).ap()).isCloseTo(1, EXACT);
        assertThat(coco(truth(thing(1)), found(2, THING, 0.5), found(1, THING, 0.5)).ap()).isCloseTo(1, EXACT);
        assertThat(coco(truth(thing(2)), found(2, THING, 0.5), found(1, THING, 0.5)).ap()).isCloseTo(0.5, EXACT);
    }

    @Test
    void cocoCountsAHundredDetectionsOfAnImageAndLvisAll() {
        List<DetectedBox> detections = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            detections.add(found(1, BESIDE, 0.9));
        }
        detections.add(found(1, THING, 0.1));

        assertThat(DetectionEvaluation.coco(truth(thing(1)), detections).figures().ap()).isZero();
        assertThat(DetectionEvaluation.lvis(truth(thing(1)), detections, 10_000).figures().ap()).isCloseTo(1 / 101.0, EXACT);
        assertThat(DetectionEvaluation.lvis(truth(thing(1)), detections, 100).figures().ap()).isZero();
    }

    @Test
    void lvisLimitsTheDetectionsOfACategoryOverAllImages() {
        List<DetectedBox> detections = List.of(found(2, THING, 0.8), found(1, BESIDE, 0.7), found(1, THING, 0.9));
        GroundTruth truth = truth(thing(1), thing(2));

        assertThat(DetectionEvaluation.lvis(truth, detections, 2).figures().ap()).isCloseTo(1, EXACT);
        assertThat(DetectionEvaluation.lvis(truth, detections, 1).figures().ar()).isEqualTo(0.5);
    }

    @Test
    void lvisJudgesAnImageByWhatIsKnownOfIt() {
        List<TruthBox> inSecond = List.of(thing(2));
        DetectedBox wrong = found(1, THING, 0.9);
        DetectedBox right = found(2, THING, 0.8);

        assertThat(lvis(TruthImage.of(1), inSecond, wrong, right).ap()).as("unknown").isCloseTo(1, EXACT);
        assertThat(lvis(new TruthImage(1, Set.of(1L), Set.of()), inSecond, wrong, right).ap()).as("known to be absent").isCloseTo(0.5, EXACT);
    }

    @Test
    void lvisForgivesFurtherDetectionsWhereBoxesAreNotExhaustive() {
        List<TruthBox> first = List.of(thing(1));
        DetectedBox further = found(1, BESIDE, 0.9);
        DetectedBox right = found(1, THING, 0.8);

        assertThat(lvis(TruthImage.of(1), first, further, right).ap()).isCloseTo(0.5, EXACT);
        assertThat(lvis(new TruthImage(1, Set.of(), Set.of(1L)), first, further, right).ap()).isCloseTo(1, EXACT);
    }

    @Test
    void categoriesWithNothingToFindAreOutOfTheMeans() {
        List<TruthCategory> categories = List.of(
                new TruthCategory(9, "often", Optional.of(Frequency.FREQUENT)),
                new TruthCategory(4, "seldom", Optional.of(Frequency.RARE)),
                new TruthCategory(2, "nowhere", Optional.of(Frequency.FREQUENT)));
        GroundTruth truth = new GroundTruth(IMAGES, categories, List.of(TruthBox.of(1, 1, 9, THING), TruthBox.of(2, 1, 4, THING)));

        DetectionEvaluation evaluation = DetectionEvaluation.lvis(truth,
                List.of(new DetectedBox(1, 9, THING, 0.5), new DetectedBox(1, 2, THING, 0.5)), 300);

        assertThat(evaluation.categories()).extracting(row -> row.category().id()).containsExactly(2L, 4L, 9L);
        assertThat(evaluation.categories()).extracting(row -> Math.rint(row.figures().ap())).containsExactly(-1.0, 0.0, 1.0);
        assertThat(evaluation.categories()).extracting(row -> row.curve().isDefined()).containsExactly(false, true, true);
        assertThat(evaluation.figures().ap()).isCloseTo(0.5, EXACT);
        assertThat(evaluation.figures(Frequency.FREQUENT).ap()).isCloseTo(1, EXACT);
        assertThat(evaluation.figures(Frequency.RARE).ap()).isZero();
        assertThat(evaluation.figures(Frequency.COMMON).ap()).isEqualTo(DetectionFigures.UNDEFINED);
    }

    @Test
    void noDetectionsAtAllAreZeroAndNoTruthAtAllIsUndefined() {
        assertThat(coco(truth(thing(1))).ap()).isZero();
        assertThat(coco(truth(thing(1))).ar()).isZero();
        assertThat(coco(truth(), found(1, THING, 0.9)).ap()).isEqualTo(DetectionFigures.UNDEFINED);
        assertThat(DetectionEvaluation.coco(new GroundTruth(IMAGES, List.of(), List.of()), List.of()).figures().ap())
                .isEqualTo(DetectionFigures.UNDEFINED);
    }

    @Test
    void boxesOfWhatIsNotListedAreLeftOut() {
        DetectionFigures figures = coco(truth(thing(1), thing(77), TruthBox.of(3, 1, 8, BESIDE)),
                new DetectedBox(1, 8, THING, 0.9), found(1, THING, 0.8));

        assertThat(figures.ap()).isCloseTo(1, EXACT);
    }

    @Test
    void refusesDetectionsOfUnknownImagesAndScoresThatAreNoNumbers() {
        assertThatThrownBy(() -> coco(truth(thing(1)), found(3, THING, 0.9)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("image of a detection is 3; expected one of the 2 images of the ground truth");
        assertThatThrownBy(() -> found(1, THING, Double.NaN)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("score");
        assertThatThrownBy(() -> found(1, Box.xywh(0, Double.NaN, 1, 1), 0.5)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("bbox");
        assertThatThrownBy(() -> DetectionEvaluation.lvis(truth(), List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("detections per category are 0; expected 1 or more");
    }
}
