package dev.gleaner.review;

import dev.gleaner.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hibernate.Session;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;

/**
 * A large dataset in a database that stays in a folder: ten boxes on each image in 80 categories, of every twentieth image decided by two
 * hundred reviewers within a month, with the log of it; a box of every fiftieth image came with the dataset. Every tenth image is in another dataset of the
 * project. An earlier model version looked at a tenth of the images and found {@value #SUPERSEDED} boxes on each. 25 queues of 20,000 images, half
 * done, some items with comments. What is made is without order but the same each time. Interrupted, it goes on after the last {@value #SLICE} images.
 */
final class ScaleDatabase implements AutoCloseable {

    static final int BOXES = 10;
    static final int CATEGORIES = 80;
    static final int QUEUES = 25;
    static final int QUEUE = 20_000;
    /** Of an image that an earlier model version labeled as well. */
    static final int SUPERSEDED = 3;

    private static final int SLICE = 50_000;
    private static final String PROGRESS = "benchmark_progress";
    private static final String INDEXES = "benchmark_indexes";

    final TestDatabase database;
    final PlanLog plans;
    ReviewHarness harness;
    int images;
    long other;
    private long olderModel;
    private long olderRun;

    ScaleDatabase(Path folder) throws IOException, SQLException {
        Path logs = Files.createDirectories(folder.resolve("logs")).toAbsolutePath();
        // As the product has it. Each entity manager keeps its connection, as if the pool were always ready.
        database = TestDatabase.open(PlanLog.configure(EmbeddedPostgres.builder().setDataDirectory(folder.resolve("data")).setCleanDataDirectory(false)
                .setServerConfig("fsync", "on").setServerConfig("synchronous_commit", "on").setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "100"), logs),
                Map.of(AvailableSettings.CONNECTION_HANDLING, PhysicalConnectionHandlingMode.DELAYED_ACQUISITION_AND_HOLD.name()));
        plans = new PlanLog(database, logs);
    }

    /**
     * Makes what is not there yet.
     *
     * @throws IllegalStateException if the folder has a database of another number of images
     */
    void prepare(int images) throws Exception {
        this.images = images;
        if (!exists(PROGRESS)) {
            ReviewHarness made = new ReviewHarness(database, 0);
            long older = made.model("older");
            long olderRun = made.run(older);
            made.dataset("another", 0);
            database.inTransaction(() -> run(("create table %s as select %d as images, cast(%d as bigint) as project, cast(%d as bigint) as dataset,"
                    + " cast(%d as bigint) as model, cast(%d as bigint) as run, 0 as made, false as finished, cast(%d as bigint) as older_model,"
                    + " cast(%d as bigint) as older_run, (select max(id) from datasets) as other").formatted(PROGRESS, images, made.project.id(), made.dataset.id(),
                    made.model, made.run, older, olderRun)));
        }
        Object[] row = (Object[]) one("select images, project, dataset, model, run, made, finished, older_model, older_run, other from " + PROGRESS);
        if (number(row[0]) != images) {
            throw new IllegalStateException("the folder has a database of %s images, not of %,d: remove it, or name another"
                    .formatted(row[0], images));
        }
        harness = new ReviewHarness(database, number(row[1]), number(row[2]), number(row[3]), number(row[4]));
        olderModel = number(row[7]);
        olderRun = number(row[8]);
        other = number(row[9]);
        if ((Boolean) row[6]) {
            return;
        }
        long start = System.nanoTime();
        if (!exists(INDEXES)) {
            database.inTransaction(this::start);
        }
        for (long made = number(row[5]); made < images; made += SLICE) {
            long from = made + 1;
            long to = Math.min(images, made + SLICE);
            database.inTransaction(() -> slice(from, to));
            System.out.printf(Locale.ROOT, "%,d images, %.0f s%n", to, (System.nanoTime() - start) / 1e9);
        }
        for (Object index : database.inTransaction(() -> database.entities().createNativeQuery("select definition from " + INDEXES
                + " where to_regclass(name) is null order by name", String.class).getResultList())) {
            database.inTransaction(() -> run("set local maintenance_work_mem = '512MB'", (String) index));
            System.out.printf(Locale.ROOT, "%s, %.0f s%n", index, (System.nanoTime() - start) / 1e9);
        }
        database.inTransaction(this::queues);
        // Not within a transaction.
        try (var session = database.entities().unwrap(Session.class).getSessionFactory().openSession()) {
            session.doWork(connection -> {
                try (var statement = connection.createStatement()) {
                    statement.execute("vacuum analyze");
                }
            });
        }
        database.inTransaction(() -> run("update " + PROGRESS + " set finished = true"));
        System.out.printf(Locale.ROOT, "made in %.0f s%n", (System.nanoTime() - start) / 1e9);
    }

    /** Takes the indexes of boxes away: made at the end they take a fraction of the time. */
    private Void start() {
        run("insert into categories (project_id, name) select %d, 'thing ' || i from generate_series(0, %d) i".formatted(harness.project.id(), CATEGORIES - 1),
                "create table " + INDEXES + " as select cast(indexname as text) as name, indexdef as definition from pg_indexes"
                        + " where tablename = 'annotations' and indexname <> 'annotations_pkey'",
                "alter table annotations drop constraint if exists annotations_labeling_run_id_image_id_ordinal_key");
        for (Object name : database.entities().createNativeQuery("select name from " + INDEXES + " where to_regclass(name) is not null", String.class)
                .getResultList()) {
            run("drop index " + name);
        }
        return null;
    }

    private Void slice(long from, long to) {
        // Foreign keys are right as they are made; 50 million checks of them would take longer than all else.
        return run("set local session_replication_role = replica", "set local synchronous_commit = off",
                "insert into images (dataset_id, file_name, path, width, height, sha256) select case when i %% 10 = 9 then %d else %d end, i || '.jpg', '/' || i, 640, 480, lpad(to_hex(i), 64, '0')"
                        .formatted(other, harness.dataset.id()) + " from generate_series(%d, %d) i".formatted(from, to),
                """
                insert into annotations (image_id, dataset_id, category_id, phrase, x, y, width, height, score, status, model_version_id, labeling_run_id,
                        ordinal, decided_by, decided_at, version)
                select i.id, i.dataset_id, c.first + abs(hashint8(i.id * 10 + b)) %% %d, 'a thing', abs(hashint8(i.id + b)) %% 500,
                       abs(hashint8(i.id - b)) %% 380, 20 + abs(hashint8(i.id * b)) %% 100, 20 + abs(hashint8(i.id * b + 1)) %% 80,
                       case when i.id %% 50 = 7 and b = 0 then null else 0.1 + abs(hashint8(i.id * 7 + b)) %% 9000 / 10000.0 end,
                       case when i.id %% 50 = 7 and b = 0 then 'IMPORTED' when i.id %% 20 <> 0 then 'PROPOSED'
                            else (array['ACCEPTED', 'ACCEPTED', 'CORRECTED', 'REJECTED'])[1 + abs(hashint8(i.id + 3 * b)) %% 4] end,
                       case when i.id %% 50 = 7 and b = 0 then null else %d end, case when i.id %% 50 = 7 and b = 0 then null else %d end, b,
                       case when i.id %% 20 = 0 then 'reviewer ' || abs(hashint8(i.id)) %% 200 end,
                       case when i.id %% 20 = 0 then now() - abs(hashint8(i.id + 1)) %% 2500000 * interval '1 second' end,
                       case when i.id %% 20 = 0 then 1 else 0 end
                  from images i cross join generate_series(0, %d) b
                 cross join (select min(id) as first from categories where project_id = %d and name like 'thing %%') c
                 where i.id > (select max(id) - %d from images)
                """.formatted(CATEGORIES, harness.model, harness.run, BOXES - 1, harness.project.id(), to - from + 1),
                """
                insert into annotations (image_id, dataset_id, category_id, phrase, x, y, width, height, score, status, model_version_id, labeling_run_id,
                        ordinal, version)
                select i.id, i.dataset_id, c.first + abs(hashint8(i.id * 10 + b)) %% %d, 'a thing', abs(hashint8(i.id + 2 * b)) %% 500,
                       abs(hashint8(i.id - b)) %% 380, 20 + abs(hashint8(i.id * b)) %% 100, 20 + abs(hashint8(i.id * b + 1)) %% 80,
                       0.1 + abs(hashint8(i.id * 5 + b)) %% 9000 / 10000.0, 'SUPERSEDED', %d, %d, b, 1
                  from images i cross join generate_series(1, %d) b
                 cross join (select min(id) as first from categories where project_id = %d and name like 'thing %%') c
                 where i.id %% 10 = 1 and i.id > (select max(id) - %d from images)
                """.formatted(CATEGORIES, olderModel, olderRun, SUPERSEDED, harness.project.id(), to - from + 1),
                "insert into labeling_results (run_id, image_id, proposals) select r.id, i.id, %d from images i join labeling_runs r on r.id = %d or r.id = %d and i.id %% 10 = 1"
                        .formatted(BOXES, harness.run, olderRun) + " where i.id > (select max(id) - %d from images)".formatted(to - from + 1),
                "update " + PROGRESS + " set made = " + to);
    }

    private Void queues() {
        long project = harness.project.id();
        long dataset = harness.dataset.id();
        int own = Math.min(images - images / 10, QUEUE);
        return run("set local session_replication_role = replica", """
                insert into review_decisions (project_id, dataset_id, image_id, action, counts, reviewer, request_id, origin, decided_at, seconds)
                select %d, a.dataset_id, a.image_id, 'DECIDE', true, min(a.decided_by), 'made ' || a.image_id, 'console', min(a.decided_at),
                       2 + abs(hashint8(a.image_id)) %% 100 / 10.0
                  from annotations a where a.dataset_id = %d and a.status in ('ACCEPTED', 'CORRECTED', 'REJECTED') group by a.dataset_id, a.image_id
                """.formatted(project, dataset), """
                insert into review_decision_boxes (decision_id, ordinal, annotation_id, action, before, after, hit, category_id, model_version_id, score)
                select d.id, a.ordinal, a.id, case a.status when 'ACCEPTED' then 'ACCEPT' when 'CORRECTED' then 'MOVE' else 'REJECT' end,
                       '{"category": 1, "x": 1, "y": 1, "width": 20, "height": 20, "status": "PROPOSED", "version": 0}',
                       '{"category": 1, "x": 1, "y": 1, "width": 20, "height": 20, "status": "ACCEPTED", "version": 1}',
                       a.status <> 'REJECTED', a.category_id, a.model_version_id, a.score
                  from review_decisions d join annotations a on a.image_id = d.image_id where d.dataset_id = %d
                """.formatted(dataset), """
                insert into review_queues (project_id, dataset_id, name, ordering, filter, checks, consensus, consensus_share, seed, status, images, items,
                        created_by)
                select %d, %d, 'queue ' || q, 'RANKED', '{}', 0.05, 1, 0.1, q, 'OPEN', %d, %d, 'ann' from generate_series(1, %d) q
                """.formatted(project, dataset, own, own, QUEUES), """
                insert into review_items (queue_id, image_id, place, kind, consensus, worth, reason, status, reviewer, decided_at, answer)
                select q.id, i.id, row_number() over (partition by q.id order by i.id), case when i.id %% 20 = 3 then 'CHECK' else 'WORK' end, false, 0.5,
                       'made',
                       case when (i.id / 8) %% 20 < 10 then 'DONE' when (i.id / 8) %% 20 = 10 then 'SKIPPED' else 'OPEN' end,
                       case when (i.id / 8) %% 20 < 11 then 'reviewer ' || abs(hashint8(i.id)) %% 200 end,
                       case when (i.id / 8) %% 20 < 11 then now() - abs(hashint8(i.id)) %% 2500000 * interval '1 second' end,
                       case when (i.id / 8) %% 20 < 10 and i.id %% 20 = 3 then cast('[{"category": 1, "x": 1, "y": 1, "width": 20, "height": 20}]' as jsonb) end
                  from review_queues q cross join lateral (
                       select id from images where dataset_id = q.dataset_id and id > (q.seed * 7919 %% %d) order by id limit %d) i
                 where q.dataset_id = %d
                """.formatted(Math.max(1, images - QUEUE * 10 / 9 - 10), QUEUE, dataset), """
                insert into review_decisions (project_id, dataset_id, image_id, queue_id, item_id, action, counts, reviewer, request_id, origin, decided_at, seconds, comment)
                select %d, %d, i.image_id, i.queue_id, i.id, 'DECIDE', true, i.reviewer, 'item ' || i.id, 'console', i.decided_at, 3,
                       case when i.id %% 4 = 0 then 'a comment' end
                  from review_items i where i.kind = 'WORK' and i.status = 'DONE' and (i.image_id / 8) %% 20 < 2
                """.formatted(project, dataset),
                "update review_items set truth = '[]', shown = '[]' where kind = 'CHECK'",
                "insert into review_queue_progress (queue_id, reviewer, done, skipped) select queue_id, reviewer, count(*) filter (where status = 'DONE'),"
                        + " count(*) filter (where status = 'SKIPPED') from review_items where reviewer is not null group by 1, 2");
    }

    private Void run(String... statements) {
        for (String statement : statements) {
            // No parameter is in it, whatever a colon may look like.
            database.entities().unwrap(Session.class).doWork(connection -> {
                try (var prepared = connection.createStatement()) {
                    prepared.execute(statement);
                }
            });
        }
        return null;
    }

    private boolean exists(String table) throws Exception {
        return (Boolean) one("select to_regclass('" + table + "') is not null");
    }

    private Object one(String sql) throws Exception {
        return database.inTransaction(() -> database.entities().createNativeQuery(sql).getSingleResult());
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }

    /** What the database takes on the disk, then its largest tables and indexes. */
    List<String> sizes() throws Exception {
        List<?> sizes = database.inTransaction(() -> database.entities().createNativeQuery("select pg_size_pretty(pg_database_size(current_database())) union all"
                + " (select relname || ' ' || pg_size_pretty(pg_relation_size(oid)) from pg_class"
                + " where relkind in ('r', 'i') and pg_relation_size(oid) > 50000000 order by pg_relation_size(oid) desc)", String.class).getResultList());
        return sizes.stream().map(String.class::cast).toList();
    }

    @Override
    public void close() throws IOException, SQLException {
        database.close();
    }
}
