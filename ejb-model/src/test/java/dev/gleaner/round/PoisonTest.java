package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.Box;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoisonTest {

    private static final List<PseudoBox> BOXES = IntStream.range(0, 50)
            .mapToObj(i -> new PseudoBox(i, 1 + i % 3, Box.xywh(10 * i, 20, 30, 40), 0.5, 1)).toList();

    /** A fifth of fifty: five with another category in the same place, five of the same category that meet their thing no more. */
    @Test
    void aShareIsSpoiltAndTheRestStaysAsItWas() {
        List<PseudoBox> poisoned = Poison.poison(BOXES, 0.2, List.of(1L, 2L, 3L), new Random(4));
        assertThat(poisoned).hasSize(50);
        List<Integer> changed = IntStream.range(0, 50).filter(i -> !poisoned.get(i).equals(BOXES.get(i))).boxed().toList();
        assertThat(changed).hasSize(10);
        assertThat(changed).filteredOn(i -> poisoned.get(i).box().equals(BOXES.get(i).box())).hasSize(5)
                .allSatisfy(i -> assertThat(poisoned.get(i).categoryId()).isNotEqualTo(BOXES.get(i).categoryId()).isBetween(1L, 3L));
        assertThat(changed).filteredOn(i -> poisoned.get(i).categoryId() == BOXES.get(i).categoryId()).hasSize(5)
                .allSatisfy(i -> assertThat(poisoned.get(i).box().iou(BOXES.get(i).box())).isLessThan(0.3));
    }

    @Test
    void theSameSeedSpoilsTheSameBoxesAndAnotherOneOthers() {
        assertThat(Poison.poison(BOXES, 0.2, List.of(1L, 2L, 3L), new Random(4))).isEqualTo(Poison.poison(BOXES, 0.2, List.of(1L, 2L, 3L), new Random(4)))
                .isNotEqualTo(Poison.poison(BOXES, 0.2, List.of(1L, 2L, 3L), new Random(5)));
    }

    @Test
    void aSingleCategoryCanOnlyBeShifted() {
        assertThat(Poison.poison(BOXES, 1, List.of(1L), new Random(4))).allSatisfy(box -> assertThat(box.box()).isNotEqualTo(BOXES.get((int) box.imageId()).box()));
    }
}
