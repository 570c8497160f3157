package dev.gleaner.labeling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.TestDatabase;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.job.JobQueue;
import dev.gleaner.job.LeasedRun;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trying quarantined images again, on a real database. */
class LabelingRunServiceTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();
    private static EntityManager entities;

    private final List<Long> submitted = new ArrayList<>();
    private long run;
    private List<Long> images;

    @BeforeAll
    static void start() {
        entities = database.entities();
    }

    /** A completed run over four images, of which the first three are in quarantine. */
    @BeforeEach
    void prepare() throws Exception {
        long unique = System.nanoTime();
        long dataset = id("insert into datasets (project_id, name, status, source_type, source_path, images_path, lenient, content_hash) values (1, 'd" + unique
                + "', 'READY', 'folder', '/', '/', false, 'h" + unique + "') returning id");
        long model = id("insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance) values (1, 'm" + unique
                + "', 'CANDIDATE', 'tiny', '/none', 'none', '{\"sources\": []}') returning id");
        run = id("insert into labeling_runs (dataset_id, model_version_id, prompts, thresholds, status, total, done, quarantined) values (" + dataset + ", " + model
                + ", '[]', '{\"fallback\": 0.1, \"byCategory\": {}}', 'COMPLETED', 4, 4, 3) returning id");
        images = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            images.add(id("insert into images (dataset_id, file_name, path, width, height, sha256) values (" + dataset + ", '" + i + ".png', '/i', 9, 9, 'x') returning id"));
            id("insert into labeling_results (run_id, image_id, proposals, quarantine) values (" + run + ", " + images.get(i) + ", 0, "
                    + (i < 3 ? "'gone'" : "null") + ") returning image_id");
        }
    }

    private static long id(String sql) throws Exception {
        return database.inTransaction(() -> ((Number) entities.createNativeQuery(sql, Long.class).getSingleResult()).longValue());
    }

    private LabelingRunService service() {
        JobQueue jobs = new JobQueue() {
            @Override
            public void submit(String job, long id) {
                submitted.add(id);
            }
        };
        return new LabelingRunService(new LabelingRunRepository(entities), null, null, null, jobs);
    }

    private List<Long> quarantined() throws Exception {
        return database.inTransaction(() -> service().quarantined(run, 0, 10)).stream().map(QuarantinedImage::imageId).toList();
    }

    @Test
    void theImagesThatAreNamedAreTriedAgainAndNoOthers() throws Exception {
        LabelingRun again = database.inTransaction(() -> service().retry(run, List.of(images.get(0), images.get(2))));
        assertThat(again.status()).isEqualTo(LeasedRun.Status.STARTING);
        assertThat(again.progress(Instant.now())).extracting("done", "quarantined").containsExactly(2, 1);
        assertThat(quarantined()).containsExactly(images.get(1));
        assertThat(submitted).containsExactly(run);
        assertThatThrownBy(() -> database.inTransaction(() -> service().retry(run, List.of(images.get(1))))).as("it is waiting")
                .isInstanceOf(Conflict.class);
    }

    @Test
    void withoutNamesAllAre() throws Exception {
        assertThat(database.inTransaction(() -> service().retry(run, null)).progress(Instant.now())).extracting("done", "quarantined")
                .containsExactly(1, 0);
        assertThat(quarantined()).isEmpty();
    }

    @Test
    void whatIsNotInQuarantineIsRefusedAndNothingChanges() throws Exception {
        assertThatThrownBy(() -> database.inTransaction(() -> service().retry(run, List.of(images.get(0), images.get(3)))))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("images[1]");
        assertThatThrownBy(() -> database.inTransaction(() -> service().retry(run, List.of()))).isInstanceOf(InvalidInput.class);
        assertThat(quarantined()).hasSize(3);
        assertThat(submitted).isEmpty();
    }
}
