package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.review.QueueMix.Slot;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QueueMixTest {

    @Test
    void workKeepsItsOrder() {
        assertThat(QueueMix.slots(3, 0, 1, 0.1, 7)).containsExactly(work(0), work(1), work(2));
    }

    private static Slot work(int index) {
        return new Slot(ReviewItem.Kind.WORK, index, false);
    }

    @Test
    void checksAreAShareOfAll() {
        // 10 of 100 are 10 %; 15 % of 20 are 3.
        assertThat(QueueMix.checks(90, 0.1)).isEqualTo(10);
        assertThat(QueueMix.checks(17, 0.15)).isEqualTo(3);
        assertThat(QueueMix.checks(90, 0)).isZero();
    }

    @Test
    void checksEatUpNoDatasetThatIsKnownThroughout() {
        // All 32 are known: 2 checks beside 30 are 5 % of 32 as near as it gets, 3 beside 29 were too many.
        assertThat(QueueMix.setAside(32, 26, 500, 0.05)).isEqualTo(2);
        assertThat(QueueMix.setAside(6, 6, 500, 0.05)).isZero();
        assertThat(QueueMix.setAside(1000, 26, 500, 0.05)).as("enough of all").isEqualTo(26);
        assertThat(QueueMix.setAside(1000, 3, 500, 0.05)).as("no more are known").isEqualTo(3);
        assertThat(QueueMix.setAside(0, 3, 500, 0.05)).isZero();
    }

    @Test
    void checksComeOncePerStretchAtNoFixedDistance() {
        List<Slot> slots = QueueMix.slots(90, 10, 1, 0.1, 7);
        assertThat(slots).hasSize(100);
        List<Integer> places = IntStream.range(0, 100).filter(i -> slots.get(i).kind() == ReviewItem.Kind.CHECK).boxed().toList();
        assertThat(places).hasSize(10);
        // Within 90 of work, stretch k begins at 9 k; the k checks before it move it on by k.
        for (int k = 0; k < 10; k++) {
            assertThat(places.get(k)).isBetween(10 * k, 10 * k + 8);
            assertThat(slots.get(places.get(k)).index()).isEqualTo(k);
        }
        assertThat(IntStream.range(1, 10).mapToObj(k -> places.get(k) - places.get(k - 1)).distinct().count()).isGreaterThan(1);
        assertThat(slots.stream().filter(slot -> slot.kind() == ReviewItem.Kind.WORK).map(Slot::index)).isSorted().hasSize(90);
    }

    @Test
    void secondOpinionsFollowTheirImage() {
        List<Slot> slots = QueueMix.slots(10, 0, 3, 0.2, 7);
        // 20 % of 10 images are 2, each with two more items.
        assertThat(slots).hasSize(14);
        List<Integer> several = slots.stream().filter(Slot::consensus).map(Slot::index).toList();
        assertThat(several).hasSize(6);
        int first = slots.indexOf(new Slot(ReviewItem.Kind.WORK, several.get(0), true));
        assertThat(slots.subList(first, first + 3)).extracting(Slot::kind).containsExactly(ReviewItem.Kind.WORK, ReviewItem.Kind.OPINION,
                ReviewItem.Kind.OPINION);
        assertThat(slots.subList(first, first + 3)).extracting(Slot::index).containsOnly(several.get(0));
    }

    @Test
    void oneImageIsSeenBySeveralAtLeast() {
        assertThat(QueueMix.slots(1, 0, 2, 0.1, 7)).hasSize(2);
    }
}
