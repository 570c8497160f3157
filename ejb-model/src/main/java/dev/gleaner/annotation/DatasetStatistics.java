package dev.gleaner.annotation;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * What was counted of a dataset's boxes, and when. Counting has to pass all of them, so the result is kept for a time that is many times what it
 * took: however often it is looked at, counting takes a small share of the database's time.
 */
@Entity
@Table(name = "dataset_statistics")
public class DatasetStatistics {

    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final int TIMES = 30;

    @Id
    private Long datasetId;
    @JdbcTypeCode(SqlTypes.JSON)
    private BoxStatistics statistics;
    private Instant countedAt;
    private int millis;

    protected DatasetStatistics() {
    }

    /** @param took how long it took to count */
    DatasetStatistics(long datasetId, BoxStatistics statistics, Instant countedAt, Duration took) {
        this.datasetId = datasetId;
        this.statistics = statistics;
        this.countedAt = countedAt;
        this.millis = (int) took.toMillis();
    }

    /** Whether it need not be counted again yet. */
    boolean isFresh(Instant now) {
        Duration kept = Duration.ofMillis((long) TIMES * millis);
        return now.isBefore(countedAt.plus(kept.compareTo(LEAST) < 0 ? LEAST : kept));
    }

    public BoxStatistics statistics() {
        return statistics;
    }

    public Instant countedAt() {
        return countedAt;
    }
}
