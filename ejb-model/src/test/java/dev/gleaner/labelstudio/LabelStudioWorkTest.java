package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.InvalidInput;
import dev.gleaner.TestDatabase;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.labelstudio.StandInLabelStudio.Mishap;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformHarness;
import dev.gleaner.platform.PlatformWork;
import dev.gleaner.project.Project;
import jakarta.persistence.EntityManager;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks come from a stand-in for Label Studio, and predictions go there, through HTTP and a real database. */
class LabelStudioWorkTest {

    private static final String NAME = LabelStudioPlatform.NAME;
    private static final Set<String> LABELS = Set.of("car", "person", "dog", "cat");

    private static TestDatabase database;
    private static long numbers;

    @TempDir
    private Path home;
    private StandInLabelStudio labelStudio;
    private PlatformHarness platform;
    private PlatformWork work;
    private Project project;
    private long model;

    @BeforeAll
    static void start() {
        database = new TestDatabase();
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
    }

    @BeforeEach
    void prepare() throws Exception {
        EntityManager entities = database.entities();
        platform = new PlatformHarness(entities, home);
        LabelStudioClient client = new LabelStudioClient();
        platform.platforms.add(new LabelStudioPlatform(client, null));
        work = platform.work;
        labelStudio = new StandInLabelStudio();
        project = in(() -> {
            // Only this test's project has anything to be done.
            entities.createNativeQuery("delete from platform_connections").executeUpdate();
            Project made = new Project("pushed to Label Studio " + ++numbers);
            platform.projects.add(made);
            return made;
        });
        model = in(() -> ((Number) entities.createNativeQuery(("insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance,"
                + " promoted_at) values (%d, 'tiny', 'CHAMPION', 'tiny', '/none', 'none', '{\"sources\": []}', now()) returning id").formatted(project.id()), Long.class)
                .getSingleResult()).longValue());
    }

    @AfterEach
    void close() {
        labelStudio.close();
    }

    private static <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    private static byte[] picture(int width, int height) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", png);
        return png.toByteArray();
    }

    /** Connects the stand-in, with that many tasks, and fetches their images. */
    private PlatformConnection connected(int tasks) throws Exception {
        for (int i = 1; i <= tasks; i++) {
            labelStudio.image("/data/upload/1/" + i + ".png", picture(100 + i, 80));
        }
        labelStudio.tasks(tasks, i -> "/data/upload/1/" + i + ".png");
        PlatformConnection known = in(() -> platform.service.connect(NAME, project.name(), labelStudio.address() + "/", StandInLabelStudio.LEGACY, "1"));
        assertThat(in(() -> platform.service.importTasks(NAME, known.id()))).isEqualTo(tasks);
        while (in(() -> work.handleTasks()) > 0) {
            // A page at a time.
        }
        return in(() -> platform.connections.get(known.id()));
    }

    private void propose(PlatformConnection known, long task, double x) throws Exception {
        in(() -> {
            Image image = new DatasetRepository(database.entities()).findImage(platform.images.imageOf(known.id(), String.valueOf(task), "image").orElseThrow()).orElseThrow();
            platform.images.propose(image, model, LABELS, List.of(new Detection("dog", "dog", Box.xywh(x, 8, 20, 16), 0.75)));
            return null;
        });
    }

    private void push(PlatformConnection known) throws Exception {
        in(() -> platform.service.push(NAME, known.id()));
        in(() -> work.handleTasks());
    }

    /** As if its pause were over. */
    private void letTimePass() throws Exception {
        in(() -> database.entities().createNativeQuery("update platform_tasks set due_at = now() where due_at is not null").executeUpdate());
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

        assertThat(labelStudio.calls().subList(before, labelStudio.calls().size())).containsExactly("GET /api/predictions/", "PATCH /api/predictions/2/");
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
        assertThat(in(() -> work.handleTasks())).as("not at once").isZero();

        letTimePass();
        in(() -> work.handleTasks());

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
        in(() -> work.handleTasks());

        assertThat(labelStudio.predictionCount()).isEqualTo(2);
        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("SENT", 2L));
    }

    @Test
    void manyTasksComeInPages() throws Exception {
        PlatformConnection known = connected(101);

        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("KNOWN", 101L));
        assertThat(labelStudio.calls().stream().filter(call -> call.startsWith("GET /data/upload"))).hasSize(101);
        assertThat(in(() -> platform.service.importTasks(NAME, known.id()))).isEqualTo(101);
        while (in(() -> work.handleTasks()) > 0) {
            // A page at a time.
        }
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

        run(() -> work.poll());

        long image = in(() -> platform.images.imageOf(known.id(), "1", "image")).orElseThrow();
        assertThat(in(() -> database.entities().createNativeQuery("select count(*) from annotations where status = 'ACCEPTED' and image_id = " + image, Long.class)
                .getSingleResult())).isEqualTo(2L);
        assertThat(in(() -> platform.connections.takePolls())).as("not again so soon").isEmpty();
    }

    private static void run(Runnable work) throws Exception {
        in(() -> {
            work.run();
            return null;
        });
    }

    @Test
    void aWrongTokenConnectsNothing() throws Exception {
        assertThatThrownBy(() -> in(() -> platform.service.connect(NAME, project.name(), labelStudio.address(), "wrong", "1"))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("answers 401").hasMessageNotContaining("wrong\"");
        assertThatThrownBy(() -> in(() -> platform.service.connect(NAME, project.name(), "label-studio", "token", "1"))).isInstanceOf(InvalidInput.class).hasMessageContaining("url");
        assertThat(in(() -> platform.service.all(NAME))).isEmpty();
    }
}
