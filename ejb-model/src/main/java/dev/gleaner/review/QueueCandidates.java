package dev.gleaner.review;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.evaluation.AreaRange;
import dev.gleaner.labeling.LabelingRules;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Query;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Finds images for a queue among any number. Every query goes through {@code annotations_open} by category and score, or through
 * {@code annotations_lot} by category and lot; so what it takes depends on what is asked for and not on what is there, unless a filter lets
 * little of it through. Every call joins the caller's transaction.
 */
@ApplicationScoped
public class QueueCandidates {

    /** Boxes that came with a dataset and decided images that are looked at for checks. */
    private static final int CHECKED = 50_000;
    /** Images that lots are drawn of; of fewer than these, a queue of another seed is another lot altogether. */
    private static final int DRAWN_OF = 5_000;
    /** Boxes of each category and each side of its threshold that are looked at first. */
    private static final int FIRST_LOOK = 50;

    private static final String OPEN = "a.dataset_id = :dataset and a.status = 'PROPOSED' and a.score between :least and :most";

    /**
     * The scores nearest to its threshold, of each category; an image is as near as its nearest box. Of each category and side as many as
     * {@code each} are looked at; so images count only as far as all sides were looked at, and {@code everything} says that none had more.
     */
    private static final String NEAR = """
            with near as materialized (
              select c.id as category_id, c.threshold, n.image_id, n.score, abs(n.score - c.threshold) as distance, n.below
                from (select id, coalesce(threshold, :fallback) as threshold from categories where id = any(cast(:categories as bigint[]))) c
                cross join lateral (
                  (select a.image_id, a.score, false as below from annotations a where %1$s and a.category_id = c.id and a.score >= c.threshold
                    order by a.score, a.id limit :each)
                  union all
                  (select a.image_id, a.score, true as below from annotations a where %1$s and a.category_id = c.id and a.score < c.threshold
                    order by a.score desc, a.id desc limit :each)) n),
            seen as (
              select min(furthest) as distance from (
                select max(distance) as furthest from near group by category_id, below having count(*) = :each) sides)
            select image_id, category_id, score, threshold, everything from (
              select distinct on (n.image_id) n.image_id, n.category_id, n.score, n.threshold, n.distance, s.distance is null as everything
                from near n cross join seen s where s.distance is null or n.distance <= s.distance
               order by n.image_id, n.distance, n.category_id) nearest
             order by distance, image_id limit :images
            """;

    /**
     * Images of each category by lot: the first {@code drawn} from {@code start} on, round a circle. Each image has its lot once and for all, which is
     * a hash of its id; where the seed says to begin, the next images are a simple random sample (permanent random numbers; Ohlsson 1995).
     */
    private static final String LOTS = """
            select c.id as category_id, n.turn, n.lot, n.image_id
              from unnest(cast(:categories as bigint[])) as c(id)
             cross join lateral (
               (select distinct 0 as turn, hashint8extended(a.image_id, 0) as lot, a.image_id from annotations a
                 where %1$s and a.category_id = c.id and hashint8extended(a.image_id, 0) >= :start order by lot, a.image_id limit :drawn)
               union all
               (select distinct 1 as turn, hashint8extended(a.image_id, 0) as lot, a.image_id from annotations a
                 where %1$s and a.category_id = c.id and hashint8extended(a.image_id, 0) < :start order by lot, a.image_id limit :drawn)
               order by turn, lot, image_id limit :drawn) n
            """;

    private static final String BY_LOT = """
            select image_id, 0, 0, 0 from (
              select distinct turn, lot, image_id from (%s) lots order by turn, lot, image_id limit :drawn) drawn
             order by hashint8extended(image_id, :seed), image_id limit :images
            """.formatted(LOTS);

    /** The first of each category, then the second of each, and so on. */
    private static final String STRATIFIED = """
            select image_id, category_id, 0, 0 from (
              select distinct on (image_id) image_id, category_id, turn from (
                select image_id, category_id,
                       row_number() over (partition by category_id order by hashint8extended(image_id, :seed), image_id) as turn
                  from (%s) lots) turns
               order by image_id, turn, category_id) firsts
             order by turn, hashint8extended(category_id, :seed), image_id limit :images
            """.formatted(LOTS);

    /** Images that came with boxes, or that were decided about until nothing was left open, on which some model proposed something. */
    private static final String KNOWN = """
            select known.image_id from (
              (select image_id from annotations where dataset_id = :dataset and status = 'IMPORTED' order by id limit :looked)
              union
              (select i.image_id from (
                 select i.image_id from (select id from review_queues where dataset_id = :dataset order by id desc) q cross join lateral (
                   select image_id from review_items where queue_id = q.id and status = 'DONE' and kind = 'WORK' order by place limit :looked) i
                  limit :looked) i
                where not exists (select 1 from annotations o where o.image_id = i.image_id and o.status = 'PROPOSED'))) known
             where exists (select 1 from annotations p where p.image_id = known.image_id and p.labeling_run_id is not null
                           and p.status in ('PROPOSED', 'ACCEPTED', 'CORRECTED', 'REJECTED'))
             order by hashint8extended(known.image_id, :seed), known.image_id limit :images
            """;

    /** By category, and in all where the category is null, without images that a queue takes for checks. */
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
        for (int each = Math.max(FIRST_LOOK, 4 * images / Math.max(1, categories.size()));; each *= 4) {
            List<?> rows = open(NEAR, dataset, filter, categories, images).setParameter("fallback", LabelingRules.DEFAULT_THRESHOLD)
                    .setParameter("each", each).getResultList();
            if (rows.isEmpty() || rows.size() == images || (Boolean) ((Object[]) rows.get(0))[4]) {
                return rows.stream().map(Candidate::of).toList();
            }
        }
    }

    /** Images drawn by lot. */
    List<Candidate> byLot(long dataset, ReviewFilter filter, Collection<Long> categories, int images, long seed) {
        return drawn(BY_LOT, dataset, filter, categories, images, seed);
    }

    /** Images drawn by lot, all categories alike. */
    List<Candidate> stratified(long dataset, ReviewFilter filter, Collection<Long> categories, int images, long seed) {
        return drawn(STRATIFIED, dataset, filter, categories, images, seed);
    }

    private List<Candidate> drawn(String sql, long dataset, ReviewFilter filter, Collection<Long> categories, int images, long seed) {
        return ((List<?>) open(sql, dataset, filter, categories, images).setParameter("drawn", Math.max(DRAWN_OF, images))
                .setParameter("start", new SplittableRandom(seed).nextLong()).setParameter("seed", seed).getResultList()).stream().map(Candidate::of).toList();
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

    /** Images drawn by lot whose truth is known, and on which a model proposed something. */
    List<Long> known(long dataset, int images, long seed) {
        return ((List<?>) entities.createNativeQuery(KNOWN).setParameter("dataset", dataset).setParameter("looked", CHECKED)
                .setParameter("images", images).setParameter("seed", seed).getResultList()).stream().map(id -> ((Number) id).longValue()).toList();
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
