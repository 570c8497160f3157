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

    /**
     * How unlike others of its category a box is in size and shape: the sum of the squared standard scores of the logarithms of its area and of
     * its ratio of width to height.
     */
    private static final String UNLIKE = """
            with boxes as materialized (
              select a.id, ln(greatest(a.width * a.height, 1)) as size, ln(greatest(a.width, 1) / greatest(a.height, 1)) as shape
                from annotations a where %s),
            spread as (select avg(size) as size, stddev_pop(size) as sizes, avg(shape) as shape, stddev_pop(shape) as shapes from boxes)
            select id, rank from (
              select b.id, coalesce(power((b.size - s.size) / nullif(s.sizes, 0), 2), 0) + coalesce(power((b.shape - s.shape) / nullif(s.shapes, 0), 2), 0)
                     as rank from boxes b cross join spread s) ranked
            """.formatted(OPEN);

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected CropRepository() {
    }

    public CropRepository(EntityManager entities) {
        this.entities = entities;
    }

    /** Where a page begins: after the proposal of this rank and id. */
    record Place(double rank, long id) {
    }

    long count(long dataset, long category) {
        return ((Number) entities.createNativeQuery("select count(*) from annotations a where " + OPEN).setParameter("dataset", dataset)
                .setParameter("category", category).getSingleResult()).longValue();
    }

    /**
     * By score.
     *
     * @param after null for the first page
     */
    List<Crop> byScore(long dataset, long category, boolean lowestFirst, Place after, int limit) {
        String direction = lowestFirst ? " asc" : " desc";
        return page("select a.id, a.score from annotations a where " + OPEN + (after == null ? "" : " and (a.score, a.id) " + (lowestFirst ? ">" : "<")
                + " (:rank, :id)") + " order by a.score" + direction + ", a.id" + direction + " limit :limit", dataset, category, after, limit);
    }

    /** Those least like the others first. */
    List<Crop> unlike(long dataset, long category, Place after, int limit) {
        return page(UNLIKE + (after == null ? "" : " where (rank, id) < (:rank, :id)") + " order by rank desc, id desc limit :limit", dataset, category, after,
                limit);
    }

    private List<Crop> page(String sql, long dataset, long category, Place after, int limit) {
        Query query = entities.createNativeQuery(sql).setParameter("dataset", dataset).setParameter("category", category).setParameter("limit", limit);
        if (after != null) {
            query.setParameter("rank", after.rank).setParameter("id", after.id);
        }
        List<Place> places = ((List<?>) query.getResultList()).stream().map(Object[].class::cast)
                .map(row -> new Place(((Number) row[1]).doubleValue(), ((Number) row[0]).longValue())).toList();
        if (places.isEmpty()) {
            return List.of();
        }
        Map<Long, Crop> found = entities.createQuery("select a, i from Annotation a join Image i on i.id = a.imageId where a.id in :ids", Object[].class)
                .setParameter("ids", places.stream().map(Place::id).toList()).getResultStream()
                .map(row -> new Crop((Annotation) row[0], (Image) row[1], 0)).collect(Collectors.toMap(crop -> crop.annotation().id(), Function.identity()));
        return places.stream().map(place -> new Crop(found.get(place.id).annotation(), found.get(place.id).image(), place.rank)).toList();
    }
}
