package dev.gleaner.glip.head;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnchorGridTest {

    @Test
    void theFirstAnchorIsCentredOnItsCell() {
        // A cell of 8 pixels (0..7) has its centre at 3.5; 64 inclusive pixels reach 31.5 to either side.
        assertThat(new AnchorGrid(8, 64).anchor(0, 10)).containsExactly(-28, -28, 35, 35);
    }

    @Test
    void anchorsComeRowByRow() {
        // Grid of width 3: index 4 is row 1, column 1.
        assertThat(new AnchorGrid(16, 128).anchor(4, 3)).containsExactly(-56 + 16, -56 + 16, 71 + 16, 71 + 16);
        assertThat(new AnchorGrid(16, 128).all(2, 3)).hasSize(24)
                .containsSequence(-56 + 32, -56, 71 + 32, 71, -56, -56 + 16, 71, 71 + 16);
    }
}
