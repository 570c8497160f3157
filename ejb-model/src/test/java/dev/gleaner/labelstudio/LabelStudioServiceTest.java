package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gleaner.Conflict;
import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.platform.LabelingPlatform;
import dev.gleaner.platform.PlatformAccess;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformHarness;
import dev.gleaner.platform.PlatformInbox;
import dev.gleaner.platform.PlatformPrediction;
import dev.gleaner.platform.PlatformPrediction.ProposedBox;
import dev.gleaner.platform.PlatformProject;
import dev.gleaner.platform.PlatformTask;
import dev.gleaner.platform.PlatformTasks;
import dev.gleaner.project.Project;
import jakarta.persistence.EntityManager;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the recorded calls in a real database. */
class LabelStudioServiceTest {

    private static final Set<String> LABELS = Set.of("car", "person", "dog", "cat");

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();
    private static long numbers;

    @TempDir
    private Path home;
    private PlatformHarness platform;
    private LabelStudioPlatform labelStudio;
    private LabelStudioService service;
    private Project project;

    @BeforeEach
    void prepare() throws Exception {
        EntityManager entities = database.entities();
        platform = new PlatformHarness(entities, home);
        labelStudio = new LabelStudioPlatform(null, null);
        platform.platforms.add(labelStudio);
        service = new LabelStudioService(platform.connections, platform.inbox, platform.models);
        project = in(() -> {
            Project made = new Project("with Label Studio " + ++numbers);
            platform.projects.add(made);
            return made;
        });
    }

    private static <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    private static void run(Runnable work) throws Exception {
        in(() -> {
            work.run();
            return null;
        });
    }

    private long champion(String name) throws Exception {
        return in(() -> {
            database.entities().createNativeQuery("update model_versions set status = 'RETIRED' where project_id = " + project.id()).executeUpdate();
            return ((Number) database.entities().createNativeQuery(("insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance,"
                    + " promoted_at) values (%d, '%s', 'CHAMPION', 'tiny', '/none', 'none', '{\"sources\": []}', now()) returning id")
                    .formatted(project.id(), name), Long.class).getSingleResult()).longValue();
        });
    }

    private PlatformConnection setUp() throws Exception {
        run(() -> service.setUp(project.id(), BackEndJson.setup(Recorded.body("setup")), true));
        return in(() -> platform.connections.find(project.id(), LabelStudioPlatform.NAME, "1.1795432723")).orElseThrow();
    }

    private static byte[] picture(int width, int height) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", png);
        return png.toByteArray();
    }

    private Image keep(PlatformConnection known, long task, String address) throws Exception {
        byte[] picture = picture(224, 152);
        return in(() -> platform.images.keep(known.id(), new PlatformTask(String.valueOf(task), Map.of("image", address)), "image", address, picture));
    }

    private List<Annotation> boxes(Image image) throws Exception {
        return in(() -> new AnnotationRepository(database.entities()).ofImage(image.id(), Set.of(Status.values())));
    }

    /** The boxes of the recorded prediction for task 3: 30 x 25 percent at (8, 10) and (18, 15). */
    private static List<Detection> recordedBoxes() {
        return List.of(new Detection("cat", "cat", Box.xywh(0.08 * 224, 0.10 * 152, 0.30 * 224, 0.25 * 152), 0.9),
                new Detection("car", "car", Box.xywh(0.18 * 224, 0.15 * 152, 0.30 * 224, 0.25 * 152), 0.8));
    }

    private void handle(PlatformConnection known, String recorded) throws Exception {
        handleEvent(known, new String(Recorded.body(recorded), StandardCharsets.UTF_8));
    }

    private void handleEvent(PlatformConnection known, String event) throws Exception {
        run(() -> {
            PlatformProject as = platform.connections.project(known.id());
            LabelingPlatform.Said said = labelStudio.event(as, event);
            said.reviews().forEach(review -> platform.reviews.review(known.id(), review, labelStudio.labels(as)));
            said.withdrawn().forEach(gone -> platform.reviews.withdraw(known.id(), gone));
        });
    }

    private List<String> decisions(Image image) throws Exception {
        List<?> found = in(() -> database.entities().createNativeQuery("select action || ' ' || reviewer || ' ' || origin || ' ' || coalesce(seconds::text, '-')"
                + " from review_decisions where image_id = " + image.id() + " order by id", String.class).getResultList());
        return found.stream().map(String.class::cast).toList();
    }

    @Test
    void theVersionChangesWithEachPromotion() throws Exception {
        assertThatThrownBy(this::setUp).isInstanceOf(Conflict.class).hasMessageContaining("no champion");
        long first = champion("first");
        assertThat(in(() -> service.setUp(project.id(), BackEndJson.setup(Recorded.body("setup")), true))).isEqualTo("first (Gleaner " + first + ")");
        long second = champion("second");
        assertThat(in(() -> service.setUp(project.id(), BackEndJson.setup(Recorded.body("setup")), true))).isEqualTo("second (Gleaner " + second + ")");
        assertThat(in(() -> platform.models.versions(project.id()))).containsExactly("second (Gleaner " + second + ")", "first (Gleaner " + first + ")");
    }

    @Test
    void theTokenIsKeptEncrypted() throws Exception {
        champion("model");
        PlatformConnection known = setUp();

        Object stored = in(() -> database.entities().createNativeQuery("select token from platform_connections where id = " + known.id(), String.class).getSingleResult());
        assertThat((String) stored).doesNotContain("0123456789abcdef");
        PlatformAccess access = in(() -> platform.connections.project(known.id())).access();
        assertThat(access.token()).contains("0123456789abcdef0123456789abcdef01234567");
        assertThat(access.address()).contains("http://localhost:8080");
        assertThat(access.toString()).doesNotContain("0123456789abcdef");
        assertThat(LabelStudioPlatform.number(known.identity())).isEqualTo(1);
    }

    @Test
    void whatSomebodySaidOfAddressAndTokenStays() throws Exception {
        champion("model");
        LabelingPlatform.Described described = new LabelingPlatform.Described("1.1795432723", "fixtures",
                BackEndJson.setup(Recorded.body("setup")).labelConfig());
        run(() -> platform.connections.connect(project.id(), LabelStudioPlatform.NAME, new PlatformAccess(Optional.of("http://label-studio.example"), Optional.of("personal")), null, described));

        PlatformConnection known = setUp();

        PlatformAccess access = in(() -> platform.connections.project(known.id())).access();
        assertThat(access.address()).contains("http://label-studio.example");
        assertThat(access.token()).contains("personal");
    }

    @Test
    void imagesBecomeADatasetThatGrows() throws Exception {
        champion("model");
        PlatformConnection known = setUp();

        Image image = keep(known, 3, "/data/upload/1/d7cdc430-shape_3.png");
        Image same = keep(known, 3, "/data/upload/1/d7cdc430-shape_3.png");
        keep(known, 4, "/data/local-files/?d=images/shape 4.png");

        assertThat(same.id()).isEqualTo(image.id());
        assertThat(image.fileName()).startsWith("3/").endsWith("-d7cdc430-shape_3.png");
        assertThat(image.width()).isEqualTo(224);
        Dataset dataset = in(() -> database.entities().find(Dataset.class, image.datasetId()));
        assertThat(dataset.isReady()).isTrue();
        assertThat(dataset.imageCount()).isEqualTo(2);
        assertThat(dataset.name()).contains("Label Studio").contains("1.1795432723");
    }

    @Test
    void proposalsAreKeptOnceAndReplacedByOthers() throws Exception {
        long model = champion("model");
        Image image = keep(setUp(), 3, "/3.png");
        run(() -> platform.images.propose(image, model, LABELS, recordedBoxes()));
        run(() -> platform.images.propose(image, model, LABELS, recordedBoxes()));
        assertThat(boxes(image)).extracting(Annotation::status).containsExactly(Status.PROPOSED, Status.PROPOSED);

        run(() -> platform.images.propose(image, model, LABELS, recordedBoxes().subList(0, 1)));

        assertThat(boxes(image)).extracting(Annotation::status).containsExactly(Status.SUPERSEDED, Status.SUPERSEDED, Status.PROPOSED);
    }

    @Test
    void aRecordedAnnotationBecomesAReviewOnce() throws Exception {
        long model = champion("model");
        PlatformConnection known = setUp();
        Image image = keep(known, 3, "/data/upload/1/d7cdc430-shape_3.png");
        run(() -> platform.images.propose(image, model, LABELS, recordedBoxes()));

        handle(known, "annotation-created");
        handle(known, "annotation-created");

        assertThat(boxes(image)).extracting(Annotation::status).containsExactly(Status.ACCEPTED, Status.ACCEPTED);
        assertThat(decisions(image)).containsExactly("DECIDE label-studio/1 label-studio 4.2");

        handle(known, "annotation-updated");
        assertThat(boxes(image)).extracting(Annotation::status).containsExactly(Status.ACCEPTED, Status.REJECTED);
        assertThat(decisions(image)).as("Label Studio tells the same time again").containsExactly("DECIDE label-studio/1 label-studio 4.2",
                "DECIDE label-studio/1 label-studio 0");
        handle(known, "annotation-created");
        assertThat(boxes(image)).as("an event that comes late changes nothing").extracting(Annotation::status).containsExactly(Status.ACCEPTED, Status.REJECTED);

        handle(known, "annotations-deleted");
        assertThat(boxes(image)).extracting(Annotation::status).containsExactly(Status.PROPOSED, Status.PROPOSED);
        assertThat(decisions(image)).hasSize(4);
    }

    @Test
    void anAnnotationWithoutABoxIsAReviewToo() throws Exception {
        champion("model");
        PlatformConnection known = setUp();
        Image image = keep(known, 3, "/data/upload/1/d7cdc430-shape_3.png");
        ObjectNode event = (ObjectNode) new ObjectMapper().readTree(Recorded.body("annotation-created"));
        ((ObjectNode) event.get("annotation")).putArray("result");

        handleEvent(known, event.toString());
        handleEvent(known, event.toString());

        assertThat(boxes(image)).isEmpty();
        assertThat(decisions(image)).containsExactly("DECIDE label-studio/1 label-studio 4.2");
        assertThat(in(() -> database.entities().createNativeQuery("select count(*) from empty_image_decisions where image_id = " + image.id(), Long.class)
                .getSingleResult())).isEqualTo(1L);
    }

    @Test
    void anAnnotationThatIsGoneBeforeItCameIsNoReview() throws Exception {
        long model = champion("model");
        PlatformConnection known = setUp();
        Image image = keep(known, 3, "/3.png");
        run(() -> platform.images.propose(image, model, LABELS, recordedBoxes()));

        handle(known, "annotations-deleted");
        handle(known, "annotation-created");

        assertThat(boxes(image)).extracting(Annotation::status).containsExactly(Status.PROPOSED, Status.PROPOSED);
    }

    @Test
    void whatIsDecidedIsNotProposedAgain() throws Exception {
        long model = champion("model");
        PlatformConnection known = setUp();
        Image image = keep(known, 3, "/3.png");
        run(() -> platform.images.propose(image, model, LABELS, recordedBoxes()));
        handle(known, "annotation-updated");

        run(() -> platform.images.propose(image, model, LABELS, recordedBoxes()));

        assertThat(boxes(image)).extracting(Annotation::status).containsExactly(Status.ACCEPTED, Status.REJECTED);
    }

    @Test
    void aRecordedSkipDecidesNothing() throws Exception {
        long model = champion("model");
        PlatformConnection known = setUp();
        Image image = keep(known, 4, "/4.png");
        run(() -> platform.images.propose(image, model, LABELS, recordedBoxes()));

        handle(known, "annotation-skipped");

        assertThat(boxes(image)).extracting(Annotation::status).containsExactly(Status.PROPOSED, Status.PROPOSED);
        assertThat(decisions(image)).containsExactly("SKIP label-studio/1 label-studio -");
    }

    @Test
    void eventsWaitWithoutTheirSecretsAndAreTakenOnce() throws Exception {
        champion("model");
        PlatformConnection known = setUp();
        run(() -> service.receive(project.id(), Recorded.body("annotation-created")));
        run(() -> service.receive(project.id(), Recorded.body("start-training")));

        List<PlatformInbox.Due> due = in(() -> platform.inbox.take().stream().filter(one -> one.connection() == known.id()).toList());

        assertThat(due).hasSize(1);
        assertThat(due.get(0).body()).doesNotContain("WqtVT6CW1DYJey9cmGDgzktTrUSTcN08NEs6Ofap");
        assertThat(BackEndJson.event(due.get(0).body().getBytes(StandardCharsets.UTF_8)).annotations()).hasSize(1);
        assertThat(in(platform.inbox::take)).noneMatch(one -> one.connection() == known.id());
        run(() -> platform.inbox.handled(due.get(0).event()));
        PlatformConnection after = in(() -> platform.connections.get(known.id()));
        assertThat(after.title()).contains("fixtures");
        assertThat(after.lastEvent()).contains("START_TRAINING");
    }

    @Test
    void aTokenIsNotSentToAnAddressThatItDidNotComeWith() throws Exception {
        champion("model");
        PlatformConnection known = setUp();
        String told = known.address().orElseThrow();
        assertThat(known.hasToken()).isTrue();
        introduce(told, null);
        assertThat(in(() -> platform.connections.get(known.id())).hasToken()).as("the address it came with").isTrue();

        introduce("http://evil.example", null);

        PlatformConnection after = in(() -> platform.connections.get(known.id()));
        assertThat(after.hasToken()).isFalse();
        assertThat(after.error().orElseThrow()).contains("http://evil.example");
        assertThat(in(() -> platform.connections.project(known.id())).access().token()).isEmpty();

        in(() -> platform.connections.connect(project.id(), LabelStudioPlatform.NAME, new PlatformAccess(Optional.of(told), Optional.of("token")), null,
                new LabelingPlatform.Described("1.1795432723", "fixtures", null)));
        introduce("http://evil.example/again", null);
        assertThat(in(() -> platform.connections.project(known.id())).access()).as("what somebody said stays")
                .isEqualTo(new PlatformAccess(Optional.of(told), Optional.of("token")));
    }

    private void introduce(String hostname, String token) throws Exception {
        introduce(hostname, token, true);
    }

    private void introduce(String hostname, String token, boolean mayConnect) throws Exception {
        run(() -> service.setUp(project.id(), new BackEndJson.Setup("1.1795432723", null, hostname, token, Optional.empty()), mayConnect));
    }

    @Test
    void anAddressIsTakenOnlyFromSomebodyWhoMayConnect() throws Exception {
        champion("model");
        introduce("http://inside.example", "token", false);
        PlatformConnection known = in(() -> platform.connections.find(project.id(), LabelStudioPlatform.NAME, "1.1795432723")).orElseThrow();
        assertThat(known.error().orElseThrow()).contains("http://inside.example", "expected an engineer's token");
        assertThat(in(() -> platform.connections.project(known.id())).access()).isEqualTo(new PlatformAccess(Optional.empty(), Optional.empty()));

        introduce("http://label-studio.example", "token", true);
        introduce("http://inside.example", "other", false);
        assertThat(in(() -> platform.connections.project(known.id())).access()).as("what an engineer's token said stays")
                .isEqualTo(new PlatformAccess(Optional.of("http://label-studio.example"), Optional.of("token")));
        introduce("http://label-studio.example", "newer", false);
        assertThat(in(() -> platform.connections.project(known.id())).access().token()).as("for the same address").contains("newer");
    }

    @Test
    void deferredTasksAreTakenSentAndNotTakenAgain() throws Exception {
        long model = champion("model");
        PlatformConnection known = setUp();
        Image image = keep(known, 3, "/3.png");
        run(() -> platform.images.propose(image, model, LABELS, recordedBoxes()));
        PlatformTask task = new PlatformTask("3", Map.of("image", "/3.png"));
        run(() -> platform.tasks.defer(known.id(), List.of(task)));

        List<PlatformTasks.DueTask> taken = in(() -> platform.tasks.take(known.id()));
        assertThat(taken).hasSize(1);
        assertThat(taken.get(0).labeling()).isTrue();
        assertThat(taken.get(0).doubtful()).isFalse();
        assertThat(in(() -> platform.tasks.take(known.id()))).isEmpty();

        PlatformPrediction prediction = in(() -> platform.tasks.proposed(known.id(), "3", LABELS));
        assertThat(prediction.modelVersion()).isEqualTo("model (Gleaner " + model + ")");
        assertThat(prediction.boxes()).extracting(ProposedBox::label).containsExactly("cat", "car");
        assertThat(prediction.boxes().get(0).box().x()).isCloseTo(17.92, within(1e-9));

        run(() -> platform.tasks.sending(known.id(), List.of("3"), false));
        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("SENDING", 1L));
        run(() -> platform.tasks.sent(known.id(), Map.of("3", "digest")));
        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("SENT", 1L));

        assertThat(in(() -> platform.tasks.pushAll(known.id()))).isEqualTo(1);
        PlatformTasks.DueTask again = in(() -> platform.tasks.take(known.id())).get(0);
        assertThat(again.labeling()).isFalse();
        assertThat(again.sent()).isEqualTo("digest");
    }

    @Test
    void whatMayHaveBeenSentStaysDoubtful() throws Exception {
        champion("model");
        PlatformConnection known = setUp();
        keep(known, 3, "/3.png");
        PlatformTask task = new PlatformTask("3", Map.of("image", "/3.png"));
        run(() -> platform.tasks.defer(known.id(), List.of(task)));
        run(() -> platform.tasks.sending(known.id(), List.of("3"), false));

        run(() -> platform.tasks.pushAll(known.id()));

        assertThat(in(() -> platform.tasks.take(known.id())).get(0).doubtful()).isTrue();
        run(() -> platform.tasks.failed(known.id(), List.of("3"), "no answer", Duration.ZERO));
        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("SENDING", 1L));
        assertThat(in(() -> platform.connections.get(known.id())).error()).contains("no answer");
        for (int i = 0; i < 8; i++) {
            run(() -> platform.tasks.failed(known.id(), List.of("3"), "no answer", Duration.ZERO));
        }
        assertThat(in(() -> platform.tasks.counts(known.id()))).as("in the end it is left").isEqualTo(Map.of("FAILED", 1L));
    }
}
