package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.vision.RgbImage;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ColorJitterTest {

    private static byte[] samples(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void brightnessMultiplies() {
        byte[] rgb = samples(10, 101, 200);
        ColorJitter.brighten(rgb, 1.5);
        assertThat(rgb).isEqualTo(samples(15, 152, 255)); // 151.5 is rounded up, 300 is cut off
    }

    /** Two grey pixels of 50 and 150: their mean is 100. */
    @Test
    void contrastMovesSamplesFromTheMeanGrey() {
        byte[] rgb = samples(50, 50, 50, 150, 150, 150);
        ColorJitter.contrast(rgb, 0.5);
        assertThat(rgb).isEqualTo(samples(75, 75, 75, 125, 125, 125));
    }

    /** The grey of this red is 0.299 * 200 = 59.8, so 60. */
    @Test
    void saturationMovesSamplesFromTheirPixelsGrey() {
        byte[] rgb = samples(200, 0, 0);
        ColorJitter.saturate(rgb, 0.5);
        assertThat(rgb).isEqualTo(samples(130, 30, 30));
        rgb = samples(200, 0, 0);
        ColorJitter.saturate(rgb, 0);
        assertThat(rgb).isEqualTo(samples(60, 60, 60));
    }

    @Test
    void hueTurnsRoundTheColourCircle() {
        byte[] rgb = samples(200, 20, 20, 30, 30, 30);
        ColorJitter.turnHue(rgb, 1 / 3.0);
        assertThat(rgb).isEqualTo(samples(20, 200, 20, 30, 30, 30));
        ColorJitter.turnHue(rgb, 1 / 3.0);
        assertThat(rgb).isEqualTo(samples(20, 20, 200, 30, 30, 30));
        ColorJitter.turnHue(rgb, 0.5);
        assertThat(rgb).isEqualTo(samples(200, 200, 20, 30, 30, 30)); // blue's complement is yellow
    }

    @Test
    void aWholeTurnOfTheHueChangesNothing() {
        byte[] rgb = new byte[3 * 4096];
        new SplittableRandom(5).nextBytes(rgb);
        byte[] turned = rgb.clone();
        for (int i = 0; i < 4; i++) {
            ColorJitter.turnHue(turned, 0.25);
        }
        for (int i = 0; i < rgb.length; i++) {
            // Each of the four turns rounds.
            assertThat(Math.abs((turned[i] & 0xff) - (rgb[i] & 0xff))).isLessThanOrEqualTo(2);
        }
        byte[] same = rgb.clone();
        ColorJitter.turnHue(same, 0);
        assertThat(same).isEqualTo(rgb);
    }

    @Test
    void leavesTheGivenImageAlone() {
        RgbImage image = new RgbImage(1, 1, samples(10, 100, 200));
        byte[] before = image.rgb().clone();
        SplittableRandom random = new SplittableRandom(2);
        ColorJitter jitter = new ColorJitter(0.4, 0.4, 0.4, 0.1);
        int changed = 0;
        for (int i = 0; i < 100; i++) {
            changed += Arrays.equals(jitter.apply(image, random).rgb(), before) ? 0 : 1;
        }
        assertThat(changed).isGreaterThan(90);
        assertThat(image.rgb()).isEqualTo(before);
        assertThat(ColorJitter.NONE.apply(image, random)).isSameAs(image);
    }

    @Test
    void staysWithinItsStrengths() {
        RgbImage image = new RgbImage(1, 1, samples(100, 100, 100));
        SplittableRandom random = new SplittableRandom(2);
        int least = 255;
        int most = 0;
        for (int i = 0; i < 1000; i++) {
            int value = new ColorJitter(0.2, 0, 0.9, 0.5).apply(image, random).sample(0, 0, 1); // grey has neither saturation nor hue
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        assertThat(least).isEqualTo(80);
        assertThat(most).isEqualTo(120);
    }

    @Test
    void refusesStrengthsThatAreNone() {
        assertThatThrownBy(() -> new ColorJitter(-1, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("colors.brightness: -1.0, expected a finite number of at least 0");
        assertThatThrownBy(() -> new ColorJitter(0, 0, 0, 0.6)).hasMessage("colors.hue: 0.6, expected a number from 0 to 0.5");
    }
}
