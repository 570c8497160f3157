package dev.gleaner.labeling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InsideTheServer;
import dev.gleaner.PackagedServices;
import dev.gleaner.account.AccountService;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.inference.DetectedImage;
import dev.gleaner.inference.InferenceWork;
import dev.gleaner.inference.Shard;
import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.job.LeasedJob;
import dev.gleaner.labelstudio.BackEndJson;
import dev.gleaner.labelstudio.LabelStudioService;
import dev.gleaner.modelversion.LoadedModel;
import dev.gleaner.modelversion.ModelRuntime;
import dev.gleaner.modelversion.StarterModel;
import dev.gleaner.platform.PlatformModels;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.transaction.UserTransaction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What transactions keep true of a labeling run, inside the server: with its transaction manager and its database, at moments that no
 * caller of the REST interface can choose.
 */
@InsideTheServer
@ArquillianTest
class LabelingWorkIT {

    private static final List<Detection> TWO_DISCS = List.of(
            new Detection("disc", "red circle", Box.xywh(1, 2, 3, 4), 0.75), new Detection("disc", "red circle", Box.xywh(5, 6, 7, 8), 0.5));

    @Resource(lookup = "jdbc/gleaner")
    private DataSource database;
    @Inject
    private UserTransaction transaction;
    @Resource(lookup = "java:comp/DefaultManagedExecutorService")
    private ManagedExecutorService otherThread;
    @Inject
    private LabelingRunService runs;
    @Inject
    private Instance<InferenceWork> works;
    @Inject
    private Instance<LeasedJob> jobs;
    @Inject
    private ModelRuntime device;
    @Inject
    private AccountService accounts;
    @Inject
    private PlatformModels platformModels;
    @Inject
    private LabelStudioService labelStudio;

    private long dataset;
    private long model;
    private List<Long> images;

    @Deployment
    static EnterpriseArchive application() {
        return PackagedServices.with(LabelingWorkIT.class);
    }

    @BeforeEach
    void registerFourImagesAndAModel() {
        String name = UUID.randomUUID().toString();
        dataset = number("""
                insert into datasets (project_id, name, status, source_type, source_path, images_path, lenient, image_count)
                select id, '%s', 'READY', 'folder', '/none', '/none', false, 4 from projects where name = 'default' returning id""", name);
        images = IntStream.range(0, 4).mapToObj(i -> number("""
                insert into images (dataset_id, file_name, path, width, height, sha256)
                values (%d, '%d.png', '/none', 160, 120, '') returning id""", dataset, i)).toList();
        model = number("""
                insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance)
                select id, '%s', 'CANDIDATE', '', '/none', '', '{"sources": []}' from projects where name = 'default' returning id""", name);
    }

    @Test
    void aChunkWithAnImageThatIsFinishedAlreadyIsNotWrittenAtAll() throws Exception {
        long run = order();
        int attempt = begin(run);
        work().finish(run, attempt, List.of(found(0), found(1)));

        assertThatThrownBy(() -> work().finish(run, attempt, List.of(found(2), found(1)))).hasStackTraceContaining("labeling_results_pkey");

        assertThat(finished(run)).containsExactly(images.get(0), images.get(1));
        assertThat(number("select count(*) from annotations where labeling_run_id = %d", run)).isEqualTo(4);
        assertThat(number("select done from labeling_runs where id = %d", run)).isEqualTo(2);
    }

    @Test
    void aServerThatLostItsRunToAnotherWritesNoMore() throws Exception {
        long run = order();
        int lost = begin(run);
        int present = begin(run);

        assertThatThrownBy(() -> work().finish(run, lost, List.of(found(0)))).isInstanceOf(SupersededAttempt.class);

        assertThat(finished(run)).isEmpty();
        assertThat(number("select count(*) from annotations where labeling_run_id = %d", run)).isZero();
        work().finish(run, present, List.of(found(0)));
        assertThat(finished(run)).containsExactly(images.get(0));
    }

    @Test
    void aRunIsTakenOverOnlyBetweenTheChunksOfTheOneWhoHadIt() throws Exception {
        long run = order();
        int first = begin(run);
        transaction.begin();
        work().finish(run, first, List.of(found(0), found(3)));
        Future<Integer> takeover = otherThread.submit(() -> begin(run));
        awaitSomebodyWaitingForALock();
        assertThat(takeover.isDone()).isFalse();
        transaction.commit();

        assertThat(takeover.get(1, TimeUnit.MINUTES)).isEqualTo(first + 1);
        assertThat(work().shards(run, 2)).containsExactly(new Shard(images.get(1) - 1, images.get(1)), new Shard(images.get(2) - 1, images.get(2)));
        assertThat(number("select done from labeling_runs where id = %d", run)).isEqualTo(2);
    }

    @Test
    void aBoxThatSomebodyIsDecidingAboutWhileALaterRunWritesStaysAsDecided() throws Exception {
        long earlier = order();
        work().finish(earlier, begin(earlier), List.of(found(0)));
        long later = order();
        int attempt = begin(later);
        transaction.begin();
        number("""
                with decision as (update annotations set status = 'REJECTED', decided_by = 'ann', decided_at = now()
                where labeling_run_id = %d and ordinal = 0 returning 1) select count(*) from decision""", earlier);
        Future<?> chunk = otherThread.submit(() -> work().finish(later, attempt, List.of(found(0))));
        awaitSomebodyWaitingForALock();
        transaction.commit();
        chunk.get(1, TimeUnit.MINUTES);

        String status = "select count(*) from annotations where labeling_run_id = %d and ordinal = %d and status = '%s'";
        assertThat(number(status, earlier, 0, "REJECTED")).as("decided").isEqualTo(1);
        assertThat(number(status, earlier, 1, "SUPERSEDED")).as("not decided").isEqualTo(1);
        assertThat(number("select count(*) from annotations where labeling_run_id = %d and status = 'PROPOSED'", later)).isEqualTo(2);
    }

    @Test
    void anOrderThatIsRolledBackIsNeverWorkedOn() throws Exception {
        transaction.begin();
        long run = runs.order(wanted()).id();
        assertThat(number("select count(*) from scheduled_tasks where task_name = 'pseudo-label' and task_instance = '%d'", run)).isEqualTo(1);
        transaction.rollback();

        assertThat(number("select count(*) from scheduled_tasks where task_name = 'pseudo-label' and task_instance = '%d'", run)).isZero();
        assertThat(number("select count(*) from labeling_runs where dataset_id = %d", dataset)).isZero();
    }

    /** What Label Studio waits for only a second or three takes no turn on the device: its back end's servlet calls nothing else for health and setup. */
    @Test
    void labelStudioIsAnsweredWhileARunHoldsTheDevice() throws Exception {
        Path bundle = Files.createTempDirectory("held").resolve("starter");
        StarterModel.write(bundle);
        String name = UUID.randomUUID().toString();
        long project = number("insert into projects (name) values ('%s') returning id", name);
        long champion = number("""
                insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance, promoted_at)
                values (%d, 'held', 'CHAMPION', '', '%s', '', '{"sources": []}', now()) returning id""", project, bundle);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        try (LoadedModel loaded = device.open(bundle)) {
            Future<Boolean> run = otherThread.submit(() -> loaded.use(glip -> {
                held.countDown();
                return await(free);
            }));
            assertThat(held.await(1, TimeUnit.MINUTES)).isTrue();
            Future<Boolean> next = otherThread.submit(() -> loaded.use(glip -> true));

            Future<String> setUp = otherThread.submit(() -> {
                assertThat(accounts.byToken("nobody's")).isEmpty();
                assertThat(platformModels.project(name).id()).isEqualTo(project);
                return labelStudio.setUp(project, BackEndJson.setup("{\"project\": \"1.1795432723\"}".getBytes(StandardCharsets.UTF_8)), true);
            });

            assertThat(setUp.get(1, TimeUnit.MINUTES)).isEqualTo("held (Gleaner " + champion + ")");
            assertThat(next.isDone()).as("the device is still held").isFalse();
            free.countDown();
            assertThat(run.get(1, TimeUnit.MINUTES) && next.get(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            free.countDown();
            number("with gone as (delete from platform_connections where project_id = %d returning 1) select count(*) from gone", project);
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(5, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Orders a run that the product's own server never sees, since its place in the queue is given up before the order is there. */
    private long order() throws Exception {
        transaction.begin();
        long run = runs.order(wanted()).id();
        number("""
                with given_up as (delete from scheduled_tasks where task_name = 'pseudo-label' and task_instance = '%d' returning 1)
                select count(*) from given_up""", run);
        transaction.commit();
        return run;
    }

    private NewLabelingRun wanted() {
        return new NewLabelingRun(dataset, model, List.of(Prompt.of("disc")), Thresholds.all(0.5));
    }

    /** The server knows it by its interface alone. */
    private InferenceWork work() {
        return works.stream().filter(candidate -> candidate.job().equals(PseudoLabelJob.NAME)).findFirst().orElseThrow();
    }

    private int begin(long run) {
        LeasedJob job = jobs.stream().filter(candidate -> candidate.name().equals(PseudoLabelJob.NAME)).findFirst().orElseThrow();
        return Integer.parseInt(job.begin(run).orElseThrow().parameters().getProperty(PseudoLabelJob.ATTEMPT));
    }

    private DetectedImage found(int image) {
        return new DetectedImage(images.get(image), TWO_DISCS, Optional.empty());
    }

    private void awaitSomebodyWaitingForALock() throws InterruptedException {
        for (int i = 0; i < 600 && number("select count(*) from pg_locks where not granted") == 0; i++) {
            Thread.sleep(100);
        }
    }

    private List<Long> finished(long run) {
        return numbers("select image_id from labeling_results where run_id = %d order by image_id", run);
    }

    private long number(String sql, Object... arguments) {
        return numbers(sql, arguments).get(0);
    }

    /** Joins the transaction of the test, if there is one. */
    private List<Long> numbers(String sql, Object... arguments) {
        try (Connection connection = database.getConnection(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql.formatted(arguments))) {
            List<Long> numbers = new ArrayList<>();
            while (rows.next()) {
                numbers.add(rows.getLong(1));
            }
            return numbers;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
