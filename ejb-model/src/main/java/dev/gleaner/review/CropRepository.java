package dev.gleaner.review;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Image;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Query;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Open proposals of one category of a dataset, sorted for a gallery. Every call joins the caller's transaction. */
@ApplicationScoped
public class CropRepository {

    private static final String OPEN = "a.dataset_id = :dataset and a.category_id = :category and a.status = 'PROPOSED'";
    private static final String SIZE = "ln(greatest(a.width * a.height, 1))";
    private static final String SHAPE = "ln(greatest(a.width, 1) / greatest(a.height, 1))";

    /** The squared standard scores of an open proposal's size and shape, added up. */
    private static final String UNLIKE = "(power((" + SIZE + " - :size) / :sizes, 2) + power((" + SHAPE + " - :shape) / :shapes, 2))";

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected CropRepository() {
    }

    public CropRepository(EntityManager entities) {
        this.entities = entities;
    }

    /** Where a page begins or ends: at the proposal of this rank and id. */
    record Place(double rank, long id) {
    }

    /** Which open proposals are shown; {@code least} and {@code most} are scores, null for no end. */
    record Band(long dataset, long category, Double least, Double most) {

        private String condition() {
            return OPEN + (least == null ? "" : " and a.score >= :least") + (most == null ? "" : " and a.score <= :most");
        }

        private Query bind(Query query) {
            query.setParameter("dataset", dataset).setParameter("category", category);
            if (least != null) {
                query.setParameter("least", least);
            }
            return most == null ? query : query.setParameter("most", most);
        }
    }

    /**
     * How sizes and shapes of a category's open proposals are spread: means and standard deviations of the logarithms of areas and of ratios of
     * width to height.
     */
    record Spread(double size, double sizes, double shape, double shapes) {

        private void bind(Query query) {
            // Where all are alike none is unlike the others.
            query.setParameter("size", size).setParameter("sizes", sizes > 0 ? sizes : 1).setParameter("shape", shape)
                    .setParameter("shapes", shapes > 0 ? shapes : 1);
        }
    }

    /** How proposals are sorted; {@code unlike} is null if it is by score. */
    record Order(boolean ascending, Spread unlike) {

        private String rank() {
            return unlike == null ? "a.score" : UNLIKE;
        }

        private String by() {
            String direction = ascending ? " asc" : " desc";
            return rank() + direction + ", a.id" + direction;
        }
    }

    /** How many open proposals a category has, not counted beyond a limit. */
    record OpenCount(String category, int open) {
    }

    List<OpenCount> categories(long project, long dataset, int most) {
        return ((List<?>) entities.createNativeQuery("""
                select c.name, n.open from categories c cross join lateral (select count(*) as open from (select 1 from annotations a
                  where a.dataset_id = :dataset and a.category_id = c.id and a.status = 'PROPOSED' limit :most) counted) n
                where c.project_id = :project and n.open > 0 order by c.name""").setParameter("dataset", dataset).setParameter("project", project)
                .setParameter("most", most).getResultList()).stream().map(Object[].class::cast)
                .map(row -> new OpenCount((String) row[0], ((Number) row[1]).intValue())).toList();
    }

    long count(Band band) {
        return ((Number) band.bind(entities.createNativeQuery("select count(*) from annotations a where " + band.condition())).getSingleResult()).longValue();
    }

    /** Of all of the category's, whatever their scores. */
    Spread spread(long dataset, long category) {
        Object[] row = (Object[]) entities.createNativeQuery(("select avg(%1$s), stddev_pop(%1$s), avg(%2$s), stddev_pop(%2$s) from annotations a where "
                + OPEN).formatted(SIZE, SHAPE)).setParameter("dataset", dataset).setParameter("category", category).getSingleResult();
        return row[0] == null ? new Spread(0, 0, 0, 0) : new Spread(((Number) row[0]).doubleValue(), ((Number) row[1]).doubleValue(),
                ((Number) row[2]).doubleValue(), ((Number) row[3]).doubleValue());
    }

    /**
     * Proposals in their order.
     *
     * @param after null for from the first one
     * @param until the last one that may be among them; null for all
     */
    List<Crop> page(Band band, Order order, Place after, Place until, int limit) {
        String rank = order.rank();
        Query query = band.bind(entities.createNativeQuery("select " + rank + ", a.id from annotations a where " + band.condition()
                + (after == null ? "" : " and (" + rank + ", a.id) " + (order.ascending ? ">" : "<") + " (:after, :afterId)")
                + (until == null ? "" : " and (" + rank + ", a.id) " + (order.ascending ? "<=" : ">=") + " (:until, :untilId)")
                + " order by " + order.by() + " limit :limit")).setParameter("limit", limit);
        if (after != null) {
            query.setParameter("after", after.rank).setParameter("afterId", after.id);
        }
        if (until != null) {
            query.setParameter("until", until.rank).setParameter("untilId", until.id);
        }
        return crops(places(query, order));
    }

    /** Every so many proposals in their order, the place of one: where pages of that size end. */
    List<Place> places(Band band, Order order, int step) {
        return places(band.bind(entities.createNativeQuery("select rank, id from (select " + order.rank() + " as rank, a.id, row_number() over (order by "
                + order.by() + ") as number from annotations a where " + band.condition() + ") numbered where number % :step = 0 order by number"))
                .setParameter("step", step), order);
    }

    private static List<Place> places(Query query, Order order) {
        if (order.unlike != null) {
            order.unlike.bind(query);
        }
        return ((List<?>) query.getResultList()).stream().map(Object[].class::cast)
                .map(row -> new Place(((Number) row[0]).doubleValue(), ((Number) row[1]).longValue())).toList();
    }

    private List<Crop> crops(List<Place> places) {
        if (places.isEmpty()) {
            return List.of();
        }
        Map<Long, Crop> found = entities.createQuery("select a, i from Annotation a join Image i on i.id = a.imageId where a.id in :ids", Object[].class)
                .setParameter("ids", places.stream().map(Place::id).toList()).getResultStream()
                .map(row -> new Crop((Annotation) row[0], (Image) row[1], 0)).collect(Collectors.toMap(crop -> crop.annotation().id(), Function.identity()));
        return places.stream().map(place -> new Crop(found.get(place.id).annotation(), found.get(place.id).image(), place.rank)).toList();
    }
}
