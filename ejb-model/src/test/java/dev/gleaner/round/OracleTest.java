package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.round.RoundExamples.HumanBox;
import dev.gleaner.round.RoundExamples.Verdict;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OracleTest {

    private static final List<Long> CATEGORIES = List.of(1L, 2L);
    private static final Box DOG = Box.xywh(0, 0, 10, 10);
    private static final Box CAT = Box.xywh(50, 50, 10, 10);
    private static final Pool.Picture PICTURE = new Pool.Picture(new RgbImage(100, 100, new byte[30000]),
            List.of(new TargetBox(DOG, 0), new TargetBox(CAT, 1)));

    private static PseudoBox box(long category, Box box, double score) {
        return new PseudoBox(1, category, box, score, 1);
    }

    /** The first box overlaps the dog by 0.6 and is moved; the second meets a dog that is taken; the third is no dog; the cat is missing. */
    @Test
    void eachThingIsMetOnceAndWhatIsMissingIsDrawn() {
        Box high = Box.xywh(0, 0, 10, 6);
        Oracle.Review review = Oracle.review(PICTURE, List.of(box(1, high, 0.9), box(1, DOG, 0.8), box(1, CAT, 0.7)), CATEGORIES);
        assertThat(review.human().boxes()).containsExactly(new HumanBox(1, DOG, Verdict.PRESENT), new HumanBox(1, DOG, Verdict.REJECTED),
                new HumanBox(1, CAT, Verdict.REJECTED), new HumanBox(2, CAT, Verdict.PRESENT));
        assertThat(review.human().complete()).isEqualTo(Set.of(1L, 2L));
        assertThat(List.of(review.accepted(), review.rejected(), review.drawn())).containsExactly(1, 2, 1);
    }

    @Test
    void aBoxThatOverlapsLessThanHalfIsRejected() {
        Oracle.Review review = Oracle.review(PICTURE, List.of(box(1, Box.xywh(0, 0, 10, 4.9), 0.9)), CATEGORIES);
        assertThat(List.of(review.accepted(), review.rejected(), review.drawn())).containsExactly(0, 1, 2);
    }

    @Test
    void goldIsAllThereIs() {
        assertThat(Oracle.gold(PICTURE, CATEGORIES).boxes())
                .containsExactly(new HumanBox(1, DOG, Verdict.PRESENT), new HumanBox(2, CAT, Verdict.PRESENT));
    }
}
