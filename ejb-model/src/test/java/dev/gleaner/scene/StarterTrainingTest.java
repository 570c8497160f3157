package dev.gleaner.scene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.checkpoint.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way from nothing to a measured bundle, in three steps that teach the model next to nothing. */
class StarterTrainingTest {

    @Test
    void aTrainingEndsWithASmallBundleThatCanBeMeasured(@TempDir Path folder) throws IOException {
        StarterTraining training = new StarterTraining(folder, "cpu", StarterTraining.settings(3, 2, 1e-3, 0.5));
        Bundle trained = training.train(1, 100);
        assertThat(trained.folder()).isEqualTo(folder.resolve("trained"));
        assertThat(Files.size(trained.folder().resolve("model.safetensors"))).isBetween(1_000_000L, 20_000_000L);
        assertThat(trained.provenance().madeBy()).contains("3 steps of 2 drawn scenes", "seed 5");
        assertThat(trained.weights().get("head.boxes.weight").readFloats())
                .isNotEqualTo(training.untrained().weights().get("head.boxes.weight").readFloats());
        assertThat(training.train(1, 100).folder()).as("a finished training is not begun again").isEqualTo(trained.folder());

        SceneMeasure measure = SceneMeasure.of(trained.folder(), "cpu", SceneSettings.TEST, SceneMeasure.TEST_SEED, 2);
        assertThat(measure.detection().categories()).hasSize(24);
        assertThat(measure.detection().figures().ap()).isBetween(0.0, 0.1);
        assertThat(measure.grounding().byType().get("all").phrases()).isPositive();
    }
}
