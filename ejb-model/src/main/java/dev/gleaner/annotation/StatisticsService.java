package dev.gleaner.annotation;

import dev.gleaner.NotFound;
import dev.gleaner.dataset.DatasetService;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Tells how the boxes of datasets are spread over their categories. */
@Stateless
public class StatisticsService {

    @Inject
    private StatisticsRepository statistics;
    @Inject
    private DatasetService datasets;

    protected StatisticsService() {
    }

    public StatisticsService(StatisticsRepository statistics, DatasetService datasets) {
        this.statistics = statistics;
        this.datasets = datasets;
    }

    /**
     * The dataset's boxes by category, as they were counted a while ago at most; see {@link DatasetStatistics}.
     *
     * @throws NotFound if there is no such dataset
     */
    @PermitAll
    public DatasetStatistics ofDataset(long dataset) {
        datasets.get(dataset);
        return fresh(dataset).orElseGet(() -> {
            statistics.lock(dataset);
            // Whoever had the lock before has just counted.
            return fresh(dataset).orElseGet(() -> count(dataset));
        });
    }

    private Optional<DatasetStatistics> fresh(long dataset) {
        return statistics.find(dataset).filter(kept -> kept.isFresh(Instant.now()));
    }

    private DatasetStatistics count(long dataset) {
        Instant began = Instant.now();
        BoxStatistics counted = statistics.count(dataset);
        DatasetStatistics kept = new DatasetStatistics(dataset, counted, began, Duration.between(began, Instant.now()));
        statistics.put(kept);
        return kept;
    }
}
