package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.head.AnchorGrid;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AtssMatcherTest {

    private static final int NONE = AtssMatcher.BACKGROUND;
    private static final float[] FAR = {100, 100, 109, 109};
    private static final float[] FARTHER = {200, 200, 209, 209};

    /**
     * Anchors 8 wide, 8 apart in four rows of four, then anchors 16 wide, 16 apart in two rows of two. A box of 16 x 16 in the
     * corner: of its nine candidates on the fine level four overlap it by 1/4 and five not at all; of the four on the coarse
     * level, fewer than nine, one is the box itself. Of these 13 overlaps the mean is 2/13 and the deviation 0.280, so 0.434 is
     * needed.
     */
    @Test
    void aBoxGoesToTheAnchorsThatOverlapItMoreThanItsCandidatesUsuallyDo() {
        int[] matched = AtssMatcher.match(twoLevels(), new float[] {0, 0, 15, 15});
        int[] expected = nothing(20);
        expected[16] = 0;
        assertThat(matched).isEqualTo(expected);
    }

    /**
     * A box of 8 x 12 whose centre is (11.5, 7.5): of the fine level's nearest nine (all but the last row and the last column)
     * two share 8 x 6 pixels with it, an overlap of 3/7; of the coarse level one holds the whole of it, an overlap of 3/8. The
     * mean of 13 overlaps is 0.0948 and their deviation 0.1806, so 0.275 is needed. Three anchors pass; two of them have their
     * centres in the box, and the third has it beside, at (7.5, 7.5).
     */
    @Test
    void anAnchorWhoseCentreIsBesideTheBoxIsNotForIt() {
        int[] matched = AtssMatcher.match(twoLevels(), new float[] {8, 2, 15, 13});
        int[] expected = nothing(20);
        expected[1] = 0;
        expected[5] = 0;
        assertThat(matched).isEqualTo(expected);
    }

    private static List<float[]> twoLevels() {
        return List.of(new AnchorGrid(8, 8).all(4, 4), new AnchorGrid(16, 16).all(2, 2));
    }

    private static int[] nothing(int anchors) {
        int[] nothing = new int[anchors];
        Arrays.fill(nothing, NONE);
        return nothing;
    }

    /** Overlaps 1, 1/2 and 0: the mean 1/2 and the deviation of a sample 1/2 ask for 1, which is reached. */
    @Test
    void reachingTheThresholdIsEnough() {
        List<float[]> levels = List.of(new float[] {0, 0, 9, 9}, new float[] {0, 0, 9, 4}, FAR);
        assertThat(match(levels, 0, 0, 9, 9)).containsExactly(0, NONE, NONE);
    }

    /** Overlaps 1 and 0: the deviation of a sample, 0.707, asks for 1.207; that of a population, 1/2, would ask for 1. */
    @Test
    void theDeviationIsThatOfASample() {
        assertThat(match(List.of(new float[] {0, 0, 9, 9}, FAR), 0, 0, 9, 9)).containsExactly(NONE, NONE);
    }

    /** Overlaps of about 1/2, 0 and 0 ask for 0.911 of the first. What decides is where its centre lies: at 8.5, 9 and 9.5. */
    @Test
    void theCentreMustLieWithinTheBox() {
        float[] box = {0, 0, 9, 9};
        assertThat(match(List.of(new float[] {0, 0, 17, 9}, FAR, FARTHER), box)).containsExactly(0, NONE, NONE);
        assertThat(match(List.of(new float[] {0, 0, 18, 9}, FAR, FARTHER), box)).containsExactly(NONE, NONE, NONE);
        assertThat(match(List.of(new float[] {0, 0, 19, 9}, FAR, FARTHER), box)).containsExactly(NONE, NONE, NONE);
    }

    /** The anchor overlaps one box by 1/2 and the other by 5/6; then both by 1/2. */
    @Test
    void anAnchorGoesToTheBoxItOverlapsMost() {
        List<float[]> levels = List.of(new float[] {0, 0, 9, 9}, FAR, FARTHER);
        assertThat(match(levels, 0, 0, 9, 19, 0, 0, 9, 11)).containsExactly(1, NONE, NONE);
        assertThat(match(levels, 0, 0, 9, 11, 0, 0, 9, 19)).containsExactly(0, NONE, NONE);
        assertThat(match(levels, 0, 0, 9, 19, 0, 0, 19, 9)).containsExactly(0, NONE, NONE);
    }

    /** Eleven anchors on the box: the first nine are its candidates, overlap it wholly and so as much as usual. */
    @Test
    void ofEquallyNearAnchorsTheFirstNineAreCandidates() {
        float[] level = new float[11 * 4];
        for (int i = 0; i < 11; i++) {
            level[4 * i + 2] = 9;
            level[4 * i + 3] = 9;
        }
        assertThat(match(List.of(level), 0, 0, 9, 9)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, NONE, NONE);
    }

    @Test
    void withoutBoxesEverythingIsBackground() {
        assertThat(AtssMatcher.match(twoLevels(), new float[0])).isEqualTo(nothing(20));
    }

    private static int[] match(List<float[]> levels, float... boxes) {
        return AtssMatcher.match(levels, boxes);
    }
}
