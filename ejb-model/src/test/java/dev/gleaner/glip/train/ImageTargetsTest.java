package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.glip.GlipConfig;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Anchors twice as wide as they are apart. The one of p3's row 1, column 2 is (12, 4, 27, 19), with its centre at (19.5, 11.5). */
class ImageTargetsTest {

    private static final GlipConfig.Anchors ANCHORS =
            new GlipConfig.Anchors(List.of(16.0, 32.0, 64.0, 128.0, 256.0), List.of(8, 16, 32, 64, 128));
    private static final int ROW1_COLUMN2 = 8 + 2;

    @Test
    void anchorsOfAllLevelsFollowOneAnother() {
        // 8 x 8, 4 x 4, 2 x 2, 1 x 1 and 1 x 1.
        float[] anchors = ImageTargets.of(ANCHORS, 64, 64, new float[0]).anchors();
        assertThat(anchors).hasSize(4 * (64 + 16 + 4 + 1 + 1));
        assertThat(ImageTargets.four(anchors, ROW1_COLUMN2)).containsExactly(12, 4, 27, 19);
        assertThat(ImageTargets.four(anchors, 64)).containsExactly(-8, -8, 23, 23);
        assertThat(ImageTargets.four(anchors, 85)).containsExactly(-64, -64, 191, 191);
    }

    @Test
    void levelsHalveRoundingUp() {
        // 12 x 20, 6 x 10, 3 x 5, 2 x 3 and 1 x 2.
        assertThat(ImageTargets.of(ANCHORS, 96, 160, new float[0]).matched()).hasSize(240 + 60 + 15 + 6 + 2);
    }

    @Test
    void aBoxLikeAnAnchorIsThatAnchorsAndNothingRemainsToBeLearnt() {
        ImageTargets targets = ImageTargets.of(ANCHORS, 64, 64, new float[] {12, 4, 27, 19});
        assertThat(targets.positives()).containsExactly(ROW1_COLUMN2);
        assertThat(targets.matched()[ROW1_COLUMN2]).isZero();
        assertThat(Arrays.stream(targets.matched()).filter(box -> box == AtssMatcher.BACKGROUND)).hasSize(85);
        assertThat(targets.regression()).containsExactly(0, 0, 0, 0);
        assertThat(targets.centreness()).containsExactly(1);
    }

    /**
     * A box of 20 x 18 around (19.5, 13.5), whose sides are 9.5 to the left and right of the anchor's centre, 6.5 above and 10.5
     * below: two of the anchor's 16 pixels further down, and a centreness of sqrt(6.5 / 10.5).
     */
    @Test
    void regressionAndCentrenessAreThoseOfTheBoxSeenFromItsAnchor() {
        ImageTargets targets = ImageTargets.of(ANCHORS, 64, 64, new float[] {40, 40, 60, 60, 10, 5, 29, 22});
        int k = Arrays.binarySearch(targets.positives(), ROW1_COLUMN2);
        assertThat(k).isNotNegative();
        assertThat(targets.matched()[ROW1_COLUMN2]).isEqualTo(1);
        float[] expected = {0, 10 * 2 / 16f, (float) (5 * Math.log(20 / 16.0)), (float) (5 * Math.log(18 / 16.0))};
        assertThat(ImageTargets.four(targets.regression(), k)).containsExactly(expected, within(1e-5f));
        assertThat(targets.centreness()[k]).isCloseTo((float) Math.sqrt(6.5 / 10.5), within(1e-5f));
    }

    /** Two boxes like two anchors side by side; the second is not known to be there, and the third is a proposal. */
    @Test
    void anchorsCountAsTheirBoxesDo() {
        float[] boxes = {12, 4, 27, 19, 28, 20, 43, 35, 44, 36, 59, 51};
        ImageTargets targets = ImageTargets.of(ANCHORS, 64, 64, boxes, new float[] {1, 0, 0.5f});
        ImageTargets known = ImageTargets.of(ANCHORS, 64, 64, boxes);
        List<Integer> second = IntStream.range(0, known.matched().length).filter(anchor -> known.matched()[anchor] == 1).boxed().toList();
        List<Integer> third = IntStream.range(0, known.matched().length).filter(anchor -> known.matched()[anchor] == 2).boxed().toList();
        assertThat(second).isNotEmpty().allSatisfy(anchor -> {
            assertThat(targets.matched()[anchor]).isEqualTo(AtssMatcher.BACKGROUND);
            assertThat(targets.weights()[anchor]).isZero();
        });
        assertThat(third).isNotEmpty().allSatisfy(anchor -> {
            assertThat(targets.matched()[anchor]).isEqualTo(2);
            assertThat(targets.weights()[anchor]).isEqualTo(0.5f);
        });
        assertThat(IntStream.range(0, targets.weights().length).filter(anchor -> targets.weights()[anchor] == 1).count())
                .isEqualTo(targets.weights().length - second.size() - third.size());
    }

    /** A box that nobody knows of takes no anchor from one that is there. */
    @Test
    void whatIsKnownComesFirst() {
        float[] same = {12, 4, 27, 19, 12, 4, 27, 19};
        ImageTargets targets = ImageTargets.of(ANCHORS, 64, 64, same, new float[] {0, 1});
        assertThat(targets.matched()[ROW1_COLUMN2]).isEqualTo(1);
        assertThat(targets.weights()[ROW1_COLUMN2]).isEqualTo(1);
    }

    @Test
    void positivesAscendAndEachHasItsNumbers() {
        ImageTargets targets = ImageTargets.of(ANCHORS, 64, 64, new float[] {30, 20, 61, 51, 2, 2, 20, 18, 0, 0, 63, 63});
        assertThat(targets.positives()).isSorted().hasSizeGreaterThan(2);
        assertThat(targets.regression()).hasSize(4 * targets.positives().length);
        assertThat(targets.centreness()).hasSize(targets.positives().length);
        for (int anchor = 0; anchor < targets.matched().length; anchor++) {
            assertThat(targets.matched()[anchor] != AtssMatcher.BACKGROUND)
                    .isEqualTo(Arrays.binarySearch(targets.positives(), anchor) >= 0);
        }
    }

    @Test
    void anImageWithoutBoxesIsBackgroundThroughout() {
        ImageTargets targets = ImageTargets.of(ANCHORS, 64, 64, new float[0]);
        assertThat(targets.matched()).containsOnly(AtssMatcher.BACKGROUND);
        assertThat(targets.positives()).isEmpty();
        assertThat(targets.regression()).isEmpty();
        assertThat(targets.centreness()).isEmpty();
    }
}
