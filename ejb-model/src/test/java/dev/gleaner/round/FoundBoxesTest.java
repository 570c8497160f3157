package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.Box;
import org.junit.jupiter.api.Test;

class FoundBoxesTest {

    private static PseudoBox box(long image, long category, double score) {
        return new PseudoBox(image, category, Box.xywh(1, 2, 3, 4), score, score / 2);
    }

    @Test
    void takesMoreThanWereExpected() {
        FoundBoxes boxes = new FoundBoxes(0);
        for (int i = 0; i < 100; i++) {
            boxes.add(box(i / 10, i % 2 == 0 ? 70_000_000_000L : 5, i / 100.0), i % 10);
        }
        assertThat(boxes.size()).isEqualTo(100);
        assertThat(boxes.all().cardinality()).isEqualTo(100);
        assertThat(boxes.categories()).containsExactly(70_000_000_000L, 5L);
        assertThat(boxes.image(73)).isEqualTo(7);
        assertThat(boxes.ordinal(73)).isEqualTo(3);
        assertThat(boxes.category(73)).isEqualTo(1);
        assertThat(boxes.categoryId(73)).isEqualTo(5);
        assertThat(boxes.score(73)).isEqualTo(0.73);
        assertThat(boxes.agreement(73)).isEqualTo(0.365);
    }
}
