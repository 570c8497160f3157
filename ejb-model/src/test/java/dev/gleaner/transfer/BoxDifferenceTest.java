package dev.gleaner.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.glip.Box;
import dev.gleaner.transfer.BoxDifference.Given;
import dev.gleaner.transfer.BoxDifference.Kind;
import dev.gleaner.transfer.BoxDifference.Standing;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoxDifferenceTest {

    private static final Standing CAT = standing(1, "cat", 0, Status.IMPORTED);

    @Test
    void equalBoxesAreNoDifferenceUpToWhatFilesRound() {
        assertThat(BoxDifference.of(List.of(CAT), List.of(new Given("cat", Box.xywh(0.004, 0, 10, 9.996))))).isEmpty();
    }

    @Test
    void theBoxThatOverlapsMostIsTheOneThatMoved() {
        Standing far = standing(2, "cat", 3, Status.ACCEPTED);
        Given moved = given("cat", 1);

        // 9 of 11 columns are shared with the first, 8 of 12 with the second.
        assertThat(BoxDifference.of(List.of(far, CAT), List.of(moved))).containsExactly(
                new BoxDifference(Kind.MOVED, CAT, moved, false), new BoxDifference(Kind.REMOVED, far, null, true));
    }

    @Test
    void theSamePlaceUnderAnotherCategoryIsRelabelled() {
        assertThat(BoxDifference.of(List.of(CAT), List.of(given("dog", 0)))).containsExactly(new BoxDifference(Kind.RELABELLED, CAT, given("dog", 0), false));
    }

    @Test
    void whatOverlapsLessThanHalfIsAnotherThing() {
        // 6 of 14 columns.
        assertThat(BoxDifference.of(List.of(CAT), List.of(given("cat", 4)))).containsExactly(
                new BoxDifference(Kind.ADDED, null, given("cat", 4), false), new BoxDifference(Kind.REMOVED, CAT, null, false));
    }

    @Test
    void whatAHumanDecidedIsNamedAsSuch() {
        Standing corrected = standing(3, "cat", 0, Status.CORRECTED);

        assertThat(BoxDifference.of(List.of(corrected), List.of())).containsExactly(new BoxDifference(Kind.REMOVED, corrected, null, true));
        assertThat(BoxDifference.of(List.of(corrected), List.of(given("cat", 1)))).containsExactly(
                new BoxDifference(Kind.MOVED, corrected, given("cat", 1), true));
    }

    @Test
    void whatAReviewerRejectedComesBackAgainstTheDecisionOnly() {
        Standing rejected = standing(4, "cat", 0, Status.REJECTED);

        assertThat(BoxDifference.of(List.of(rejected), List.of())).isEmpty();
        assertThat(BoxDifference.of(List.of(rejected), List.of(given("cat", 0)))).containsExactly(
                new BoxDifference(Kind.ADDED, rejected, given("cat", 0), true));
        assertThat(BoxDifference.of(List.of(rejected), List.of(given("dog", 0)))).containsExactly(
                new BoxDifference(Kind.ADDED, null, given("dog", 0), false));
    }

    @Test
    void openProposalsAreNobodysWord() {
        Standing open = standing(5, "cat", 0, Status.PROPOSED);

        assertThat(BoxDifference.of(List.of(open), List.of())).isEmpty();
        assertThat(BoxDifference.of(List.of(open), List.of(given("cat", 0)))).isEmpty();
        assertThat(BoxDifference.of(List.of(open), List.of(given("cat", 1)))).containsExactly(new BoxDifference(Kind.ADDED, null, given("cat", 1), false));
    }

    @Test
    void twoEqualBoxesAreTwo() {
        Standing twin = standing(1, "cat", 0, Status.IMPORTED);

        assertThat(BoxDifference.of(List.of(CAT, twin), List.of(given("cat", 0)))).hasSize(1);
        assertThat(BoxDifference.of(List.of(CAT), List.of(given("cat", 0), given("cat", 0)))).extracting(BoxDifference::kind).containsExactly(Kind.ADDED);
    }

    /** 10 x 10 at (x, 0). */
    private static Standing standing(long id, String category, double x, Status status) {
        return new Standing(id, 0, category, Box.xywh(x, 0, 10, 10), status, status != Status.IMPORTED && status != Status.PROPOSED);
    }

    private static Given given(String category, double x) {
        return new Given(category, Box.xywh(x, 0, 10, 10));
    }
}
