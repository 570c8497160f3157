package dev.gleaner.glip.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PostProcessorTest {

    private static final PostProcessor TWO_BEST = new PostProcessor(0.05f, 1000, 0.6f, 2);

    @Test
    void candidatesAreDecodedAgainstTheirAnchorAndCutToTheImage() {
        // Anchor 1 of a grid 2 wide, stride 8, size 16: -4..11 moved right by 8 = 4..19 across, -4..11 down.
        var candidates = new PostProcessor.Candidates(new long[] {1}, new long[] {3}, new float[] {0.5f}, new float[4]);

        assertThat(TWO_BEST.decode(candidates, new AnchorGrid(8, 16), 2, 16, 16))
                .containsExactly(new ScoredBox(4, 0, 15, 11, 3, 0.5f));
    }

    @Test
    void duplicatesGoBeforeTheBestAreCounted() {
        ScoredBox best = box(0, 0.9f);
        ScoredBox duplicate = box(1, 0.8f);
        ScoredBox second = box(100, 0.7f);
        ScoredBox third = box(200, 0.6f);

        assertThat(TWO_BEST.select(List.of(third, duplicate, best, second))).containsExactly(best, second);
    }

    @Test
    void allThatShareTheLastScoreAreKept() {
        ScoredBox best = box(0, 0.9f);
        ScoredBox second = box(100, 0.7f);
        ScoredBox asGood = box(200, 0.7f);

        assertThat(TWO_BEST.select(List.of(best, second, asGood, box(300, 0.1f))))
                .containsExactlyInAnyOrder(best, second, asGood);
    }

    private static ScoredBox box(float x, float score) {
        return new ScoredBox(x, 0, x + 9, 9, 0, score);
    }
}
