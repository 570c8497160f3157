package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.glip.Box;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PairedBootstrapTest {

    private static final Box BOX = Box.xywh(10, 10, 50, 50);
    private static final Box ELSEWHERE = Box.xywh(200, 200, 50, 50);

    /** So many images with one box each. */
    private static GroundTruth truth(int images) {
        return new GroundTruth(LongStream.range(0, images).mapToObj(TruthImage::of).toList(), List.of(TruthCategory.of(1, "thing")),
                LongStream.range(0, images).mapToObj(id -> TruthBox.of(id + 1, id, 1, BOX)).toList());
    }

    /** One detection an image, right in the first ones. */
    private static List<DetectedBox> found(int images, int right) {
        return LongStream.range(0, images).mapToObj(id -> new DetectedBox(id, 1, id < right ? BOX : ELSEWHERE, 0.9 - 0.001 * id)).toList();
    }

    @Test
    void aModelIsNoBetterThanItself() {
        PairedBootstrap same = PairedBootstrap.of(truth(20), found(20, 10), found(20, 10), 200, 0.95, 1);
        assertThat(same.difference()).isZero();
        assertThat(same.low()).isZero();
        assertThat(same.high()).isZero();
        assertThat(same.noWorse()).isOne();
    }

    /** Half of the boxes are found at precision 1 and then three quarters: AP 51/101 and 76/101. */
    @Test
    void theDifferenceIsThatOfTheImagesThemselves() {
        PairedBootstrap better = PairedBootstrap.of(truth(100), found(100, 50), found(100, 75), 500, 0.95, 1);
        assertThat(better.difference()).isCloseTo(25 / 101.0, within(1e-12));
        // Of 100 images drawn a quarter, give or take two standard deviations of 0.043, makes the difference.
        assertThat(better.low()).isCloseTo(0.25 - 0.085, within(0.03));
        assertThat(better.high()).isCloseTo(0.25 + 0.085, within(0.03));
        assertThat(better.noWorse()).isOne();
    }

    /** The same the other way round is further from zero than any of 500 samples: by 0.25 of 0.043, 5.8 standard deviations. */
    @Test
    void whatIsRarerThanSamplesTellIsTakenFromTheirSpread() {
        assertThat(PairedBootstrap.of(truth(100), found(100, 75), found(100, 50), 500, 0.95, 1).noWorse()).isBetween(1e-11, 1e-7);
        // 5 of 60 images make the difference: none is drawn in (55/60)^60 = 0.54 % of the samples, which is what three of 500 say.
        assertThat(PairedBootstrap.of(truth(60), found(60, 35), found(60, 30), 500, 0.95, 1).noWorse()).isBetween(0.002, 0.03);
        assertThat(PairedBootstrap.of(truth(20), found(20, 20), found(20, 0), 500, 0.95, 1).noWorse()).as("worse in each sample by the same").isZero();
    }

    @Test
    void chanceDoesNotPassForABetterModel() {
        Random random = new Random(3);
        List<DetectedBox> first = new ArrayList<>();
        List<DetectedBox> second = new ArrayList<>();
        for (long id = 0; id < 60; id++) {
            first.add(new DetectedBox(id, 1, random.nextBoolean() ? BOX : ELSEWHERE, random.nextDouble()));
            second.add(new DetectedBox(id, 1, random.nextBoolean() ? BOX : ELSEWHERE, random.nextDouble()));
        }
        PairedBootstrap chance = PairedBootstrap.of(truth(60), first, second, 500, 0.95, 1);
        assertThat(chance.low()).isNegative();
        assertThat(chance.high()).isPositive();
        assertThat(chance.noWorse()).isBetween(0.025, 0.975);
    }

    /** Each image once gives the figure of the whole evaluation, crowds, ties and all. */
    @Test
    void everyImageOnceIsTheEvaluation() throws IOException {
        for (String name : List.of("coco_basic", "coco_crowd_empty", "coco_ties")) {
            GroundTruth truth = CocoJson.readTruth(MetricsReference.folder().resolve(name + "_gt.json"));
            List<DetectedBox> detections = CocoJson.readDetections(MetricsReference.folder().resolve(name + "_dt.json"));
            double ap = DetectionEvaluation.coco(truth, detections).figures().ap();
            PairedBootstrap againstNothing = PairedBootstrap.of(truth, List.of(), detections, 100, 0.9, 1);
            assertThat(againstNothing.difference()).as(name).isCloseTo(ap, within(1e-12));
        }
    }

    @Test
    void sizesCanBeLookedAtOneByOne() throws IOException {
        GroundTruth truth = CocoJson.readTruth(MetricsReference.folder().resolve("coco_basic_gt.json"));
        List<DetectedBox> detections = CocoJson.readDetections(MetricsReference.folder().resolve("coco_basic_dt.json"));
        DetectionFigures figures = DetectionEvaluation.coco(truth, detections).figures();
        assertThat(figures.apSmall()).isNotEqualTo(figures.apLarge());
        assertThat(PairedBootstrap.of(Protocol.COCO, truth, List.of(), detections, AreaRange.SMALL, 100, 0.9, 1).difference()).isCloseTo(figures.apSmall(), within(1e-12));
        assertThat(PairedBootstrap.of(Protocol.COCO, truth, List.of(), detections, AreaRange.LARGE, 100, 0.9, 1).difference()).isCloseTo(figures.apLarge(), within(1e-12));
    }

    @Test
    void theSameSeedGivesTheSameInterval() {
        assertThat(PairedBootstrap.of(truth(30), found(30, 10), found(30, 20), 200, 0.95, 5))
                .isEqualTo(PairedBootstrap.of(truth(30), found(30, 10), found(30, 20), 200, 0.95, 5));
    }

    @Test
    void withoutAnythingToFindThereIsNoAnswer() {
        GroundTruth nothing = new GroundTruth(List.of(TruthImage.of(1)), List.of(TruthCategory.of(1, "thing")), List.of());
        assertThatIllegalArgumentException().isThrownBy(() -> PairedBootstrap.of(nothing, List.of(), List.of(), 100, 0.95, 1))
                .withMessageContaining("no box to be found");
        assertThatIllegalArgumentException().isThrownBy(() -> PairedBootstrap.of(truth(1), List.of(), List.of(), 10, 0.95, 1))
                .withMessageContaining("samples: 10");
    }
}
