package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.HmacSha256;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.cvat.StandInCvat.Mishap;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformHarness;
import dev.gleaner.platform.PlatformReview;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import jakarta.persistence.EntityManager;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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

/** Frames and decisions come from a stand-in for CVAT, and proposals go there, through HTTP and a real database. */
class CvatPlatformTest {

    private static final String NAME = CvatPlatform.NAME;
    private static final String SECRET = "the webhook's secret";
    private static final String TASK = "tasks/" + StandInCvat.TASK;

    private static TestDatabase database;
    private static long numbers;

    @TempDir
    private Path home;
    private StandInCvat cvat;
    private PlatformHarness platform;
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
        platform.platforms.add(new CvatPlatform(new CvatClient()));
        cvat = new StandInCvat();
        project = in(() -> {
            // Only this test's project has anything to be done.
            entities.createNativeQuery("delete from platform_connections").executeUpdate();
            Project made = new Project("beside CVAT " + ++numbers);
            platform.projects.add(made);
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

    /** Connects the stand-in, with that many frames in its task. */
    private PlatformConnection connected(String subject, int frames) throws Exception {
        for (int i = 0; i < frames; i++) {
            cvat.frame(picture(100 + i));
        }
        return in(() -> platform.service.connect(NAME, project.name(), cvat.address() + "/", StandInCvat.TOKEN, subject, SECRET));
    }

    private void work() throws Exception {
        while (in(() -> platform.work.handleTasks()) > 0) {
            // Some frames at a time.
        }
    }

    private PlatformConnection imported(int frames) throws Exception {
        PlatformConnection connection = connected(TASK, frames);
        importTasks(connection);
        return known(connection);
    }

    private int importTasks(PlatformConnection connection) throws Exception {
        int found = in(() -> platform.service.importTasks(NAME, connection.id()));
        work();
        return found;
    }

    private PlatformConnection known(PlatformConnection connection) throws Exception {
        return in(() -> {
            database.entities().clear();
            return platform.connections.get(connection.id());
        });
    }

    private Map<String, Long> counts(PlatformConnection connection) throws Exception {
        return in(() -> platform.service.counts(connection.id()));
    }

    private Image image(PlatformConnection connection, int frame) {
        return new DatasetRepository(database.entities()).findImage(platform.images.imageOf(connection.id(), "5/%06d".formatted(frame), "image").orElseThrow()).orElseThrow();
    }

    private void propose(PlatformConnection connection, int frame, String category, double x) throws Exception {
        in(() -> {
            Category filed = new ProjectRepository(database.entities()).categoriesNamed(project, List.of(category)).get(category);
            new AnnotationRepository(database.entities()).add(Annotation.proposed(image(connection, frame), filed,
                    new Detection(category, category, Box.xywh(x, 8, 20, 16), 0.75), model, (int) x));
            return null;
        });
    }

    private void push(PlatformConnection connection) throws Exception {
        in(() -> platform.service.push(NAME, connection.id()));
        work();
    }

    private void pull(PlatformConnection connection) throws Exception {
        in(() -> {
            platform.service.pull(connection.id());
            return null;
        });
        in(() -> {
            platform.work.poll();
            return null;
        });
    }

    /** As if its pause were over. */
    private void letTimePass() throws Exception {
        in(() -> database.entities().createNativeQuery("update platform_tasks set due_at = now() where due_at is not null").executeUpdate());
        work();
    }

    private List<String> reviews(PlatformConnection connection, int frame) throws Exception {
        return in(() -> database.entities().createNativeQuery("select origin || ' ' || reviewer || ' ' || action from review_decisions where image_id = "
                + image(connection, frame).id() + " order by id", String.class).getResultList());
    }

    private List<String> boxes(PlatformConnection connection, int frame) throws Exception {
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
        PlatformConnection connection = imported(23);
        long dataset = connection.datasetId().orElseThrow();
        assertThat(in(() -> new DatasetRepository(database.entities()).find(dataset)).orElseThrow().imageCount()).as("all but the deleted one").isEqualTo(22);
        assertThat(in(() -> image(connection, 22)).width()).isEqualTo(122);
        assertThat(in(() -> image(connection, 22)).fileName()).startsWith("5/000022/").endsWith("-shape 22.png");
        assertThat(counts(connection)).isEqualTo(Map.of("KNOWN", 22L));
        assertThat(connection.title()).contains("street");
        assertThat(connection.identity()).as("what it is, and when it was made").isEqualTo("tasks/5.1767254400");
        long fetched = cvat.calls().stream().filter(call -> call.endsWith("/data")).count();

        importTasks(connection);

        assertThat(cvat.calls().stream().filter(call -> call.endsWith("/data"))).as("none twice").hasSize((int) fetched);
        assertThat(cvat.authorizations()).containsOnly("Bearer " + StandInCvat.TOKEN);
    }

    @Test
    void allTasksOfAProjectBecomeOne() throws Exception {
        PlatformConnection connection = connected("projects/3", 2);
        assertThat(connection.title()).contains("town");
        assertThat(importTasks(connection)).as("a task without frames is passed over").isEqualTo(2);
        assertThat(in(() -> image(connection, 1)).width()).isEqualTo(101);
        propose(connection, 1, "disc", 10);
        push(connection);
        assertThat(cvat.shapes()).hasSize(1);
        cvat.job("ann", "completed");
        pull(connection);
        assertThat(boxes(connection, 1)).containsExactly("disc ACCEPTED");
    }

    @Test
    void aFunctionHasNoTasks() throws Exception {
        PlatformConnection connection = connected("functions/12", 1);
        assertThat(importTasks(connection)).isZero();
        pull(connection);
        assertThat(known(connection).error()).isEmpty();
        assertThat(cvat.calls()).containsExactly("GET /api/functions/12");
    }

    @Test
    void proposalsAreSentOnceAndNothingThatIsThereIsTouched() throws Exception {
        PlatformConnection connection = imported(3);
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
        PlatformConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        for (Mishap mishap : List.of(Mishap.REFUSED, Mishap.LOST_ANSWER)) {
            cvat.next(mishap, "PATCH .*/annotations");
            push(connection);
            assertThat(known(connection).error().orElseThrow()).as(mishap.toString()).contains("predictions could not be sent").doesNotContain(StandInCvat.TOKEN);
            assertThat(counts(connection)).isEqualTo(Map.of("SENDING", 1L));
            letTimePass();
            assertThat(cvat.shapes()).as(mishap.toString()).hasSize(1);
            assertThat(counts(connection)).isEqualTo(Map.of("SENT", 1L));
            assertThat(known(connection).error()).isEmpty();
            cvat.clear();
            push(connection);
            assertThat(cvat.shapes()).as("what somebody deleted does not come again").isEmpty();
            propose(connection, 0, "square", 30 * (mishap.ordinal() + 1));
        }
    }

    @Test
    void whatPeopleFinishedBecomesAReviewOnce() throws Exception {
        PlatformConnection connection = imported(2);
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
        PlatformConnection connection = imported(1);
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
    void whatIsReadAndComesLateDoesNotUndoWhatWasReadSince() throws Exception {
        PlatformConnection connection = imported(1);
        CvatPlatform itself = (CvatPlatform) platform.platforms.get(0);
        cvat.shape(rectangle(0, 31, "manual", "[10,8,30,24]"));
        cvat.job("ann", "completed");
        List<PlatformReview> early = itself.reviews(in(() -> platform.connections.project(connection.id())));
        cvat.clear();
        pull(connection);
        in(() -> {
            platform.reviews.review(connection.id(), early.get(0), Set.of("disc"));
            return null;
        });
        assertThat(boxes(connection, 0)).isEmpty();
    }

    @Test
    void tracksAreSaidToBeUnreadableRatherThanTakenForNothing() throws Exception {
        PlatformConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        cvat.job("ann", "completed");
        cvat.tracks("[{\"id\":1,\"label_id\":31,\"frame\":0,\"shapes\":[]}]");
        pull(connection);
        assertThat(boxes(connection, 0)).containsExactly("disc PROPOSED");
        assertThat(known(connection).error().orElseThrow()).contains("task 5 has tracks");
    }

    private boolean event(long connection, String secret, String body) throws Exception {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String signature = secret == null ? null : HmacSha256.of(secret, bytes);
        return in(() -> platform.inbox.receiveSigned(NAME, connection, header -> header.equals("X-Signature-256") ? signature : null, bytes));
    }

    private long events() throws Exception {
        return in(() -> (Long) database.entities().createNativeQuery("select count(*) from platform_events", Long.class).getSingleResult());
    }

    @Test
    void aSignedEventHasItsTaskPulledAndItsFramesFetched() throws Exception {
        PlatformConnection connection = connected(TASK, 2);
        cvat.shape(rectangle(1, 31, "manual", "[10,8,30,24]"));
        cvat.job("ann", "completed");
        String done = "{\"event\":\"update:job\",\"job\":{\"id\":8,\"task_id\":5,\"state\":\"completed\"},\"webhook_id\":1}";
        assertThat(event(connection.id(), "wrong", done)).isFalse();
        assertThat(event(connection.id(), null, done)).isFalse();
        assertThat(event(connection.id() + 1, SECRET, done)).isFalse();
        assertThat(events()).as("nothing of it is kept").isZero();
        assertThat(known(connection).lastEvent()).contains("connected");

        assertThat(event(connection.id(), SECRET, "{\"event\":\"update:task\",\"task\":{\"id\":5}}")).isTrue();
        assertThat(events()).isZero();
        assertThat(event(connection.id(), SECRET, done)).isTrue();
        assertThat(event(connection.id(), SECRET, done)).isTrue();
        assertThat(event(connection.id(), SECRET, done.replace("5", "6"))).as("of a task that is not this connection's").isTrue();
        assertThat(events()).isEqualTo(3);
        assertThat(known(connection).lastEvent()).contains("update:job");
        assertThatThrownBy(() -> event(connection.id(), SECRET, "{}")).isInstanceOf(InvalidInput.class);
        assertThat(in(() -> platform.work.handleEvents())).isEqualTo(3);

        assertThat(events()).isZero();
        assertThat(boxes(connection, 1)).containsExactly("disc ACCEPTED");
        assertThat(reviews(connection, 1)).containsExactly("cvat cvat/ann DECIDE");
        assertThat(cvat.calls()).noneMatch(call -> call.contains("/6"));

        in(() -> platform.service.connect(NAME, project.name(), cvat.address(), StandInCvat.LEGACY, TASK, null));
        assertThat(event(connection.id(), SECRET, done)).as("there is no secret any more").isFalse();
        assertThat(in(() -> platform.connections.all())).as("connected again is connected once").hasSize(1);
    }

    @Test
    void whatIsOrderedInTheMiddleOfTheWorkIsDoneAfterIt() throws Exception {
        PlatformConnection connection = imported(1);
        in(() -> platform.service.push(NAME, connection.id()));
        assertThat(in(() -> platform.tasks.take(connection.id()))).hasSize(1);
        assertThat(in(() -> platform.tasks.take(connection.id()))).as("it is taken").isEmpty();
        in(() -> platform.service.push(NAME, connection.id()));
        in(() -> {
            platform.tasks.sent(connection.id(), Map.of("5/000000", "digest"));
            return null;
        });
        assertThat(in(() -> platform.tasks.take(connection.id()))).singleElement().satisfies(due -> assertThat(due.fetch()).isFalse());
    }

    @Test
    void aJobThatIsOpenedAgainIsPushedToAgain() throws Exception {
        PlatformConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        cvat.job("ann", "completed");
        push(connection);
        assertThat(cvat.shapes()).isEmpty();
        cvat.job("ann", "in progress");
        push(connection);
        assertThat(cvat.shapes()).hasSize(1);
    }

    @Test
    void badOrdersAreRefusedWithoutSecrets() throws Exception {
        refused("cvat", StandInCvat.TOKEN, TASK, SECRET, "url is \"cvat\"");
        refused("http://name:word@cvat.example", StandInCvat.TOKEN, TASK, SECRET, "url is");
        refused(cvat.address(), "to\nken", TASK, SECRET, "token is missing");
        refused(cvat.address(), StandInCvat.TOKEN, TASK, " ", "secret is missing");
        refused(cvat.address(), "wrong-token", TASK, SECRET, "answers 401");
        refused(cvat.address(), StandInCvat.TOKEN, "jobs/5", SECRET, "remote is \"jobs/5\"");
        refused(cvat.address(), StandInCvat.TOKEN, "tasks/6", SECRET, "remote is \"tasks/6\"");
        refused(cvat.address(), StandInCvat.TOKEN, "functions/13", SECRET, "remote is \"functions/13\"");
        assertThatThrownBy(() -> in(() -> platform.service.connect(NAME, "none", cvat.address(), StandInCvat.TOKEN, TASK, null)))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("project");
        assertThat(in(() -> platform.connections.all())).isEmpty();
        PlatformConnection connection = connected(TASK, 1);
        assertThatThrownBy(() -> in(() -> platform.service.importTasks(NAME, connection.id() + 1))).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> in(() -> {
            platform.service.pull(connection.id() + 1);
            return null;
        })).isInstanceOf(NotFound.class);
        assertThat(in(() -> platform.connections.project(connection.id())).toString()).doesNotContain(StandInCvat.TOKEN).doesNotContain(SECRET);
        assertThat(in(() -> (String) database.entities().createNativeQuery("select token || secret from platform_connections", String.class).getSingleResult()))
                .doesNotContain(StandInCvat.TOKEN).doesNotContain(SECRET);
        in(() -> {
            platform.service.disconnect(NAME, connection.id());
            return null;
        });
        assertThat(in(() -> platform.connections.all())).isEmpty();
    }

    private void refused(String address, String token, String subject, String secret, String why) {
        assertThatThrownBy(() -> in(() -> platform.service.connect(NAME, project.name(), address, token, subject, secret))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining(why).hasMessageNotContaining("ken\n").hasMessageNotContaining("wrong-token").hasMessageNotContaining(StandInCvat.TOKEN);
    }
}
