package dev.gleaner.scene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.modelversion.StarterModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundle that comes with the program: what it says of itself, and that it finds what it was trained to find. */
class StarterModelTest {

    /** Below what it reaches on 300 scenes by what 40 scenes may miss. */
    private static final double LEAST_AP = 0.42;
    private static final double LEAST_RECALL = 0.52;

    @Test
    void findsAndGroundsInScenesThatItNeverSaw(@TempDir Path folder) throws IOException {
        Bundle starter = StarterModel.write(folder.resolve("starter"));
        assertThat(Files.size(starter.folder().resolve("model.safetensors"))).isLessThan(20_000_000);
        assertThat(starter.provenance().madeBy()).contains("StarterTraining with seed 5");
        assertThat(starter.config()).isEqualTo(StarterTraining.config(StarterTraining.Phase.THIRD));

        SceneMeasure measure = SceneMeasure.of(starter.folder(), "cpu", SceneSettings.TEST, SceneMeasure.VALIDATION_SEED, 40);
        assertThat(measure.detection().figures().ap()).isGreaterThan(LEAST_AP);
        assertThat(measure.grounding().byType().get("all").at1()).isGreaterThan(LEAST_RECALL);
    }
}
