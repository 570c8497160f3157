package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.checkpoint.CheckpointException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunTest {

    @TempDir
    private Path folder;

    /** What a training says, and when it is asked to stop. */
    private static final class Recorder implements TrainingRun.Listener {
        private final List<TrainingStep> steps = new ArrayList<>();
        private final List<Integer> unreadable = new ArrayList<>();
        private final int stopAfter;

        Recorder(int stopAfter) {
            this.stopAfter = stopAfter;
        }

        @Override
        public void stepped(TrainingStep step) {
            steps.add(step);
        }

        @Override
        public void unreadable(int index, IOException reason) {
            unreadable.add(index);
        }

        @Override
        public boolean stopRequested() {
            return steps.size() == stopAfter;
        }
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private static byte[] finalState(Path training) throws IOException {
        return Files.readAllBytes(training.resolve("checkpoints/step-%08d/state.safetensors".formatted(InterruptibleTraining.STEPS)));
    }

    @Test
    void aKilledTrainingEndsWithTheSameBits() throws Exception {
        Path undisturbed = folder("undisturbed");
        assertThat(start(undisturbed).waitFor()).isZero();
        Path killed = folder("killed");
        for (int kill : new int[] {3, 4}) {
            killAfter(kill, start(killed));
        }
        assertThat(start(killed).waitFor()).isZero();
        assertThat(finalState(killed)).isEqualTo(finalState(undisturbed));
    }

    private static Process start(Path folder) throws IOException {
        return new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-Xmx512m", "-Dai.djl.offline=true",
                "-DOPT_OUT_TRACKING=true", "-cp", System.getProperty("java.class.path"), InterruptibleTraining.class.getName(),
                folder.toString()).redirectErrorStream(true).start();
    }

    private static void killAfter(int steps, Process process) throws Exception {
        try (BufferedReader lines = process.inputReader()) {
            for (int seen = 0; seen < steps;) {
                String line = lines.readLine();
                assertThat(line).as("a line of a training that is not at its end").isNotNull();
                seen += line.startsWith("step ") ? 1 : 0;
            }
            process.destroyForcibly();
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anOrderlyStopLosesNoStep() throws IOException {
        Recorder first = new Recorder(5);
        assertThat(InterruptibleTraining.run(folder("stopped"), 11, first)).isFalse();
        Recorder second = new Recorder(-1);
        assertThat(InterruptibleTraining.run(folder("stopped"), 11, second)).isTrue();
        assertThat(Stream.concat(first.steps.stream(), second.steps.stream()).map(TrainingStep::step))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        Recorder whole = new Recorder(-1);
        InterruptibleTraining.run(folder("whole"), 11, whole);
        assertThat(Stream.concat(first.steps.stream(), second.steps.stream()).toList()).isEqualTo(whole.steps);
        assertThat(finalState(folder("stopped"))).isEqualTo(finalState(folder("whole")));
    }

    @Test
    void anImageThatCannotBeReadIsReportedOnce() throws IOException {
        Recorder recorder = new Recorder(-1);
        InterruptibleTraining.run(folder("torn"), 11, recorder);
        assertThat(recorder.unreadable).containsExactly(3);
        assertThat(recorder.steps).hasSize(InterruptibleTraining.STEPS).allMatch(TrainingStep::applied);
    }

    @Test
    void aFinishedTrainingTakesNoStepMore() throws IOException {
        InterruptibleTraining.run(folder("finished"), 11, new Recorder(-1));
        byte[] before = finalState(folder("finished"));
        Recorder again = new Recorder(-1);
        assertThat(InterruptibleTraining.run(folder("finished"), 11, again)).isTrue();
        assertThat(again.steps).isEmpty();
        assertThat(finalState(folder("finished"))).isEqualTo(before);
    }

    @Test
    void onlyTheLastCheckpointsAreKept() throws IOException {
        InterruptibleTraining.run(folder("kept"), 11, new Recorder(-1));
        try (Stream<Path> files = Files.list(folder("kept/checkpoints"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("step-00000010", "step-00000012");
        }
    }

    @Test
    void checkpointsOfAnotherTrainingAreRefused() throws IOException {
        InterruptibleTraining.run(folder("other"), 11, new Recorder(2));
        assertThatThrownBy(() -> InterruptibleTraining.run(folder("other"), 12, new Recorder(-1)))
                .isInstanceOf(CheckpointException.class).hasMessageContaining("belongs to another training").hasMessageContaining("seed=12");
    }
}
