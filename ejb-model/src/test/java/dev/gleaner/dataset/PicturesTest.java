package dev.gleaner.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.vision.RgbImage;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PicturesTest {

    @Test
    void aShrunkPixelIsTheMeanOfThoseItStandsFor() {
        // 4 x 2 pixels in red only: 0 10 100 120 / 20 30 140 200
        byte[] rgb = new byte[3 * 8];
        int[] red = {0, 10, 100, 120, 20, 30, 140, 200};
        for (int i = 0; i < red.length; i++) {
            rgb[3 * i] = (byte) red[i];
        }
        BufferedImage shrunk = Pictures.shrink(new RgbImage(4, 2, rgb), 2);
        assertThat(shrunk.getWidth()).isEqualTo(2);
        assertThat(shrunk.getHeight()).isEqualTo(1);
        assertThat(shrunk.getRGB(0, 0) & 0xffffff).isEqualTo(15 << 16);
        assertThat(shrunk.getRGB(1, 0) & 0xffffff).isEqualTo(140 << 16);
    }

    @Test
    void everyPixelCountsWhereSizesDoNotDivide() {
        byte[] rgb = new byte[3 * 5 * 3];
        Arrays.fill(rgb, (byte) 77);
        BufferedImage shrunk = Pictures.shrink(new RgbImage(5, 3, rgb), 4);
        assertThat(shrunk.getWidth()).isEqualTo(4);
        assertThat(shrunk.getHeight()).isEqualTo(2);
        assertThat(shrunk.getRGB(3, 1) & 0xffffff).isEqualTo(0x4d4d4d);
    }

    @Test
    void smallImagesAreNotBlownUp() {
        BufferedImage same = Pictures.shrink(new RgbImage(1, 2, new byte[] {1, 2, 3, 4, 5, 6}), 480);
        assertThat(same.getWidth()).isEqualTo(1);
        assertThat(same.getHeight()).isEqualTo(2);
        assertThat(same.getRGB(0, 1) & 0xffffff).isEqualTo(0x040506);
    }
}
