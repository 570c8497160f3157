package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.UntrainedModel;
import dev.gleaner.round.ExperimentStore.Line;
import dev.gleaner.scene.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole experiment on a handful of scenes, with a model that knows nothing and learns next to nothing. */
class SelfTrainingExperimentTest {

    /** A model that finds nothing right would have nothing selected by gold: there is too little of it. */
    private static final ExperimentSizes TINY = new ExperimentSizes(1, 1, 2, 2, 1, 4, 3, 2, 1, 2, 1, 1e-3, 1, 1, 3, 1, 2, 1, 2, 0, 1_000_000, 0);
    private static final String SCENES = "(scenes|try) .*";

    private static Line untimed(Line line) {
        return new Line(line.unit(), line.arm(), line.seed(), line.round(), line.ap(), line.candidateAp(), line.difference(), line.low(), line.high(),
                line.promoted(), line.byFigures(), line.reasons(), line.champion(), line.reviewed(), line.decisions(), line.selected(), line.dropped(), line.right(), 0);
    }

    private static List<Line> run(Path folder, Path model, String only) throws IOException {
        new SelfTrainingExperiment(folder, model, "cpu", TINY, only).run();
        return new ExperimentStore(folder).lines();
    }

    @Test
    void everyPartLeavesItsLineAndWhatIsDoneIsNotDoneAgain(@TempDir Path folder) throws IOException {
        Path model = UntrainedModel.write(folder.resolve("model"), Arrays.stream(Kind.values()).map(Kind::word).toList(), 7).folder();
        List<Line> lines = run(folder, model, SCENES);
        assertThat(lines).extracting(Line::unit).containsExactly("scenes start 1", "scenes gold 1 1", "scenes gold 1 2", "scenes self 1 1", "scenes self 1 2",
                "scenes ranked 1 1", "scenes ranked 1 2", "scenes random 1 1", "scenes random 1 2", "try clean 1", "try poisoned 1");
        assertThat(lines).filteredOn(line -> line.arm().equals("scenes gold")).allSatisfy(line -> assertThat(line.selected()).isZero());
        assertThat(lines).filteredOn(line -> line.arm().matches("scenes ranked|scenes random")).allSatisfy(line -> {
            assertThat(line.reviewed()).hasSize(1).allSatisfy(number -> assertThat(number).isBetween(1, 3));
            assertThat(line.decisions().get(0) + line.decisions().get(2)).as("accepted and drawn: all there is").isBetween(5, 15);
        });
        assertThat(lines.get(5).reviewed()).as("no image is reviewed twice").isNotEqualTo(lines.get(6).reviewed());
        assertThat(lines).filteredOn(line -> line.arm().equals("try poisoned")).allSatisfy(line ->
                assertThat(line.reasons()).anySatisfy(reason -> assertThat(reason).contains("the teacher finds").contains("% again")));
        assertThat(lines).filteredOn(line -> line.arm().equals("try clean")).allSatisfy(line ->
                assertThat(line.reasons()).noneSatisfy(reason -> assertThat(reason).contains("% again")));
        assertThat(lines).filteredOn(line -> !line.promoted()).allSatisfy(line -> assertThat(line.reasons()).isNotEmpty());

        String written = Files.readString(folder.resolve("results.jsonl"));
        run(folder, model, SCENES);
        assertThat(Files.readString(folder.resolve("results.jsonl"))).isEqualTo(written);

        Files.write(folder.resolve("results.jsonl"), written.lines().filter(line -> !line.contains("\"scenes ranked 1 2\"")).toList());
        assertThat(run(folder, model, "scenes ranked .*")).extracting(SelfTrainingExperimentTest::untimed)
                .containsExactlyInAnyOrderElementsOf(lines.stream().map(SelfTrainingExperimentTest::untimed).toList());
        Path other = UntrainedModel.write(folder.resolve("other"), Arrays.stream(Kind.values()).map(Kind::word).toList(), 8).folder();
        assertThatThrownBy(() -> run(folder, other, SCENES)).as("results of one model are not taken for those of another")
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("holds results of");
        assertThat(new ExperimentReport(lines).markdown()).contains("| ranked |", "| poisoned | 1 |");
    }
}
