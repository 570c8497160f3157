package dev.gleaner.scene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.checkpoint.Bundle;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way from nothing to a measured bundle, in three steps that teach the model next to nothing. */
class StarterTrainingTest {

    @Test
    void aTrainingEndsWithASmallBundleThatCanBeMeasured(@TempDir Path folder) throws IOException {
        StarterTraining first = training(folder, StarterTraining.Phase.FIRST);
        Bundle untrained = first.untrained();
        Bundle begun = first.train(untrained, 1, 100);
        Bundle trained = training(folder, StarterTraining.Phase.SECOND).train(begun, 1, 100);
        assertThat(trained.folder()).isEqualTo(folder.resolve("phase-2/trained"));
        assertThat(Files.size(trained.folder().resolve("model.safetensors"))).isBetween(1_000_000L, 20_000_000L);
        assertThat(trained.provenance().madeBy()).contains("phase SECOND, 3 steps of 2 drawn scenes", "seed 5");
        assertThat(trained.provenance().parent()).isEqualTo(begun.provenance().madeBy()).contains("phase FIRST, 3 steps");
        assertThat(weights(begun)).isNotEqualTo(weights(untrained));
        assertThat(weights(trained)).isNotEqualTo(weights(begun));
        assertThat(first.train(untrained, 1, 100).folder()).as("a finished training is not begun again").isEqualTo(begun.folder());

        SceneMeasure measure = SceneMeasure.of(trained.folder(), "cpu", SceneSettings.TEST, SceneMeasure.TEST_SEED, 2);
        assertThat(measure.detection().categories()).hasSize(24);
        assertThat(measure.detection().figures().ap()).isBetween(0.0, 0.1);
        assertThat(measure.grounding().byType().get("all").phrases()).isPositive();
    }

    private static StarterTraining training(Path folder, StarterTraining.Phase phase) {
        return new StarterTraining(folder, phase, "cpu", StarterTraining.settings(phase, 3, 2, 0.5));
    }

    private static FloatBuffer weights(Bundle bundle) throws IOException {
        return bundle.weights().get("head.boxes.weight").readFloats();
    }
}
