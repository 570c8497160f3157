package dev.gleaner.scene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.evaluation.DetectionFigures;
import dev.gleaner.glip.Detection;
import java.awt.geom.AffineTransform;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Colours and blobs alone find things that lie there plain, and next to nothing in a scene. */
class BlobDetectorTest {

    private final BlobDetector detector = new BlobDetector();

    @Test
    void plainThingsOnAPlainGroundAreFound() {
        for (Kind kind : List.of(Kind.CIRCLE, Kind.SQUARE, Kind.STAR, Kind.HEART, Kind.CROSS)) {
            Canvas canvas = new Canvas(200, 160);
            AffineTransform place = Layer.placement(kind.parts(), 60, 1, 0, 70, 80);
            canvas.lay(Layer.of(kind.parts(), place, new Layer.Paint(new float[] {0.9f, 0.1f, 0.1f}, new float[3], Texture.PLAIN, 0, 6, null, 0)));
            List<Detection> found = detector.detect(canvas.image());
            assertThat(found.stream().max(Comparator.comparing(Detection::score)).orElseThrow().category()).isEqualTo(kind.word());
        }
    }

    @Test
    void scenesAreNotSolvedByColorsAndBlobs() {
        DetectionFigures figures = SceneMeasure.detection(SceneSettings.TEST, SceneMeasure.TEST_SEED, 150,
                (scene, number) -> detector.detect(scene.image())).figures();
        System.out.printf("colours and blobs: AP %.1f, AP50 %.1f%n", 100 * figures.ap(), 100 * figures.ap50());
        assertThat(figures.ap()).isBetween(0.001, 0.1);
    }
}
