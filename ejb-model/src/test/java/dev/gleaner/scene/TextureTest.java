package dev.gleaner.scene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TextureTest {

    @Test
    void stripesRunAlongAndSquaresAlternate() {
        assertThat(Texture.STRIPED.second(1, 0, 10, 50)).isEqualTo(1);
        assertThat(Texture.STRIPED.second(1, 33, 10, 50)).isEqualTo(1);
        assertThat(Texture.STRIPED.second(6, 0, 10, 50)).isZero();
        assertThat(Texture.CHECKED.second(1, 1, 10, 50)).isZero();
        assertThat(Texture.CHECKED.second(11, 1, 10, 50)).isEqualTo(1);
        assertThat(Texture.CHECKED.second(11, 11, 10, 50)).isZero();
        assertThat(Texture.PLAIN.second(3, 4, 10, 50)).isZero();
        assertThat(Texture.SHADED.second(-20, 0, 10, 50)).isZero();
        assertThat(Texture.SHADED.second(20, 0, 10, 50)).isCloseTo(0.8f, org.assertj.core.data.Offset.offset(1e-6f));
    }

    @Test
    void theFirstColorOfATextureIsTheLargerPart() {
        for (Texture texture : Texture.values()) {
            double second = 0;
            for (int i = 0; i < 10_000; i++) {
                second += texture.second(i % 100 - 50, i / 100 - 50, 10, 100) / 10_000;
            }
            assertThat(second).as(texture.word()).isLessThanOrEqualTo(0.51);
        }
    }

    @Test
    void colorsAreWhatTheyAreCalled() {
        for (int seed = 0; seed < 100; seed++) {
            float[] red = Hue.RED.draw(new SplittableRandom(seed));
            assertThat(red[0]).isGreaterThan(2 * Math.max(red[1], red[2]));
            float[] blue = Hue.BLUE.draw(new SplittableRandom(seed));
            assertThat(blue[2]).isGreaterThan(blue[1]).isGreaterThan(blue[0]);
            float[] green = Hue.GREEN.draw(new SplittableRandom(seed));
            assertThat(green[1]).isGreaterThan(green[0]).isGreaterThan(green[2]);
            assertThat(Hue.luma(Hue.BLACK.draw(new SplittableRandom(seed)))).isLessThan(0.15f);
            assertThat(Hue.luma(Hue.WHITE.draw(new SplittableRandom(seed)))).isGreaterThan(0.9f);
        }
    }
}
