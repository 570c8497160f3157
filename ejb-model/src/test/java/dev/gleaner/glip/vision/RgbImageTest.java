package dev.gleaner.glip.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RgbImageTest {

    /** Three columns, two rows; the red sample is 10 * row + column. */
    private final RgbImage image = new RgbImage(3, 2, new byte[] {0, 90, 91, 1, 90, 91, 2, 90, 91, 10, 90, 91, 11, 90, 91, 12, 90, 91});

    @Test
    void mirrorsColumns() {
        assertThat(image.mirrored().rgb()).containsExactly(2, 90, 91, 1, 90, 91, 0, 90, 91, 12, 90, 91, 11, 90, 91, 10, 90, 91);
    }

    @Test
    void cutsOutAPart() {
        RgbImage part = image.crop(1, 0, 2, 2);

        assertThat(part.width()).isEqualTo(2);
        assertThat(part.height()).isEqualTo(2);
        assertThat(part.rgb()).containsExactly(1, 90, 91, 2, 90, 91, 11, 90, 91, 12, 90, 91);
    }

    @Test
    void refusesAPartBeyondTheEdge() {
        assertThatThrownBy(() -> image.crop(2, 0, 2, 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("crop: 2 x 1 at (2, 0), expected a part of an image of 3 x 2");
    }
}
