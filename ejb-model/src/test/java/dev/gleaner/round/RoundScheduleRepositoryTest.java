package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.TestDatabase;
import dev.gleaner.project.Project;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RoundScheduleRepositoryTest {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Instant BEFORE = NOW.minus(Duration.ofMinutes(1));

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();
    private static EntityManager entities;
    private static RoundScheduleRepository schedules;

    private long project;

    @BeforeAll
    static void open() {
        entities = database.entities();
        schedules = new RoundScheduleRepository(entities);
    }

    @BeforeEach
    void prepare() throws Exception {
        project = database.inTransaction(() -> {
            Project made = new Project("project " + System.nanoTime());
            entities.persist(made);
            return made.id();
        });
    }

    private long sql(String text) throws Exception {
        return database.inTransaction(() -> ((Number) entities.createNativeQuery(text, Long.class).getSingleResult()).longValue());
    }

    private void add(NewRoundSchedule wanted) throws Exception {
        database.inTransaction(() -> {
            RoundSchedule schedule = new RoundSchedule(project, NOW);
            schedule.set(wanted, "ann", NOW);
            schedules.add(schedule);
            return null;
        });
    }

    private long dataset(String type, String readyAt, int images) throws Exception {
        return sql("insert into datasets (project_id, name, status, source_type, source_path, images_path, lenient, content_hash, image_count, ready_at) values ("
                + project + ", 'd" + System.nanoTime() + "', 'READY', '" + type + "', '/', '/', false, 'h" + System.nanoTime() + "', " + images + ", '" + readyAt
                + "') returning id");
    }

    @Test
    void keepsAllOfIt() throws Exception {
        NewTrainingRound round = new NewTrainingRound(null, 5L, null, List.of(new dev.gleaner.glip.Prompt("disc", "red disc")), new dev.gleaner.dataset.Split(0.3, 7),
                null, 6L, List.of(5L, 8L), new NewTrainingRound.Teaching(null, true, List.of(0.5), null, 0.3), List.of(SelectionRule.of("quota")), 0.4,
                RoundExamples.Rejected.NEGATIVE, true, null, new NewTrainingRound.Limits(0.01, null, java.util.Map.of("size small", 0.2)), false);
        add(new NewRoundSchedule("0 3 * * *", "Europe/Berlin", new RoundTriggers(50, 100, 0.25), round, null));
        ScoreDrift drift = new ScoreDrift(3, 7, 0.5, 10, 20, new PopulationStability(0.3, 0.2));
        database.inTransaction(() -> {
            schedules.lock(project).orElseThrow().checked(NOW, drift);
            return null;
        });
        database.inTransaction(() -> {
            RoundSchedule schedule = schedules.find(project).orElseThrow();
            assertThat(schedule.round()).isEqualTo(round);
            assertThat(schedule.triggers()).isEqualTo(new RoundTriggers(50, 100, 0.25));
            assertThat(schedule.cron()).contains("0 3 * * *");
            assertThat(schedule.zone()).isEqualTo("Europe/Berlin");
            assertThat(schedule.nextDue()).contains(Instant.parse("2026-11-25T02:00:00Z"));
            assertThat(schedule.scores()).contains(drift);
            assertThat(schedule.checkedAt()).contains(NOW);
            return null;
        });
    }

    @Test
    void findsThoseThatNobodyHasLookedAtLately() throws Exception {
        add(new NewRoundSchedule("0 3 * * *", "UTC", RoundTriggers.NONE, NewTrainingRound.of(1), null));
        assertThat(unchecked(NOW)).as("never looked at").contains(project);
        database.inTransaction(() -> {
            schedules.lockUnchecked(project, BEFORE, NOW).orElseThrow().checked(NOW, null);
            return null;
        });
        assertThat(unchecked(NOW)).as("looked at just now").doesNotContain(project);
        assertThat(database.inTransaction(() -> schedules.lockUnchecked(project, BEFORE, NOW))).isEmpty();
        Instant later = NOW.plus(Duration.ofMinutes(2));
        assertThat(unchecked(later)).contains(project);
        database.inTransaction(() -> {
            schedules.lock(project).orElseThrow().refused("no gold", later);
            return null;
        });
        Instant held = later.plus(Duration.ofMinutes(59));
        assertThat(unchecked(held)).as("held").doesNotContain(project);
        assertThat(unchecked(held.plus(Duration.ofMinutes(1)))).contains(project);
        database.inTransaction(() -> {
            schedules.lock(project).orElseThrow().pause("ann", later);
            return null;
        });
        assertThat(unchecked(held.plus(Duration.ofDays(1)))).as("paused").doesNotContain(project);
    }

    private static List<Long> unchecked(Instant now) throws Exception {
        return database.inTransaction(() -> schedules.unchecked(now.minus(Duration.ofMinutes(1)), now));
    }

    @Test
    void aSecondServerPassesByWhatTheFirstLooksAt() throws Exception {
        add(new NewRoundSchedule("0 3 * * *", "UTC", RoundTriggers.NONE, NewTrainingRound.of(1), null));
        database.inTransaction(() -> {
            assertThat(schedules.lockUnchecked(project, BEFORE, NOW)).isPresent();
            try (EntityManager second = entities.getEntityManagerFactory().createEntityManager()) {
                second.getTransaction().begin();
                assertThat(new RoundScheduleRepository(second).lockUnchecked(project, BEFORE, NOW)).as("locked by the first").isEmpty();
                second.getTransaction().rollback();
            }
            return null;
        });
    }

    @Test
    void countsWhatCameInSinceAMoment() throws Exception {
        long photos = dataset("folder", "2026-11-24T10:00:00Z", 12);
        long late = dataset("folder", "2026-11-24T12:30:00Z", 30);
        long boxed = dataset("coco", "2026-11-24T13:00:00Z", 500);
        assertThat(database.inTransaction(() -> schedules.withoutBoxes(project, List.of(0L)))).containsExactly(photos, late);
        assertThat(database.inTransaction(() -> schedules.withoutBoxes(project, List.of(photos, 0L)))).containsExactly(late);
        assertThat(database.inTransaction(() -> schedules.images(List.of(photos, late), null))).isEqualTo(42);
        assertThat(database.inTransaction(() -> schedules.images(List.of(photos, late), NOW))).isEqualTo(30);

        long category = sql("insert into categories (project_id, name) values (" + project + ", 'disc') returning id");
        long image = sql("insert into images (dataset_id, file_name, path, width, height, sha256) values (" + photos + ", 'a', '/a', 10, 10, 'a') returning id");
        for (String row : List.of("'ACCEPTED', '2026-11-24T11:00:00Z'", "'REJECTED', '2026-11-24T12:10:00Z'", "'CORRECTED', '2026-11-24T12:20:00Z'",
                "'PROPOSED', null", "'IMPORTED', null")) {
            sql("insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status, decided_at) values (" + image + ", " + photos + ", "
                    + category + ", 0, 0, 1, 1, " + row + ") returning id");
        }
        assertThat(database.inTransaction(() -> schedules.reviewed(List.of(photos, boxed), null))).isEqualTo(3);
        assertThat(database.inTransaction(() -> schedules.reviewed(List.of(photos), NOW))).isEqualTo(2);
        assertThat(database.inTransaction(() -> schedules.reviewed(List.of(boxed), NOW))).isZero();
    }

    /** A round that failed has used up nothing, nor has one of another dataset. */
    @Test
    void triggersCountFromTheLatestRoundOfTheDatasetThatDidNotFail() throws Exception {
        long photos = dataset("folder", "2026-11-24T10:00:00Z", 1);
        long others = dataset("folder", "2026-11-24T10:00:00Z", 1);
        long model = sql("insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance) values (" + project
                + ", 'm', 'CHAMPION', 'tiny', '/', 'none', '{\"sources\": []}') returning id");
        assertThat(database.inTransaction(() -> schedules.latestRound(photos))).isEmpty();
        long first = round(photos, model, "FAILED");
        assertThat(database.inTransaction(() -> schedules.latestRound(photos))).isEmpty();
        assertThat(failed(photos, 0)).containsExactly(first);
        long completed = round(photos, model, "COMPLETED");
        long second = round(photos, model, "FAILED");
        long third = round(photos, model, "FAILED");
        round(others, model, "COMPLETED");
        assertThat(database.inTransaction(() -> schedules.latestRound(photos))).map(TrainingRound::id).contains(completed);
        assertThat(failed(photos, completed)).containsExactly(third, second);
    }

    private static List<Long> failed(long dataset, long after) throws Exception {
        return database.inTransaction(() -> schedules.failedRounds(dataset, after, 6)).stream().map(TrainingRound::id).toList();
    }

    private long round(long dataset, long model, String status) throws Exception {
        return sql("insert into training_rounds (project_id, name, dataset_id, champion_id, prompts, settings, status, phase, trigger, started_by, ended_at) values ("
                + project + ", 'r', " + dataset + ", " + model + ", '[]', '{\"unlabelled\": [], \"selection\": []}', '" + status + "', 'SNAPSHOT', 'ordered', 'ann', now()) returning id");
    }

    /** 0.5 and 0.54 are in the bin from 0.5 to 0.55, 1 in the last. */
    @Test
    void spreadsTheScoresOfALabelingRun() throws Exception {
        long photos = dataset("folder", "2026-11-24T10:00:00Z", 1);
        long model = sql("insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance) values (" + project
                + ", 'm', 'CHAMPION', 'tiny', '/', 'none', '{\"sources\": []}') returning id");
        long earlier = run(photos, model, "COMPLETED", "2026-11-24T10:00:00Z");
        long run = run(photos, model, "COMPLETED", "2026-11-24T11:00:00Z");
        run(photos, model, "STOPPED", "2026-11-24T11:30:00Z");
        long category = sql("insert into categories (project_id, name) values (" + project + ", 'disc') returning id");
        long image = sql("insert into images (dataset_id, file_name, path, width, height, sha256) values (" + photos + ", 'a', '/a', 10, 10, 'a') returning id");
        int ordinal = 0;
        for (String score : List.of("0.3", "0.5", "0.54", "1.0")) {
            sql("insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status, score, labeling_run_id, ordinal) values (" + image + ", "
                    + photos + ", " + category + ", 0, 0, 1, 1, 'PROPOSED', " + score + ", " + run + ", " + ordinal++ + ") returning id");
        }
        ScoreHistogram scores = database.inTransaction(() -> schedules.scores(run, 0.4));
        assertThat(scores).isEqualTo(ScoreHistogram.of(List.of(0.5, 0.54, 1.0)));
        assertThat(database.inTransaction(() -> schedules.scores(earlier, 0)).total()).isZero();
        assertThat(database.inTransaction(() -> schedules.labelingRuns(model))).extracting(dev.gleaner.labeling.LabelingRun::id).containsExactly(run, earlier);
    }

    private long run(long dataset, long model, String status, String endedAt) throws Exception {
        return sql("insert into labeling_runs (dataset_id, model_version_id, prompts, thresholds, status, total, ended_at) values (" + dataset + ", " + model
                + ", '[]', '{\"fallback\": 0.5, \"byCategory\": {}}', '" + status + "', 1, '" + endedAt + "') returning id");
    }

    @Test
    void anImageThatIsFoundEmptyCountsAsAReviewedBox() throws Exception {
        long dataset = dataset("folder", "2026-11-24T11:00:00Z", 3);
        long category = sql("insert into categories (project_id, name) values (" + project + ", 'cat') returning id");
        long[] images = new long[3];
        for (int i = 0; i < 3; i++) {
            images[i] = sql("insert into images (dataset_id, file_name, path, width, height, sha256) values (%d, '%d.jpg', '/', 10, 10, '%d') returning id"
                    .formatted(dataset, i, i));
        }
        // Of two boxes on 1 nothing is left; on 2 one waits.
        String box = "insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status, decided_at, created_at) values (%d, %d, %d, 1, 1, 2, 2,"
                + " '%s', %s, '2026-11-24T10:00:00Z') returning id";
        for (int i = 0; i < 2; i++) {
            sql(box.formatted(images[1], dataset, category, "REJECTED", "'" + NOW + "'"));
        }
        sql(box.formatted(images[2], dataset, category, "PROPOSED", "null"));
        for (int i = 0; i < 3; i++) {
            sql(("insert into review_decisions (project_id, dataset_id, image_id, item_id, action, counts, reviewer, request_id, origin, decided_at)"
                    + " values (%d, %d, %d, 1, 'DECIDE', true, 'ann', 'r', 'console', '%s') returning id").formatted(project, dataset, images[i], NOW));
        }
        assertThat(database.inTransaction(() -> schedules.reviewed(List.of(dataset), BEFORE))).as("two boxes, and an image without any").isEqualTo(3);
        assertThat(database.inTransaction(() -> schedules.reviewed(List.of(dataset), NOW))).as("not since").isZero();
    }
}
