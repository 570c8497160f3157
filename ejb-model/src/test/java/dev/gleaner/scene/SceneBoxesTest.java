package dev.gleaner.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.vision.RgbImage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Boxes and visible shares, found again in the pixels of things that are drawn alone. */
class SceneBoxesTest {

    @Test
    void boxesAreThoseOfThePixelsThatNothingLaterCovers() {
        int partlyHidden = 0;
        for (SceneSettings settings : List.of(SceneSettings.TRAINING, SceneSettings.SHIFTED)) {
            for (int number = 0; number < 30; number++) {
                Scenes.Drawing drawing = Scenes.drawing(settings, 21, number);
                Scene scene = drawing.scene();
                List<RgbImage> alone = drawing.laid().stream().map(laid -> alone(settings, laid.layer().mask())).toList();
                for (int place = 0; place < alone.size(); place++) {
                    int label = drawing.laid().get(place).label();
                    if (label != Scenes.NOTHING) {
                        check(scene.objects().get(label), alone, place, drawing.laid().get(place).layer().mask().area());
                        partlyHidden += scene.objects().get(label).visible() < 0.95 ? 1 : 0;
                    }
                }
            }
        }
        assertThat(partlyHidden).isGreaterThan(50);
    }

    /** White on black, by itself. */
    private static RgbImage alone(SceneSettings settings, Mask mask) {
        Canvas canvas = new Canvas(settings.width(), settings.height());
        float[] white = new float[3 * mask.coverage().length];
        Arrays.fill(white, 1);
        canvas.lay(new Layer(mask, white));
        return canvas.image();
    }

    private static void check(SceneObject object, List<RgbImage> alone, int place, int whole) {
        RgbImage image = alone.get(place);
        int x1 = Integer.MAX_VALUE;
        int y1 = Integer.MAX_VALUE;
        int x2 = -1;
        int y2 = -1;
        int visible = 0;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                if (isWhite(image, x, y) && !isCovered(alone, place, x, y)) {
                    x1 = Math.min(x1, x);
                    y1 = Math.min(y1, y);
                    x2 = Math.max(x2, x);
                    y2 = Math.max(y2, y);
                    visible++;
                }
            }
        }
        assertThat(object.box()).isEqualTo(Box.xyxyInclusive(x1, y1, x2, y2));
        assertThat(object.visible()).isCloseTo(visible / (double) whole, within(1e-9));
    }

    private static boolean isCovered(List<RgbImage> alone, int place, int x, int y) {
        return alone.subList(place + 1, alone.size()).stream().anyMatch(image -> isWhite(image, x, y));
    }

    private static boolean isWhite(RgbImage image, int x, int y) {
        return image.sample(x, y, 0) >= 128;
    }
}
