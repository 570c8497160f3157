package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.Box;
import dev.gleaner.round.SelectionRun.Mark;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectionRunTest {

    private static final PseudoBox SURE = box(1, 1, 0.9, 0.8);
    private static final PseudoBox UNSURE = box(1, 1, 0.3, 0.9);
    private static final PseudoBox SHAKY = box(1, 2, 0.8, 0.2);
    private static final PseudoBox DECIDED = box(2, 1, 0.95, 1);
    private static final PseudoBox OTHER = box(2, 2, 0.7, 1);

    private static PseudoBox box(long image, long category, double score, double agreement) {
        return new PseudoBox(image, category, Box.xywh(0, 0, 10, 10), score, agreement);
    }

    private static SelectionRun run() {
        return SelectionRun.of(FoundBoxes.of(List.of(SURE, UNSURE, SHAKY, DECIDED, OTHER)), BitSet.valueOf(new long[] {0b01000}),
                List.of(new Selection.FixedThreshold(0.5), new Selection.Agreement(0.5)));
    }

    @Test
    void eachBoxKnowsWhatDroppedIt() {
        assertThat(run().marks()).extracting(Mark::dropped).containsExactly("", "fixed", "agreement", "human", "");
        assertThat(run().marks()).element(3).isEqualTo(new Mark(2, 3, "human"));
    }

    @Test
    void boxesThatAreAlikeAreToldApart() {
        SelectionRun run = SelectionRun.of(FoundBoxes.of(List.of(SURE, SURE)), BitSet.valueOf(new long[] {0b10}), List.of(new Selection.FixedThreshold(0)));
        assertThat(run.marks()).extracting(Mark::dropped).containsExactly("", "human");
    }
}
