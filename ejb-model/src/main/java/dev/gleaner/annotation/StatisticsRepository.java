package dev.gleaner.annotation;

import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.BoxStatistics.OfCategory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts a dataset's boxes, and keeps what was counted. Every call joins the caller's transaction. */
@ApplicationScoped
public class StatisticsRepository {

    /** Tells the locks apart that several counts of one dataset wait on. */
    private static final int LOCKS = 0x53544154;

    /** A row for each that has boxes; a box without a score has none. */
    private static final String COUNTS = """
            select c.name, counted.status, counted.size, counted.bin, counted.boxes
              from (select category_id, status,
                           case when width * height < 32 * 32 then 0 when width * height < 96 * 96 then 1 else 2 end as size,
                           case when score is not null then least(floor(score * :bins), :bins - 1)::int end as bin, count(*) as boxes
                      from annotations where dataset_id = :dataset and status <> 'SUPERSEDED' group by 1, 2, 3, 4) counted
              join categories c on c.id = counted.category_id
            """;

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected StatisticsRepository() {
    }

    public StatisticsRepository(EntityManager entities) {
        this.entities = entities;
    }

    /** What was counted last, as it stands in the database now. */
    Optional<DatasetStatistics> find(long dataset) {
        Optional<DatasetStatistics> kept = Optional.ofNullable(entities.find(DatasetStatistics.class, dataset));
        kept.ifPresent(entities::refresh);
        return kept;
    }

    /** Waits until nobody else counts the dataset's boxes; until the transaction ends, others wait. */
    void lock(long dataset) {
        entities.createNativeQuery("select 1 from pg_advisory_xact_lock(:locks, :dataset)").setParameter("locks", LOCKS)
                .setParameter("dataset", Math.toIntExact(dataset % Integer.MAX_VALUE)).getSingleResult();
    }

    void put(DatasetStatistics statistics) {
        entities.merge(statistics);
    }

    BoxStatistics count(long dataset) {
        Map<String, Tally> tallies = new TreeMap<>();
        for (Object row : entities.createNativeQuery(COUNTS).setParameter("dataset", dataset).setParameter("bins", BoxStatistics.BINS).getResultList()) {
            Object[] columns = (Object[]) row;
            tallies.computeIfAbsent((String) columns[0], name -> new Tally()).add(Status.valueOf((String) columns[1]), ((Number) columns[2]).intValue(),
                    (Number) columns[3], ((Number) columns[4]).longValue());
        }
        List<OfCategory> categories = new ArrayList<>();
        tallies.forEach((name, tally) -> categories.add(tally.of(name)));
        return new BoxStatistics(categories);
    }

    /** The counts of a category as they come in. */
    private static final class Tally {

        private final long[] statuses = new long[Status.values().length];
        private final long[] sizes = new long[3];
        private final Long[] scores = new Long[BoxStatistics.BINS];

        private Tally() {
            Arrays.fill(scores, 0L);
        }

        private void add(Status status, int size, Number bin, long boxes) {
            statuses[status.ordinal()] += boxes;
            if (Status.STANDING.contains(status)) {
                sizes[size] += boxes;
            }
            if (bin != null) {
                scores[bin.intValue()] += boxes;
            }
        }

        private OfCategory of(String category) {
            return new OfCategory(category, boxes(Status.IMPORTED), boxes(Status.PROPOSED), boxes(Status.ACCEPTED), boxes(Status.CORRECTED),
                    boxes(Status.REJECTED), sizes[0], sizes[1], sizes[2], List.of(scores));
        }

        private long boxes(Status status) {
            return statuses[status.ordinal()];
        }
    }
}
