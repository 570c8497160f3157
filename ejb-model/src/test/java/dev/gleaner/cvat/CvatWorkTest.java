package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.Settings;
import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.cvat.CvatConnectionService.NewCvatConnection;
import dev.gleaner.cvat.StandInCvat.Mishap;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.platform.TokenVault;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import dev.gleaner.review.ReviewServices;
import jakarta.persistence.EntityManager;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames and decisions come from a stand-in for CVAT, and proposals go there, through HTTP and a real database. */
class CvatWorkTest {

    private static final String SECRET = "the webhook's secret";

    private static TestDatabase database;
    private static long numbers;

    @TempDir
    private Path home;
    private StandInCvat cvat;
    private CvatService platform;
    private CvatWork work;
    private CvatConnectionService connections;
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
        Settings settings = new Settings(home, "cpu", List.of(), Optional.empty(), false);
        ProjectRepository projects = new ProjectRepository(entities);
        DatasetRepository datasets = new DatasetRepository(entities);
        CvatClient client = new CvatClient();
        platform = new CvatService(new CvatRepository(entities), new CvatImages(datasets, projects, settings), projects, datasets, new AnnotationRepository(entities),
                ReviewServices.ofImages(entities), new TokenVault(settings));
        work = new CvatWork(platform, client);
        connections = new CvatConnectionService(platform, client, new ProjectService(projects));
        cvat = new StandInCvat();
        project = in(() -> {
            // Only this test's project has anything to be done.
            entities.createNativeQuery("delete from cvat_connections").executeUpdate();
            Project made = new Project("beside CVAT " + ++numbers);
            projects.add(made);
            return made;
        });
        model = in(() -> ((Number) entities.createNativeQuery(("insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance,"
                + " promoted_at) values (%d, 'tiny', 'CHAMPION', 'tiny', '/none', 'none', '{\"sources\": []}', now()) returning id").formatted(project.id()), Long.class)
                .getSingleResult()).longValue());
    }

    @AfterEach
    void close() {
        cvat.close();
    }

    private static <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    private static byte[] picture(int width) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, 80, BufferedImage.TYPE_INT_RGB), "png", png);
        return png.toByteArray();
    }

    private NewCvatConnection order() {
        return new NewCvatConnection(project.name(), cvat.address() + "/", StandInCvat.TOKEN, null, SECRET);
    }

    /** Connects the stand-in, with that many frames in its task. */
    private CvatConnection connected(int frames) throws Exception {
        for (int i = 0; i < frames; i++) {
            cvat.frame(picture(100 + i));
        }
        return in(() -> connections.connect(order()));
    }

    private void work() throws Exception {
        while (in(() -> work.handleTasks()) > 0) {
            // Some frames at a time.
        }
    }

    private CvatConnection imported(int frames) throws Exception {
        CvatConnection connection = connected(frames);
        in(() -> connections.importTask(connection.id(), StandInCvat.TASK));
        work();
        return in(() -> platform.get(connection.id()));
    }

    private CvatTask task(CvatConnection connection) throws Exception {
        return in(() -> platform.tasks(connection.id())).get(0);
    }

    private Image image(CvatConnection connection, int frame) {
        return new DatasetRepository(database.entities()).findImage(platform.imagesOf(connection.id(), StandInCvat.TASK).get(frame)).orElseThrow();
    }

    private void propose(CvatConnection connection, int frame, String category, double x) throws Exception {
        in(() -> {
            Category filed = new ProjectRepository(database.entities()).categoriesNamed(project, List.of(category)).get(category);
            new AnnotationRepository(database.entities()).add(Annotation.proposed(image(connection, frame), filed,
                    new Detection(category, category, Box.xywh(x, 8, 20, 16), 0.75), model, (int) x));
            return null;
        });
    }

    private void push(CvatConnection connection) throws Exception {
        in(() -> connections.push(connection.id()));
        work();
    }

    private void pull(CvatConnection connection) throws Exception {
        in(() -> connections.pull(connection.id()));
        work();
    }

    /** As if its pause were over. */
    private void letTimePass() throws Exception {
        in(() -> database.entities().createNativeQuery("update cvat_tasks set due_at = now() where due_at is not null").executeUpdate());
        work();
    }

    private List<String> reviews(CvatConnection connection, int frame) throws Exception {
        return in(() -> database.entities().createNativeQuery("select origin || ' ' || reviewer || ' ' || action from review_decisions where image_id = "
                + image(connection, frame).id() + " order by id", String.class).getResultList());
    }

    private List<String> boxes(CvatConnection connection, int frame) throws Exception {
        return in(() -> {
            List<Category> categories = new ProjectRepository(database.entities()).categories(project.id());
            return new AnnotationRepository(database.entities()).ofImage(image(connection, frame).id(), Annotation.Status.SHOWN).stream()
                    .map(box -> categories.stream().filter(one -> one.id() == box.categoryId()).findFirst().orElseThrow().name() + " " + box.status()).sorted().toList();
        });
    }

    private static String rectangle(int frame, int label, String source, String points) {
        return "{\"frame\":%d,\"label_id\":%d,\"type\":\"rectangle\",\"source\":\"%s\",\"points\":%s}".formatted(frame, label, source, points);
    }

    @Test
    void framesBecomeADataset() throws Exception {
        cvat.deleted("[1]");
        CvatConnection connection = imported(23);
        long dataset = connection.datasetId().orElseThrow();
        assertThat(in(() -> new DatasetRepository(database.entities()).find(dataset)).orElseThrow().imageCount()).as("all but the deleted one").isEqualTo(22);
        assertThat(in(() -> image(connection, 22)).width()).isEqualTo(122);
        assertThat(in(() -> image(connection, 22)).fileName()).isEqualTo("5/000022-shape 22.png");
        assertThat(task(connection).status()).isEqualTo(CvatTask.Status.DONE);
        assertThat(task(connection).name()).contains("street");
        assertThat(task(connection).frames()).contains(23);
        long fetched = cvat.calls().stream().filter(call -> call.endsWith("/data")).count();

        in(() -> connections.importTask(connection.id(), StandInCvat.TASK));
        work();

        assertThat(cvat.calls().stream().filter(call -> call.endsWith("/data"))).as("none twice").hasSize((int) fetched);
        assertThat(cvat.authorizations()).containsOnly("Bearer " + StandInCvat.TOKEN);
    }

    @Test
    void proposalsAreSentOnceAndNothingThatIsThereIsTouched() throws Exception {
        CvatConnection connection = imported(3);
        cvat.shape(rectangle(0, 31, "manual", "[11,9,31,25]"));
        cvat.shape(rectangle(1, 32, "semi-auto", "[10,8,30,24]"));
        List<JsonNode> before = cvat.shapes();
        propose(connection, 0, "disc", 10);
        propose(connection, 0, "disc", 60);
        propose(connection, 1, "disc", 10);
        propose(connection, 1, "unknown there", 40);

        push(connection);

        assertThat(cvat.shapes()).startsWith(before.toArray(JsonNode[]::new)).hasSize(4);
        List<JsonNode> sent = cvat.shapes().subList(2, 4);
        assertThat(sent).allMatch(shape -> shape.get("source").asText().equals("auto") && shape.get("label_id").asInt() == 31);
        assertThat(sent).extracting(shape -> shape.get("frame") + " " + shape.get("points")).containsExactlyInAnyOrder("0 [60.0,8.0,80.0,24.0]", "1 [10.0,8.0,30.0,24.0]");

        push(connection);
        assertThat(cvat.shapes()).as("sent again, it is not there twice").hasSize(4);

        cvat.clear();
        push(connection);
        assertThat(cvat.shapes()).as("what somebody deleted is not sent again, what was not sent is").hasSize(1);
        assertThat(cvat.shapes().get(0).get("points").toString()).isEqualTo("[10.0,8.0,30.0,24.0]");
        assertThat(cvat.calls()).as("nothing is ever deleted or replaced").noneMatch(call -> call.startsWith("DELETE") || call.startsWith("PUT"));
    }

    @Test
    void whatIsRefusedOrLostOnTheWayIsMadeGoodAndNotSentTwice() throws Exception {
        CvatConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        for (Mishap mishap : List.of(Mishap.REFUSED, Mishap.LOST_ANSWER)) {
            cvat.next(mishap, "PATCH .*/annotations");
            push(connection);
            assertThat(task(connection).error()).as(mishap.toString()).isPresent();
            assertThat(in(() -> platform.get(connection.id())).error().orElseThrow()).contains("task 5").doesNotContain(StandInCvat.TOKEN);
            letTimePass();
            assertThat(cvat.shapes()).as(mishap.toString()).hasSize(1);
            assertThat(task(connection).status()).isEqualTo(CvatTask.Status.DONE);
            assertThat(in(() -> platform.get(connection.id())).error()).isEmpty();
            propose(connection, 0, "square", 30 * (mishap.ordinal() + 1));
            cvat.clear();
        }
    }

    @Test
    void whatPeopleFinishedBecomesAReviewOnce() throws Exception {
        CvatConnection connection = imported(2);
        propose(connection, 0, "disc", 10);
        propose(connection, 0, "disc", 60);
        cvat.shape(rectangle(0, 31, "auto", "[10,8,30,24]"));
        cvat.shape(rectangle(0, 32, "manual", "[-5,40,25,70]"));
        cvat.job("ann", "in progress");
        pull(connection);
        assertThat(boxes(connection, 0)).as("nobody has finished").containsExactly("disc PROPOSED", "disc PROPOSED");

        cvat.job("ann", "completed");
        pull(connection);
        pull(connection);

        assertThat(boxes(connection, 0)).containsExactly("disc ACCEPTED", "disc REJECTED", "square ACCEPTED");
        assertThat(reviews(connection, 0)).containsExactly("cvat cvat/ann DECIDE");
        assertThat(boxes(connection, 1)).isEmpty();

        cvat.clear();
        pull(connection);
        assertThat(boxes(connection, 0)).containsExactly("disc REJECTED", "disc REJECTED", "square REJECTED");
        cvat.shape(rectangle(0, 31, "auto", "[10,8,30,24]"));
        cvat.shape(rectangle(0, 32, "manual", "[-5,40,25,70]"));
        pull(connection);
        assertThat(boxes(connection, 0)).as("what was said before may be said again").containsExactly("disc ACCEPTED", "disc REJECTED", "square ACCEPTED");
        assertThat(reviews(connection, 0)).hasSize(3);
    }

    @Test
    void theLastWordIsTheTasksWhoeverHasIt() throws Exception {
        CvatConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        cvat.shape(rectangle(0, 31, "auto", "[10,8,30,24]"));
        cvat.job("ann", "completed");
        pull(connection);
        cvat.clear();
        cvat.job("bob", "completed");
        pull(connection);
        assertThat(boxes(connection, 0)).containsExactly("disc REJECTED");
        assertThat(reviews(connection, 0)).containsExactly("cvat cvat/ann DECIDE", "cvat cvat/ann UNDO", "cvat cvat/bob DECIDE");
        push(connection);
        assertThat(cvat.shapes()).as("nothing is proposed where people have finished").isEmpty();
    }

    @Test
    void tracksAreSaidToBeUnreadableRatherThanTakenForNothing() throws Exception {
        CvatConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        cvat.job("ann", "completed");
        cvat.tracks("[{\"id\":1,\"label_id\":31,\"frame\":0,\"shapes\":[]}]");
        pull(connection);
        assertThat(boxes(connection, 0)).containsExactly("disc PROPOSED");
        assertThat(task(connection).error().orElseThrow()).contains("tracks");
    }

    private boolean event(long connection, String secret, String body) throws Exception {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return in(() -> platform.receive(connection, secret == null ? null : CvatSignature.of(secret, bytes), bytes));
    }

    @Test
    void aSignedEventHasItsTaskPulledAndItsFramesFetched() throws Exception {
        CvatConnection connection = connected(2);
        cvat.shape(rectangle(1, 31, "manual", "[10,8,30,24]"));
        cvat.job("ann", "completed");
        String done = "{\"event\":\"update:job\",\"job\":{\"id\":8,\"task_id\":5,\"state\":\"completed\"},\"webhook_id\":1}";
        assertThat(event(connection.id(), "wrong", done)).isFalse();
        assertThat(event(connection.id(), null, done)).isFalse();
        assertThat(event(connection.id() + 1, SECRET, done)).isFalse();
        assertThat(in(() -> platform.tasks(connection.id()))).as("nothing of it is kept").isEmpty();
        assertThat(in(() -> platform.get(connection.id())).lastEvent()).contains("connected");

        assertThat(event(connection.id(), SECRET, "{\"event\":\"update:task\",\"task\":{\"id\":5}}")).isTrue();
        assertThat(in(() -> platform.tasks(connection.id()))).isEmpty();
        assertThat(event(connection.id(), SECRET, done)).isTrue();
        assertThat(event(connection.id(), SECRET, done)).isTrue();
        assertThat(in(() -> platform.get(connection.id())).lastEvent()).contains("update:job");
        assertThatThrownBy(() -> event(connection.id(), SECRET, "{}")).isInstanceOf(InvalidInput.class);
        work();

        assertThat(boxes(connection, 1)).containsExactly("disc ACCEPTED");
        assertThat(reviews(connection, 1)).containsExactly("cvat cvat/ann DECIDE");

        in(() -> connections.connect(new NewCvatConnection(project.name(), cvat.address(), StandInCvat.LEGACY, null, null)));
        assertThat(event(connection.id(), SECRET, done)).as("there is no secret any more").isFalse();
        assertThat(in(() -> platform.all())).as("connected again is connected once").hasSize(1);
    }

    @Test
    void whatIsOrderedInTheMiddleOfTheWorkIsDoneAfterIt() throws Exception {
        CvatConnection connection = imported(1);
        in(() -> connections.pull(connection.id()));
        CvatService.Due taken = in(() -> platform.takeTask()).orElseThrow();
        assertThat(in(() -> platform.takeTask())).as("it is taken").isEmpty();
        in(() -> connections.push(connection.id()));
        in(() -> {
            platform.done(taken);
            return null;
        });
        assertThat(in(() -> platform.takeTask()).orElseThrow().push()).isTrue();
    }

    @Test
    void aTaskThatKeepsFailingIsLeftInTheEnd() throws Exception {
        CvatConnection connection = connected(1);
        in(() -> connections.importTask(connection.id(), StandInCvat.TASK));
        cvat.close();
        work();
        for (int i = 0; i < 7; i++) {
            assertThat(task(connection).status()).isEqualTo(CvatTask.Status.WAITING);
            letTimePass();
        }
        assertThat(task(connection).status()).isEqualTo(CvatTask.Status.FAILED);
        cvat = new StandInCvat();
    }

    @Test
    void badOrdersAreRefusedWithoutSecrets() throws Exception {
        assertThatThrownBy(() -> in(() -> connections.connect(new NewCvatConnection(project.name(), "cvat", "to\nken", 0L, " ")))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("url is \"cvat\"").hasMessageContaining("token is missing").hasMessageContaining("function is \"0\"")
                .hasMessageContaining("webhookSecret").hasMessageNotContaining("ken\n");
        assertThatThrownBy(() -> in(() -> connections.connect(new NewCvatConnection(project.name(), cvat.address(), "wrong-token", null, null))))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("answers 401").hasMessageNotContaining("wrong-token");
        assertThatThrownBy(() -> in(() -> connections.connect(new NewCvatConnection(project.name(), cvat.address(), StandInCvat.TOKEN, 13L, null))))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("function is \"13\"");
        assertThatThrownBy(() -> in(() -> connections.connect(new NewCvatConnection("none", cvat.address(), StandInCvat.TOKEN, null, null))))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("project");
        assertThat(in(() -> platform.all())).isEmpty();
        CvatConnection connection = connected(1);
        assertThatThrownBy(() -> in(() -> connections.importTask(connection.id(), 6L))).isInstanceOf(InvalidInput.class).hasMessageContaining("task is \"6\"");
        assertThatThrownBy(() -> in(() -> connections.importTask(connection.id() + 1, 5L))).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> in(() -> connections.pull(connection.id() + 1))).isInstanceOf(NotFound.class);
        assertThat(order().toString() + in(() -> platform.access(connection.id()))).doesNotContain(StandInCvat.TOKEN).doesNotContain(SECRET);
        assertThat(in(() -> (String) database.entities().createNativeQuery("select token || webhook_secret from cvat_connections", String.class).getSingleResult()))
                .doesNotContain(StandInCvat.TOKEN).doesNotContain(SECRET);
        in(() -> {
            connections.disconnect(connection.id());
            return null;
        });
        assertThat(in(() -> connections.all())).isEmpty();
    }
}
