package dev.gleaner.review;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluation.AreaRange;
import dev.gleaner.labeling.LabelingRules;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Query;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds images for a queue among any number. Every query goes by category and score through {@code annotations_open}, so what it takes
 * depends on what is asked for; only drawing by lot has to pass all open proposals. Every call joins the caller's transaction.
 */
@ApplicationScoped
public class QueueCandidates {

    /** Boxes that came with a dataset and decided images that are looked at for checks. */
    private static final int CHECKED = 50_000;

    private static final String OPEN = "a.dataset_id = :dataset and a.status = 'PROPOSED' and a.score between :least and :most";

    /** The scores nearest to its threshold, of each category; an image is as near as its nearest box. */
    private static final String NEAR = """
            select image_id, category_id, score, threshold from (
              select distinct on (n.image_id) n.image_id, c.id as category_id, n.score, n.threshold, abs(n.score - n.threshold) as distance
                from (select id, coalesce(threshold, :fallback) as threshold from categories where id = any(cast(:categories as bigint[]))) c
                cross join lateral (
                  (select a.image_id, a.score, c.threshold from annotations a where %1$s and a.category_id = c.id and a.score >= c.threshold
                    order by a.score limit :each)
                  union all
                  (select a.image_id, a.score, c.threshold from annotations a where %1$s and a.category_id = c.id and a.score < c.threshold
                    order by a.score desc limit :each)) n
               order by n.image_id, distance) nearest
             order by distance, image_id limit :images
            """;

    private static final String BY_LOT = """
            select image_id, 0, 0, 0 from (select distinct a.image_id from annotations a
              where %1$s and a.category_id = any(cast(:categories as bigint[]))) i
             order by hashint8extended(image_id, :seed), image_id limit :images
            """;

    /** The first of each category, then the second of each, and so on. */
    private static final String STRATIFIED = """
            select image_id, category_id, 0, 0 from (
              select distinct on (image_id) image_id, category_id, turn from (
                select image_id, category_id,
                       row_number() over (partition by category_id order by hashint8extended(image_id, :seed), image_id) as turn
                  from (select distinct a.image_id, a.category_id from annotations a
                         where %1$s and a.category_id = any(cast(:categories as bigint[]))) pairs) turns
               order by image_id, turn, category_id) firsts
             order by turn, hashint8extended(category_id, :seed), image_id limit :images
            """;

    /** Images that came with boxes, or that were decided about until nothing was left open, on which some model proposed something. */
    private static final String KNOWN = """
            select known.image_id from (
              (select image_id from annotations where dataset_id = :dataset and status = 'IMPORTED' order by id limit :looked)
              union
              (select i.image_id from review_queues q join review_items i on i.queue_id = q.id
                where q.dataset_id = :dataset and i.status = 'DONE' and i.kind = 'WORK'
                  and not exists (select 1 from annotations o where o.image_id = i.image_id and o.status = 'PROPOSED')
                limit :looked)) known
             where exists (select 1 from annotations p where p.image_id = known.image_id and p.labeling_run_id is not null
                           and p.status in ('PROPOSED', 'ACCEPTED', 'CORRECTED', 'REJECTED'))
             order by hashint8extended(known.image_id, :seed), known.image_id limit :images
            """;

    /** By category, and in all where the category is null. Images whose truth is known are left out: a queue takes them for checks. */
    private static final String COUNTED = """
            select category_id, count(distinct image_id), count(*), (select count(*) from looked) from looked
             where image_id <> all(cast(:known as bigint[])) group by grouping sets ((category_id), ())
            """;

    private static final String LOOKED = """
            with looked as materialized (select a.category_id, a.image_id from annotations a
              where %1$s and a.category_id = any(cast(:categories as bigint[])) limit :images)
            """;

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected QueueCandidates() {
    }

    public QueueCandidates(EntityManager entities) {
        this.entities = entities;
    }

    /** An image with open proposals, and which of them speaks for it; without a score where it was drawn by lot. */
    record Candidate(long image, long category, double score, double threshold) {

        private static Candidate of(Object row) {
            Object[] columns = (Object[]) row;
            return new Candidate(((Number) columns[0]).longValue(), ((Number) columns[1]).longValue(), ((Number) columns[2]).doubleValue(),
                    ((Number) columns[3]).doubleValue());
        }
    }

    /**
     * Images whose scores are nearest to their categories' thresholds, nearest first.
     *
     * @param categories ids of those that are asked about
     */
    List<Candidate> near(long dataset, ReviewFilter filter, Collection<Long> categories, int images) {
        return found(open(NEAR, dataset, filter, categories, images).setParameter("fallback", LabelingRules.DEFAULT_THRESHOLD)
                .setParameter("each", 4 * images));
    }

    /** Images drawn by lot. */
    List<Candidate> byLot(long dataset, ReviewFilter filter, Collection<Long> categories, int images, long seed) {
        return found(open(BY_LOT, dataset, filter, categories, images).setParameter("seed", seed));
    }

    /** Images drawn by lot, all categories alike. */
    List<Candidate> stratified(long dataset, ReviewFilter filter, Collection<Long> categories, int images, long seed) {
        return found(open(STRATIFIED, dataset, filter, categories, images).setParameter("seed", seed));
    }

    /** Open proposals and their images; {@code category} is null for all of them together. */
    record Count(Long category, int images, int boxes, int looked) {

        private static Count of(Object row) {
            Object[] columns = (Object[]) row;
            return new Count(columns[0] == null ? null : ((Number) columns[0]).longValue(), ((Number) columns[1]).intValue(),
                    ((Number) columns[2]).intValue(), ((Number) columns[3]).intValue());
        }
    }

    /**
     * Counts what the filter lets through, by category and in all.
     *
     * @param known images to leave out
     * @param most  how many proposals are looked at
     */
    List<Count> counts(long dataset, ReviewFilter filter, Collection<Long> categories, Collection<Long> known, int most) {
        return ((List<?>) open(LOOKED + COUNTED, dataset, filter, categories, most).setParameter("known", array(known)).getResultList()).stream()
                .map(Count::of).toList();
    }

    private Query open(String sql, long dataset, ReviewFilter filter, Collection<Long> categories, int images) {
        return entities.createNativeQuery(sql.formatted(OPEN + conditions(filter))).setParameter("dataset", dataset)
                .setParameter("least", filter.least() == null ? 0.0 : filter.least()).setParameter("most", filter.most() == null ? 1.0 : filter.most())
                .setParameter("images", images).setParameter("categories", array(categories));
    }

    private static String array(Collection<Long> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }

    private static String conditions(ReviewFilter filter) {
        return (filter.modelVersion() == null ? "" : " and a.model_version_id = " + filter.modelVersion())
                + (filter.run() == null ? "" : " and a.labeling_run_id = " + filter.run())
                + (filter.sizes().isEmpty() ? "" : filter.sizes().stream().map(QueueCandidates::between).collect(Collectors.joining(" or ", " and (", ")")));
    }

    private static String between(AreaRange size) {
        return "a.width * a.height between " + size.least() + " and " + size.most();
    }

    private static List<Candidate> found(Query query) {
        return ((List<?>) query.getResultList()).stream().map(Candidate::of).toList();
    }

    /** Images drawn by lot whose truth is known, and on which a model proposed something. */
    List<Long> known(long dataset, int images, long seed) {
        return ((List<?>) entities.createNativeQuery(KNOWN).setParameter("dataset", dataset).setParameter("looked", CHECKED)
                .setParameter("images", images).setParameter("seed", seed).getResultList()).stream().map(id -> ((Number) id).longValue()).toList();
    }

    List<Image> images(Collection<Long> ids) {
        return entities.createQuery("select i from Image i where i.id in :ids", Image.class).setParameter("ids", ids).getResultList();
    }

    /** The newest boxes of the dataset that reviewers decided about, at most {@code limit} of each status. */
    List<Annotation> decided(long dataset, int limit) {
        return List.of(Annotation.Status.ACCEPTED, Annotation.Status.CORRECTED, Annotation.Status.REJECTED).stream()
                .flatMap(status -> entities.createQuery("select a from Annotation a where a.datasetId = :dataset and a.status = :status order by a.id desc",
                        Annotation.class).setParameter("dataset", dataset).setParameter("status", status).setMaxResults(limit).getResultStream()).toList();
    }

    /** The model version that a training round made; empty if there is no such round, or it made none. */
    Optional<Long> ofRound(long project, long round) {
        return entities.createQuery("select r.candidateId from TrainingRound r where r.id = :round and r.projectId = :project and r.candidateId is not null",
                Long.class).setParameter("round", round).setParameter("project", project).getResultStream().findFirst();
    }
}
