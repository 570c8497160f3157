package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.evaluation.DetectionFigures;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small model trained by this code on real photos, from nothing. */
class RaccoonTest {

    @Test
    void eightPhotosAreLearntByHeart(@TempDir Path folder) throws IOException {
        Raccoons eight = Raccoons.all().part(0, 8);
        RaccoonTraining training = new RaccoonTraining(eight, folder, Augmentation.none(RaccoonTraining.config().input()),
                RaccoonTraining.settings(80, 4, 1e-3));
        DetectionFigures before = eight.evaluate(training.untrained().folder());
        DetectionFigures after = eight.evaluate(training.train(20).folder());
        assertThat(before.ap50()).isLessThan(0.1);
        assertThat(after.ap50()).isGreaterThan(0.9);
    }
}
