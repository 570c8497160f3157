package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.platform.LabelingPlatform;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformTest;
import dev.gleaner.platform.StandInServer.Mishap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tasks come from a stand-in for Label Studio, and predictions go there, through HTTP and a real database. */
class LabelStudioWorkTest extends PlatformTest {

    private static final String NAME = LabelStudioPlatform.NAME;
    private static final Set<String> LABELS = Set.of("car", "person", "dog", "cat");

    private final StandInLabelStudio labelStudio = new StandInLabelStudio();

    LabelStudioWorkTest() {
        super(NAME);
    }

    @Override
    protected LabelingPlatform itself() {
        return new LabelStudioPlatform(new LabelStudioClient(Duration.ofSeconds(20)), null);
    }

    @AfterEach
    void close() {
        labelStudio.close();
    }

    /** Connects the stand-in, with that many tasks, and fetches their images. */
    private PlatformConnection connected(int tasks) throws Exception {
        for (int i = 1; i <= tasks; i++) {
            labelStudio.image("/data/upload/1/" + i + ".png", picture(100 + i, 80));
        }
        labelStudio.tasks(tasks, i -> "/data/upload/1/" + i + ".png");
        PlatformConnection known = in(() -> platform.service.connect(NAME, project.name(), labelStudio.address() + "/", StandInLabelStudio.LEGACY, "1"));
        assertThat(in(() -> platform.service.importTasks(NAME, known.id()))).isEqualTo(tasks);
        work();
        return in(() -> platform.connections.get(known.id()));
    }

    private void propose(PlatformConnection known, long task, double x) throws Exception {
        in(() -> {
            Image image = new DatasetRepository(database.entities()).findImage(platform.images.imageOf(known.id(), String.valueOf(task), "image").orElseThrow()).orElseThrow();
            platform.images.propose(image, model, LABELS, List.of(new Detection("dog", "dog", Box.xywh(x, 8, 20, 16), 0.75)));
            return null;
        });
    }

    @Test
    void tasksBecomeADatasetAndProposalsPredictions() throws Exception {
        PlatformConnection known = connected(3);
        assertThat(in(() -> new DatasetRepository(database.entities()).find(known.datasetId().orElseThrow())).orElseThrow().imageCount()).isEqualTo(3);
        propose(known, 2, 10);

        push(known);

        assertThat(labelStudio.predictionCount()).isEqualTo(3);
        assertThat(labelStudio.calls().stream().filter(call -> call.contains("import/predictions"))).as("in bulk").hasSize(1);
        JsonNode prediction = labelStudio.predictions(2).get(0);
        assertThat(prediction.get("model_version").asText()).isEqualTo("tiny (Gleaner " + model + ")");
        assertThat(prediction.get("score").asDouble()).isEqualTo(0.75);
        JsonNode region = prediction.get("result").get(0);
        assertThat(region.get("original_width").asInt()).isEqualTo(102);
        assertThat(region.get("value").get("y").asDouble()).isEqualTo(10);
        assertThat(region.get("value").get("rectanglelabels").get(0).asText()).isEqualTo("dog");
        assertThat(labelStudio.predictions(1).get(0).get("result")).isEmpty();
        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("SENT", 3L));
    }

    @Test
    void onlyWhatChangedIsSentAgain() throws Exception {
        PlatformConnection known = connected(3);
        propose(known, 1, 10);
        push(known);
        propose(known, 2, 30);
        int before = labelStudio.calls().size();

        push(known);

        assertThat(labelStudio.calls().subList(before, labelStudio.calls().size())).containsExactly("GET /api/projects/1", "GET /api/predictions/", "PATCH /api/predictions/2/");
        assertThat(labelStudio.predictionCount()).isEqualTo(3);
        assertThat(labelStudio.predictions(2).get(0).get("result")).hasSize(1);
    }

    @Test
    void whatWasRefusedIsSentLater() throws Exception {
        PlatformConnection known = connected(2);
        labelStudio.next(Mishap.REFUSED);
        push(known);
        assertThat(labelStudio.predictionCount()).isZero();
        assertThat(in(() -> platform.connections.get(known.id())).error().orElseThrow()).contains("answers 503");
        assertThat(in(() -> platform.work.handleTasks())).as("not at once").isZero();

        letTimePass();

        assertThat(labelStudio.predictionCount()).isEqualTo(2);
        assertThat(in(() -> platform.connections.get(known.id())).error()).isEmpty();
    }

    @Test
    void whatMayHaveBeenSentIsNotThereTwice() throws Exception {
        PlatformConnection known = connected(2);
        propose(known, 1, 10);
        labelStudio.next(Mishap.LOST_ANSWER);
        push(known);
        assertThat(labelStudio.predictionCount()).isEqualTo(2);
        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("SENDING", 2L));

        letTimePass();

        assertThat(labelStudio.predictionCount()).isEqualTo(2);
        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("SENT", 2L));
    }

    @Test
    void manyTasksComeInPages() throws Exception {
        PlatformConnection known = connected(101);

        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("KNOWN", 101L));
        assertThat(labelStudio.calls().stream().filter(call -> call.startsWith("GET /data/upload"))).hasSize(101);
        assertThat(in(() -> platform.service.importTasks(NAME, known.id()))).isEqualTo(101);
        work();
        assertThat(labelStudio.calls().stream().filter(call -> call.startsWith("GET /data/upload"))).as("none is fetched again").hasSize(101);
    }

    @Test
    void lostEventsAreMadeGoodByLooking() throws Exception {
        labelStudio.image("/data/upload/1/18f784a3-shape_1.png", picture(160, 120));
        labelStudio.export(new String(Recorded.body("export"), StandardCharsets.UTF_8));
        PlatformConnection known = in(() -> platform.service.connect(NAME, project.name(), labelStudio.address(), StandInLabelStudio.LEGACY, "1"));
        LabelStudioJson.exported(Recorded.body("export")).values().forEach(task -> {
            try {
                labelStudio.image(task.address("image"), picture(160, 120));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        poll();

        long image = in(() -> platform.images.imageOf(known.id(), "1", "image")).orElseThrow();
        assertThat(in(() -> database.entities().createNativeQuery("select count(*) from annotations where status = 'ACCEPTED' and image_id = " + image, Long.class)
                .getSingleResult())).isEqualTo(2L);
        assertThat(in(() -> platform.connections.takePolls())).as("not again so soon").isEmpty();
    }

    @Test
    void aWrongTokenConnectsNothing() throws Exception {
        assertThatThrownBy(() -> in(() -> platform.service.connect(NAME, project.name(), labelStudio.address(), "wrong", "1"))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("answers 401").hasMessageNotContaining("wrong\"");
        assertThatThrownBy(() -> in(() -> platform.service.connect(NAME, project.name(), "label-studio", "token", "1"))).isInstanceOf(InvalidInput.class).hasMessageContaining("url");
        assertThat(in(() -> platform.service.all(NAME))).isEmpty();
    }
}
