package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.train.TrainingStep;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.inference.PendingImage;
import dev.gleaner.inference.SupersededAttempt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingReportTest {

    /** Keeps what it is given, unless the database is away. */
    private static final class Notebook extends FineTuneWork {
        private final List<Integer> steps = new ArrayList<>();
        private final Map<Long, String> unreadable = new LinkedHashMap<>();
        private RuntimeException failure;

        @Override
        public void record(long id, int attempt, List<TrainingStep> taken, double perSecond, Map<Long, String> images) {
            if (failure != null) {
                throw failure;
            }
            taken.forEach(step -> steps.add(step.step()));
            images.forEach((image, reason) -> assertThat(unreadable.put(image, reason)).isNull());
        }
    }

    private static final RgbImage PIXEL = new RgbImage(1, 1, new byte[3]);

    private final Notebook notebook = new Notebook();
    private final FrozenExamples examples = new FrozenExamples(List.of(entry(70), entry(71)), image -> PIXEL);
    private final TrainingReport report = new TrainingReport(notebook, 5, 1, examples, false, () -> false);

    private static FineTuneMaterial.Entry entry(long image) {
        return new FineTuneMaterial.Entry(new PendingImage(image, Path.of("/" + image), 1, 1, "digest"), List.of(), List.of("cat"), null);
    }

    private static TrainingStep step(int number) {
        return new TrainingStep(number, 1, 1, 0, 0, 1, 1, 1, true);
    }

    @Test
    void theFirstStepIsWrittenAtOnceAndNoneIsLost() {
        report.stepped(step(1));
        assertThat(notebook.steps).containsExactly(1);
        for (int number = 2; number <= 9; number++) {
            report.stepped(step(number));
        }
        report.write();
        report.write();
        assertThat(notebook.steps).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void whatADatabaseCouldNotTakeIsWrittenLater() {
        notebook.failure = new IllegalStateException("the database is away");
        report.stepped(step(1));
        report.unreadable(1, new IOException("gone"));
        notebook.failure = null;
        report.stepped(step(2));
        report.write();
        assertThat(notebook.steps).containsExactly(1, 2);
        assertThat(notebook.unreadable).isEqualTo(Map.of(71L, "gone"));
    }

    @Test
    void aSupersededTrainingEnds() {
        notebook.failure = new SupersededAttempt(FineTune.KIND, 5, 1);
        assertThatThrownBy(() -> report.stepped(step(1))).isInstanceOf(SupersededAttempt.class);
    }

    @Test
    void checkpointsByNumberNeedNoClock() {
        assertThat(report.checkpointDue()).isFalse();
        assertThat(new TrainingReport(notebook, 5, 1, examples, true, () -> false).checkpointDue()).as("within the first two minutes").isFalse();
    }

    @Test
    void examplesAreReadWithTheirBoxesAndPhrases() throws IOException {
        assertThat(examples.size()).isEqualTo(2);
        assertThat(examples.read(0)).isEqualTo(new DetectionExample(PIXEL, List.of(), List.of("cat")));
    }
}
