package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.labeling.DetectService;
import dev.gleaner.labelstudio.BackEndJson.PredictCall;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.platform.LabelingPlatform;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformTask;
import dev.gleaner.platform.StandInServer.Mishap;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A batch that takes too long, from the call to what is in Label Studio in the end: through HTTP and a real database, and with a stand-in for the model. */
class LabelStudioDeferralTest extends ConnectedLabelStudioTest {

    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final PredictCall call = BackEndJson.predict(Recorded.body("predict"));

    LabelStudioDeferralTest() {
        super(Duration.ofSeconds(60));
    }

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Override
    protected LabelingPlatform itself() {
        return new LabelStudioPlatform(client(), predictor(Duration.ofSeconds(60)));
    }

    private LabelStudioPredictor predictor(Duration limit) {
        DetectService detector = new DetectService() {
            @Override
            public List<Detection> detect(byte[] image, Long modelVersion, List<Prompt> prompts, Thresholds thresholds) {
                return List.of(new Detection("dog", "dog", Box.xywh(10, 8, 20, 16), 0.75));
            }
        };
        ModelVersionService models = new ModelVersionService(null, null) {
            @Override
            public List<String> classes(ModelVersion version) {
                return List.of();
            }
        };
        return new LabelStudioPredictor(platform.connections, platform.tasks, platform.images, platform.models, client(), detector, models, platform.projects, executor, limit);
    }

    /** What Label Studio gets for its recorded call. */
    private JsonNode predicted(Duration limit) throws Exception {
        return new ObjectMapper().readTree(BackEndJson.results(in(() -> predictor(limit).predict(project, call)))).get("results");
    }

    @Test
    void whatIsNotDoneInTimeIsAnsweredEmptyAndSentLaterOnce() throws Exception {
        for (TaskJson.Task task : call.tasks()) {
            labelStudio.image(task.address("image"), picture(160, 120));
        }
        labelStudio.tasks(6, i -> call.tasks().get(i - 1).address("image"));
        PlatformConnection known = in(() -> platform.service.connect(NAME, project.name(), labelStudio.address(), StandInLabelStudio.LEGACY, "1"));
        labelStudio.hold("GET /data/.*");

        JsonNode late = predicted(Duration.ofMillis(200));
        assertThat(late).hasSize(6).allMatch(entry -> entry.isArray() && entry.isEmpty());
        assertThat(counts(known)).isEqualTo(Map.of("DEFERRED", 6L));
        assertThat(known(known).lastEvent().orElseThrow()).contains("0 of 6 tasks answered, 6 deferred");
        assertThat(predicted(Duration.ofMillis(200))).as("Label Studio asks again").isEqualTo(late);
        assertThat(labelStudio.predictionCount()).isZero();

        in(() -> {
            labelStudio.release();
            // What the calls had begun ends.
            executor.submit(() -> { }).get(60, TimeUnit.SECONDS);
            return null;
        });
        labelStudio.next(Mishap.LOST_ANSWER);
        work();
        letTimePass();

        for (PlatformTask task : call.tasks().stream().map(LabelStudioPlatform::task).toList()) {
            assertThat(labelStudio.predictions(Long.parseLong(task.id()))).as("task " + task.id()).singleElement()
                    .satisfies(there -> assertThat(there.at("/result/0/value/rectanglelabels/0").asText()).isEqualTo("dog"));
        }
        assertThat(counts(known)).isEqualTo(Map.of("SENT", 6L));

        assertThat(predicted(Duration.ofSeconds(60))).as("asked again in spite of it").hasSize(6).allMatch(entry -> entry.get("result").size() == 1);
        push(known);
        letTimePass();
        assertThat(labelStudio.predictionCount()).as("nothing is sent twice").isEqualTo(6);
    }
}
