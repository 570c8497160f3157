package dev.gleaner.glip.vision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BilinearResizeTest {

    /** An image whose channels are v, v + 1, v + 2. */
    private static RgbImage image(int width, int height, int... values) {
        byte[] rgb = new byte[3 * values.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (values[i / 3] + i % 3);
        }
        return new RgbImage(width, height, rgb);
    }

    @Test
    void halvingWeighsFourPixelsByTheTriangle() {
        // Four pixels to two: centre 1, support 2; weights of pixels 0..2 are 3/8, 3/8, 1/8 over 7/8.
        // (3*10 + 3*50 + 90) / 7 = 38.57 and (50 + 3*90 + 3*130) / 7 = 101.43.
        RgbImage half = BilinearResize.resize(image(4, 1, 10, 50, 90, 130), 2, 1);
        assertThat(half).extracting(i -> i.sample(0, 0, 0), i -> i.sample(1, 0, 0), i -> i.sample(1, 0, 2))
                .containsExactly(39, 101, 103);
    }

    @Test
    void rowsAreResizedLikeColumns() {
        RgbImage half = BilinearResize.resize(image(1, 4, 10, 50, 90, 130), 1, 2);
        assertThat(half).extracting(i -> i.sample(0, 0, 0), i -> i.sample(0, 1, 0)).containsExactly(39, 101);
    }

    @Test
    void enlargingInterpolatesBetweenPixelCentres() {
        // Two pixels to four: places 0.25 and 0.75 of the way between the centres, the ends repeat.
        RgbImage twice = BilinearResize.resize(image(2, 1, 0, 100), 4, 1);
        assertThat(twice).extracting(i -> i.sample(0, 0, 0), i -> i.sample(1, 0, 0), i -> i.sample(2, 0, 0),
                i -> i.sample(3, 0, 0)).containsExactly(0, 25, 75, 100);
    }

    @Test
    void theSameSizeIsTheSameImage() {
        RgbImage image = image(2, 2, 1, 2, 3, 4);
        assertThat(BilinearResize.resize(image, 2, 2)).isSameAs(image);
    }
}
