package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {

    private static final PixelSize STORED = new PixelSize(40, 30);

    /** A box of 3x4 that is 1 from the left, 2 from the top, so 36 from the right and 24 from the bottom. */
    @ParameterizedTest
    @CsvSource({"1, 1, 2, 3, 4", "2, 36, 2, 3, 4", "3, 36, 24, 3, 4", "4, 1, 24, 3, 4",
        "5, 2, 1, 4, 3", "6, 24, 1, 4, 3", "7, 24, 36, 4, 3", "8, 2, 36, 4, 3"})
    void turnsABoxWithItsPicture(int exif, double x, double y, double width, double height) {
        assertThat(new Orientation(exif).upright(Box.xywh(1, 2, 3, 4), STORED)).isEqualTo(Box.xywh(x, y, width, height));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aTurnedBoxLiesWhereTheModelsDecoderPutsItsPixels(int exif) throws Exception {
        RgbImage upright = ImageDecoder.decode(Pictures.rectangle(8, 16, 24, 8, exif));
        Orientation orientation = new Orientation(exif);
        PixelSize stored = new PixelSize(64, 48);

        assertThat(new PixelSize(upright.width(), upright.height())).isEqualTo(orientation.upright(stored));
        assertThat(brightPart(upright)).isEqualTo(orientation.upright(Box.xywh(8, 16, 24, 8), stored));
    }

    private static Box brightPart(RgbImage image) {
        int left = image.width();
        int top = image.height();
        int right = 0;
        int bottom = 0;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                if ((image.rgb()[3 * (y * image.width() + x)] & 0xff) > 127) {
                    left = Math.min(left, x);
                    top = Math.min(top, y);
                    right = Math.max(right, x + 1);
                    bottom = Math.max(bottom, y + 1);
                }
            }
        }
        return Box.xywh(left, top, right - left, bottom - top);
    }

    @Test
    void knowsEightOrientations() {
        assertThatThrownBy(() -> new Orientation(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Orientation(9)).isInstanceOf(IllegalArgumentException.class);
    }
}
