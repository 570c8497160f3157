package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.glip.Box;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatchingTest {

    private static final Box SQUARE = Box.xywh(0, 0, 10, 10);

    private static TruthBox truth(Box box) {
        return TruthBox.of(1, 1, 1, box);
    }

    private static TruthBox crowd(Box box) {
        return new TruthBox(1, 1, 1, box, box.area(), true, false);
    }

    private static TruthBox ignored(Box box) {
        return new TruthBox(1, 1, 1, box, box.area(), false, true);
    }

    private static DetectedBox detection(Box box) {
        return new DetectedBox(1, 1, box, 0.5);
    }

    private static Matching matching(Protocol protocol, List<TruthBox> truths, Box... detections) {
        List<DetectedBox> found = Arrays.stream(detections).map(MatchingTest::detection).toList();
        return new Matching(new ImageBoxes(TruthImage.of(1), truths, found), protocol);
    }

    private static int[] met(Matching matching, double iou) {
        return matching.at(iou, matching.ignored(AreaRange.ALL));
    }

    @Test
    void theBestDetectionChoosesFirstAndTakesWhatItOverlapsMost() {
        Matching matching = matching(Protocol.COCO, List.of(truth(Box.xywh(0, 0, 10, 8)), truth(SQUARE)),
                Box.xywh(0, 0, 10, 9), SQUARE, SQUARE);

        assertThat(matching.overlap(0, 0)).isCloseTo(80 / 90.0, within(1e-15));
        assertThat(matching.overlap(0, 1)).isCloseTo(90 / 100.0, within(1e-15));
        assertThat(met(matching, 0.5)).containsExactly(1, 0, Matching.NONE);
        assertThat(met(matching, 0.85)).containsExactly(1, Matching.NONE, Matching.NONE);
    }

    @Test
    void ofEqualOverlapsTheLastIsTaken() {
        assertThat(met(matching(Protocol.COCO, List.of(truth(SQUARE), truth(SQUARE)), SQUARE), 0.5)).containsExactly(1);
    }

    @Test
    void anOverlapOfExactlyTheLeastIsEnough() {
        Matching half = matching(Protocol.COCO, List.of(truth(SQUARE)), Box.xywh(0, 0, 10, 5));
        assertThat(met(half, 0.5)).containsExactly(0);
        assertThat(met(half, 0.55)).containsExactly(Matching.NONE);
        assertThat(met(matching(Protocol.COCO, List.of(truth(SQUARE)), SQUARE), 1)).containsExactly(0);
    }

    @Test
    void anIgnoredTruthIsTakenOnlyWhenNoOtherOverlapsEnough() {
        List<TruthBox> truths = List.of(ignored(SQUARE), truth(Box.xywh(0, 0, 10, 6)));
        assertThat(met(matching(Protocol.LVIS, truths, SQUARE), 0.5)).containsExactly(1);
        assertThat(met(matching(Protocol.LVIS, truths, SQUARE), 0.65)).containsExactly(0);
    }

    @Test
    void manyDetectionsLieInOneCrowdButOneMeetsAnIgnoredTruth() {
        Box corner = Box.xywh(0, 0, 2, 2);
        Matching inCrowd = matching(Protocol.COCO, List.of(crowd(SQUARE)), corner, corner);
        assertThat(inCrowd.overlap(0, 0)).isEqualTo(1);
        assertThat(met(inCrowd, 0.95)).containsExactly(0, 0);

        assertThat(met(matching(Protocol.LVIS, List.of(ignored(SQUARE)), SQUARE, SQUARE), 0.5)).containsExactly(0, Matching.NONE);
    }

    @Test
    void lvisKnowsNoCrowdsAndCocoIgnoresNothingElse() {
        assertThat(matching(Protocol.LVIS, List.of(crowd(SQUARE), ignored(SQUARE))).ignored(AreaRange.ALL)).containsExactly(false, true);
        assertThat(matching(Protocol.COCO, List.of(crowd(SQUARE), ignored(SQUARE))).ignored(AreaRange.ALL)).containsExactly(true, false);
        assertThat(matching(Protocol.LVIS, List.of(crowd(SQUARE)), Box.xywh(0, 0, 2, 2)).overlap(0, 0)).isEqualTo(0.04);
    }

    @Test
    void truthsOfAnotherSizeAreIgnored() {
        Matching matching = matching(Protocol.COCO, List.of(truth(Box.xywh(0, 0, 32, 32)), truth(Box.xywh(0, 0, 97, 96))));
        assertThat(matching.ignored(AreaRange.SMALL)).containsExactly(false, true);
        assertThat(matching.ignored(AreaRange.MEDIUM)).containsExactly(false, true);
        assertThat(matching.ignored(AreaRange.LARGE)).containsExactly(true, false);
    }
}
