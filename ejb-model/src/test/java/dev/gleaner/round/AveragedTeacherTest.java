package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.glip.UntrainedModel;
import dev.gleaner.glip.checkpoint.Bundle;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AveragedTeacherTest {

    @Test
    void olderVersionsCountLess() {
        // 0.5 of the newest; of the other half again 0.5; the oldest takes what is left.
        assertThat(AveragedTeacher.shares(3, 0.5)).containsExactly(0.5, 0.25, 0.25);
        assertThat(AveragedTeacher.shares(2, 0.9)).containsExactly(new double[] {0.1, 0.9}, within(1e-12));
        assertThat(AveragedTeacher.shares(1, 0.9)).containsExactly(1);
    }

    @Test
    void weightsAreTheMean(@TempDir Path folder) throws Exception {
        Bundle first = UntrainedModel.write(folder.resolve("first"), List.of("cat"), 1);
        Bundle second = UntrainedModel.write(folder.resolve("second"), List.of("cat"), 2);
        AveragedTeacher.write(folder.resolve("teacher"), List.of(second, first), 0.75);

        Bundle teacher = Bundle.open(folder.resolve("teacher"));
        assertThat(teacher.config()).isEqualTo(first.config());
        assertThat(teacher.weights().keySet()).isEqualTo(first.weights().keySet());
        for (String name : List.of(first.weights().keySet().iterator().next(), List.copyOf(first.weights().keySet()).get(first.weights().size() / 2))) {
            FloatBuffer old = first.weights().get(name).readFloats();
            FloatBuffer fresh = second.weights().get(name).readFloats();
            FloatBuffer mean = teacher.weights().get(name).readFloats();
            for (int i = 0; i < Math.min(50, old.remaining()); i++) {
                assertThat(mean.get(i)).as(name).isCloseTo(0.25f * fresh.get(i) + 0.75f * old.get(i), within(1e-6f));
            }
        }
    }
}
