package dev.gleaner.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.NotFound;
import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.BoxStatistics.OfCategory;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetService;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StatisticsServiceTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();
    private static EntityManager entities;

    @BeforeAll
    static void start() {
        entities = database.entities();
    }

    private static long id(String sql) throws Exception {
        return database.inTransaction(() -> ((Number) entities.createNativeQuery(sql, Long.class).getSingleResult()).longValue());
    }

    private static long dataset() throws Exception {
        return id("insert into datasets (project_id, name, status, source_type, source_path, images_path, lenient, content_hash) values (1, 'd"
                + System.nanoTime() + "', 'READY', 'folder', '/', '/', false, 'h" + System.nanoTime() + "') returning id");
    }

    private static void box(long dataset, String category, String status, double width, double height, Double score) throws Exception {
        database.inTransaction(() -> entities.createNativeQuery("insert into categories (project_id, name) values (1, '" + category + "') on conflict do nothing")
                .executeUpdate());
        long image = id("insert into images (dataset_id, file_name, path, width, height, sha256) values (" + dataset + ", 'i" + System.nanoTime()
                + "', '/i', 200, 200, 'x') returning id");
        id("insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status, score) select " + image + ", " + dataset + ", id, 0, 0, "
                + width + ", " + height + ", '" + status + "', " + score + " from categories where name = '" + category + "' and project_id = 1 returning id");
    }

    private static DatasetStatistics counted(long dataset) throws Exception {
        return database.inTransaction(() -> new StatisticsService(new StatisticsRepository(entities),
                new DatasetService(new DatasetRepository(entities), null, null, null, null)).ofDataset(dataset));
    }

    private static List<Long> scores(int... bins) {
        List<Long> scores = new ArrayList<>(Collections.nCopies(BoxStatistics.BINS, 0L));
        for (int bin : bins) {
            scores.set(bin, scores.get(bin) + 1);
        }
        return scores;
    }

    @Test
    void boxesAreCountedByStatusSizeAndScore() throws Exception {
        long dataset = dataset();
        // 31 x 33 = 1,023 square pixels are small, 32 x 32 are not; 95 x 97 = 9,215 are medium, 96 x 96 are large.
        box(dataset, "cat", "IMPORTED", 31, 33, null);
        box(dataset, "cat", "PROPOSED", 32, 32, 0.049);
        box(dataset, "cat", "PROPOSED", 95, 97, 0.05);
        box(dataset, "cat", "ACCEPTED", 96, 96, 1.0);
        box(dataset, "cat", "CORRECTED", 10, 10, 0.97);
        // Rejected, it is no box that stands; its score counts.
        box(dataset, "dog", "REJECTED", 10, 10, 0.5);
        box(dataset, "dog", "SUPERSEDED", 10, 10, 0.5);
        box(dataset(), "dog", "PROPOSED", 10, 10, 0.5);
        assertThat(counted(dataset).statistics().categories()).containsExactly(
                new OfCategory("cat", 1, 2, 1, 1, 0, 2, 2, 1, scores(0, 1, 19, 19)),
                new OfCategory("dog", 0, 0, 0, 0, 1, 0, 0, 0, scores(10)));
    }

    @Test
    void theCountIsKeptForThirtyTimesAsLongAsItTookAndThenMadeAgain() throws Exception {
        long dataset = dataset();
        box(dataset, "cat", "PROPOSED", 10, 10, 0.5);
        DatasetStatistics first = counted(dataset);
        database.inTransaction(() -> entities.createNativeQuery("update dataset_statistics set millis = 100000 where dataset_id = " + dataset).executeUpdate());
        box(dataset, "cat", "PROPOSED", 10, 10, 0.5);
        assertThat(counted(dataset).statistics()).isEqualTo(first.statistics());
        database.inTransaction(() -> entities.createNativeQuery("update dataset_statistics set counted_at = counted_at - interval '3001 seconds' where dataset_id = "
                + dataset).executeUpdate());
        assertThat(counted(dataset).statistics().categories().get(0).proposed()).isEqualTo(2);
        Instant now = Instant.now();
        DatasetStatistics quick = new DatasetStatistics(dataset, first.statistics(), now, Duration.ofMillis(1));
        assertThat(quick.isFresh(now.plusMillis(999))).isTrue();
        assertThat(quick.isFresh(now.plusMillis(1001))).isFalse();
    }

    @Test
    void withoutBoxesThereIsNothingAndWithoutADatasetAnError() throws Exception {
        assertThat(counted(dataset()).statistics().categories()).isEmpty();
        assertThatThrownBy(() -> counted(987_654_321)).isInstanceOf(NotFound.class).hasMessageContaining("dataset");
    }
}
