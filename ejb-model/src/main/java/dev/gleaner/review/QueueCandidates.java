package dev.gleaner.review;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.evaluation.AreaRange;
import dev.gleaner.labeling.LabelingRules;
import dev.gleaner.labeling.LabelingRun;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Query;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds images for a queue among any number. Every query goes through {@code annotations_open} by category and score, or through
 * {@code annotations_lot} or {@code images_lot} by lot, in each dataset, or looks at a bounded number of boxes; so what it takes depends on what is asked for and
 * not on what is there, unless a filter lets little of it through. Every call joins the caller's transaction.
 */
@ApplicationScoped
public class QueueCandidates {

    /** Boxes that came with a dataset and decided images that are looked at for checks. */
    private static final int CHECKED = 50_000;
    /** Images that lots are drawn of; of fewer than these, a queue of another seed is another lot altogether. */
    private static final int DRAWN_OF = 5_000;
    /** Superseded boxes that are looked at for what a newer model does not find any more. */
    private static final int LOST_LOOKED = 2_000;
    /** Runs whose looking at an image counts: the newest. */
    private static final int RUNS = 20;
    /** Boxes of each category and each side of its threshold that are looked at first. */
    private static final int FIRST_LOOK = 50;

    private static final String OPEN = "a.status = 'PROPOSED' and a.score between :least and :most";

    /** Each dataset is looked into by itself, or no index would have the order over all of them. */
    private static final String DATASETS = "unnest(cast(:datasets as bigint[])) as d(id)";

    /**
     * The scores nearest to its threshold, of each category; an image is as near as its nearest box. Of each category, dataset and side as many as
     * {@code each} are looked at; so images count only as far as all sides were looked at, and {@code everything} says that none had more.
     */
    private static final String NEAR = """
            with near as materialized (
              select c.id as category_id, d.id as dataset_id, c.threshold, n.image_id, n.score, abs(n.score - c.threshold) as distance, n.below
                from (select id, coalesce(threshold, :fallback) as threshold from categories where id = any(cast(:categories as bigint[]))) c
                cross join %2$s cross join lateral (
                  (select a.image_id, a.score, false as below from annotations a where a.dataset_id = d.id and %1$s and a.category_id = c.id and a.score >= c.threshold
                    order by a.score, a.id limit :each)
                  union all
                  (select a.image_id, a.score, true as below from annotations a where a.dataset_id = d.id and %1$s and a.category_id = c.id and a.score < c.threshold
                    order by a.score desc, a.id desc limit :each)) n),
            seen as (
              select min(furthest) as distance from (
                select max(distance) as furthest from near group by category_id, dataset_id, below having count(*) = :each) sides)
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
               select l.* from %2$s cross join lateral (
                 (select distinct 0 as turn, hashint8extended(a.image_id, 0) as lot, a.image_id from annotations a where a.dataset_id = d.id and %1$s
                     and a.category_id = c.id and hashint8extended(a.image_id, 0) >= :start order by lot, a.image_id limit :drawn)
                 union all
                 (select distinct 1 as turn, hashint8extended(a.image_id, 0) as lot, a.image_id from annotations a where a.dataset_id = d.id and %1$s
                     and a.category_id = c.id and hashint8extended(a.image_id, 0) < :start order by lot, a.image_id limit :drawn)) l
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

    /** That a run looked at an image, or left a box on it; found by the image, however many others there are. */
    private static final String LABELED = """
            select i.id as image_id, hashint8extended(i.id, 0) as lot from images i cross join lateral (
              select 1 from (
                (select 1 from labeling_runs r join labeling_results l on l.run_id = r.id and l.image_id = i.id
                  where r.dataset_id = i.dataset_id and l.quarantine is null%1$s limit 1)
                union all
                (select 1 from annotations a where a.image_id = i.id and a.labeling_run_id is not null%2$s limit 1)) ways limit 1) looked
             where i.dataset_id = d.id%3$s
            """;

    /** As {@link #BY_LOT}, of all images that were labeled. */
    private static final String LABELED_BY_LOT = """
            select image_id, 0, 0, 0 from (
              select l.* from %2$s cross join lateral (
                (select 0 as turn, n.* from (%1$s and hashint8extended(i.id, 0) >= :start order by lot, i.id limit :drawn) n)
                union all
                (select 1 as turn, n.* from (%1$s and hashint8extended(i.id, 0) < :start order by lot, i.id limit :drawn) n)) l
               order by turn, lot, image_id limit :drawn) drawn
             order by hashint8extended(image_id, :seed), image_id limit :images
            """;

    /** Looked up for each image: joined, it would pass all open proposals. */
    private static final String NOTHING_OPEN = " and not exists (select 1 from annotations o where o.image_id = i.id and o.status = 'PROPOSED' offset 0)";

    /**
     * Images with open proposals on which an earlier model version found what no standing box is about: an overlap below 0.5 (the intersection is less
     * than a third of the sum of areas). As many of its boxes as {@code looked} are looked at, from one image on, round a circle.
     */
    private static final String LOST = """
            with looked as materialized (
              select s.* from %2$s cross join lateral (
                (select 0 as turn, a.* from annotations a where a.dataset_id = d.id and a.status = 'SUPERSEDED' and a.image_id >= :from
                  order by a.image_id limit :looked)
                union all
                (select 1 as turn, a.* from annotations a where a.dataset_id = d.id and a.status = 'SUPERSEDED' and a.image_id < :from
                  order by a.image_id limit :looked)) s
               order by turn, image_id limit :looked)
            select image_id, category_id, score, 0 from (
              select distinct on (l.image_id) l.image_id, l.category_id, coalesce(l.score, 0) as score from looked l
               where l.category_id = any(cast(:categories as bigint[]))
                 and exists (select 1 from annotations a where a.image_id = l.image_id and %1$s and a.category_id = any(cast(:categories as bigint[]))
                             and a.model_version_id is distinct from l.model_version_id offset 0)
                 and not exists (select 1 from annotations s where s.image_id = l.image_id and s.category_id = l.category_id and s.status <> 'SUPERSEDED'
                             and 3 * greatest(0, least(s.x + s.width, l.x + l.width) - greatest(s.x, l.x))
                                   * greatest(0, least(s.y + s.height, l.y + l.height) - greatest(s.y, l.y)) >= s.width * s.height + l.width * l.height)
               order by l.image_id, l.score desc, l.id) lost
             order by score desc, image_id limit :images
            """;

    /** Images that came with boxes, or that were decided about until nothing was left open, on which some model proposed something. */
    private static final String KNOWN = """
            select known.image_id from (
              (select i.image_id from %s cross join lateral (
                 select image_id from annotations where dataset_id = d.id and status = 'IMPORTED' order by id limit :each) i)
              union
              (select i.image_id from (
                 select i.image_id from (select id, dataset_id from review_queues where project_id = :project
                                            and (dataset_id is null or dataset_id = any(cast(:datasets as bigint[]))) order by id desc) q
                  cross join lateral (
                   select image_id from review_items where queue_id = q.id and status = 'DONE' and kind = 'WORK' order by place limit :looked) i
                  where q.dataset_id is not null
                     or exists (select 1 from images m where m.id = i.image_id and m.dataset_id = any(cast(:datasets as bigint[])) offset 0)
                  limit :looked) i
                where not exists (select 1 from annotations o where o.image_id = i.image_id and o.status = 'PROPOSED'))) known
             where exists (select 1 from annotations p where p.image_id = known.image_id and p.labeling_run_id is not null
                           and p.status in ('PROPOSED', 'ACCEPTED', 'CORRECTED', 'REJECTED'))
             order by hashint8extended(known.image_id, :seed), known.image_id limit :images
            """.formatted(DATASETS);

    /** By category, and in all where the category is null, without images that a queue takes for checks. */
    private static final String COUNTED = """
            select category_id, count(distinct image_id), count(*), (select count(*) from looked) from looked
             where image_id <> all(cast(:known as bigint[])) group by grouping sets ((category_id), ())
            """;

    private static final String LOOKED = """
            with looked as materialized (select o.category_id, o.image_id from %2$s cross join lateral (
              select a.category_id, a.image_id from annotations a where a.dataset_id = d.id and %1$s and a.category_id = any(cast(:categories as bigint[]))
               limit :images) o limit :images)
            """;

    /** Where the ids of images begin and end. */
    private static final String ENDS = """
            select min(n.first), max(n.last) from %s cross join lateral (
              select (select id from images where dataset_id = d.id order by id limit 1) as first,
                     (select id from images where dataset_id = d.id order by id desc limit 1) as last) n
            """.formatted(DATASETS);

    private static final String DECIDED = """
            select a.* from %s cross join lateral (
              select * from annotations where dataset_id = d.id and status = :status order by id desc limit :limit) a
             order by a.id desc limit :limit
            """.formatted(DATASETS);

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
    List<Candidate> near(Collection<Long> datasets, ReviewFilter filter, Collection<Long> categories, int images) {
        for (int each = Math.max(FIRST_LOOK, 4 * images / Math.max(1, categories.size() * datasets.size()));; each *= 4) {
            List<?> rows = open(NEAR, datasets, filter, categories, images).setParameter("fallback", LabelingRules.DEFAULT_THRESHOLD)
                    .setParameter("each", each).getResultList();
            if (rows.isEmpty() || rows.size() == images || (Boolean) ((Object[]) rows.get(0))[4]) {
                return rows.stream().map(Candidate::of).toList();
            }
        }
    }

    /** Images drawn by lot. */
    List<Candidate> byLot(Collection<Long> datasets, ReviewFilter filter, Collection<Long> categories, int images, long seed) {
        return drawn(BY_LOT, datasets, filter, categories, images, seed);
    }

    /** Images drawn by lot, all categories alike. */
    List<Candidate> stratified(Collection<Long> datasets, ReviewFilter filter, Collection<Long> categories, int images, long seed) {
        return drawn(STRATIFIED, datasets, filter, categories, images, seed);
    }

    /** A few images of each category, and as many of all, drawn by lot: each of {@code images} at most. */
    List<List<Candidate>> sampled(Collection<Long> datasets, ReviewFilter filter, Collection<Long> categories, int images, long seed) {
        return List.of(drawn(STRATIFIED, datasets, filter, categories, images, seed, images), drawn(BY_LOT, datasets, filter, categories, images, seed, images));
    }

    /** Images on which an earlier model version found what nothing stands for now, surest first. */
    List<Candidate> lost(Collection<Long> datasets, ReviewFilter filter, Collection<Long> categories, int images, long seed) {
        Object[] ends = (Object[]) entities.createNativeQuery(ENDS).setParameter("datasets", array(datasets)).getSingleResult();
        if (ends[0] == null) {
            return List.of();
        }
        long from = new SplittableRandom(seed).nextLong(((Number) ends[0]).longValue(), ((Number) ends[1]).longValue() + 1);
        return ((List<?>) open(LOST, datasets, filter, categories, images).setParameter("from", from).setParameter("looked", LOST_LOOKED).getResultList())
                .stream().map(Candidate::of).toList();
    }

    /** Images drawn by lot among all that were labeled; with {@code nothingOpen}, among those without an open proposal. */
    List<Candidate> labeled(Collection<Long> datasets, ReviewFilter filter, int images, long seed, boolean nothingOpen) {
        return ((List<?>) entities.createNativeQuery(LABELED_BY_LOT.formatted(labeled(filter, nothingOpen ? NOTHING_OPEN : ""), DATASETS))
                .setParameter("datasets", array(datasets)).setParameter("images", images).setParameter("drawn", nothingOpen ? images : Math.max(DRAWN_OF, images)).setParameter("start", new SplittableRandom(seed).nextLong())
                .setParameter("seed", seed).getResultList()).stream().map(Candidate::of).toList();
    }

    /** How many images were labeled; no more than {@code most} are counted. */
    int countLabeled(Collection<Long> datasets, ReviewFilter filter, int most) {
        return ((Number) entities.createNativeQuery("select count(*) from (select 1 from " + DATASETS + " cross join lateral (" + labeled(filter, "")
                + " limit :most) l limit :most) labeled").setParameter("datasets", array(datasets)).setParameter("most", most).getSingleResult()).intValue();
    }

    private static String labeled(ReviewFilter filter, String more) {
        String ofRun = (filter.modelVersion() == null ? "" : " and r.model_version_id = " + filter.modelVersion())
                + (filter.run() == null ? "" : " and r.id = " + filter.run());
        return LABELED.formatted(ofRun, conditions(filter), more);
    }

    /** The newest runs of a dataset, by id. */
    Map<Long, LabelingRun> runs(long dataset) {
        return entities.createQuery("select r from LabelingRun r where r.datasetId = :dataset order by r.id desc", LabelingRun.class)
                .setParameter("dataset", dataset).setMaxResults(RUNS).getResultStream().collect(Collectors.toMap(LabelingRun::id, Function.identity()));
    }

    /** Which of these runs looked at which of these images, by image. */
    Map<Long, List<Long>> lookedAt(Collection<Long> runs, Collection<Long> images) {
        if (runs.isEmpty()) {
            return Map.of();
        }
        return ((List<?>) entities.createNativeQuery("select l.image_id, l.run_id from labeling_results l where l.run_id = any(cast(:runs as bigint[]))"
                        + " and l.image_id = any(cast(:images as bigint[])) and l.quarantine is null")
                .setParameter("runs", array(runs)).setParameter("images", array(images)).getResultList()).stream().map(Object[].class::cast)
                .collect(Collectors.groupingBy(row -> ((Number) row[0]).longValue(), Collectors.mapping(row -> ((Number) row[1]).longValue(), Collectors.toList())));
    }

    private List<Candidate> drawn(String sql, Collection<Long> datasets, ReviewFilter filter, Collection<Long> categories, int images, long seed) {
        return drawn(sql, datasets, filter, categories, images, seed, Math.max(DRAWN_OF, images));
    }

    private List<Candidate> drawn(String sql, Collection<Long> datasets, ReviewFilter filter, Collection<Long> categories, int images, long seed, int of) {
        return ((List<?>) open(sql, datasets, filter, categories, images).setParameter("drawn", of)
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
    List<Count> counts(Collection<Long> datasets, ReviewFilter filter, Collection<Long> categories, Collection<Long> known, int most) {
        return ((List<?>) open(LOOKED + COUNTED, datasets, filter, categories, most).setParameter("known", array(known)).getResultList()).stream()
                .map(Count::of).toList();
    }

    private Query open(String sql, Collection<Long> datasets, ReviewFilter filter, Collection<Long> categories, int images) {
        return entities.createNativeQuery(sql.formatted(OPEN + conditions(filter), DATASETS)).setParameter("datasets", array(datasets))
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

    /** Images of a project's datasets, drawn by lot, whose truth is known, and on which a model proposed something. */
    List<Long> known(long project, Collection<Long> datasets, int images, long seed) {
        return ((List<?>) entities.createNativeQuery(KNOWN).setParameter("project", project).setParameter("datasets", array(datasets))
                .setParameter("looked", CHECKED).setParameter("each", (CHECKED + datasets.size() - 1) / datasets.size())
                .setParameter("images", images).setParameter("seed", seed).getResultList()).stream().map(id -> ((Number) id).longValue()).toList();
    }

    /** The newest boxes of the datasets that reviewers decided about, at most {@code limit} of each status. */
    List<Annotation> decided(Collection<Long> datasets, int limit) {
        List<Annotation> decided = new ArrayList<>();
        for (Annotation.Status status : List.of(Annotation.Status.ACCEPTED, Annotation.Status.CORRECTED, Annotation.Status.REJECTED)) {
            ((List<?>) entities.createNativeQuery(DECIDED, Annotation.class).setParameter("datasets", array(datasets)).setParameter("status", status.name())
                    .setParameter("limit", limit).getResultList()).forEach(box -> decided.add((Annotation) box));
        }
        return decided;
    }

    /** The datasets that a queue is made of: one, or all of its project that are there by now; by id. */
    List<Long> datasets(ReviewQueue queue) {
        return queue.datasetId().map(List::of).orElseGet(() -> ready(queue.projectId()));
    }

    /** The project's datasets that are READY, by id. */
    List<Long> ready(long project) {
        return entities.createQuery("select d.id from Dataset d where d.projectId = :project and d.status = :ready order by d.id", Long.class)
                .setParameter("project", project).setParameter("ready", Dataset.Status.READY).getResultList();
    }

    /** The model version that a training round made; empty if there is no such round, or it made none. */
    Optional<Long> ofRound(long project, long round) {
        return entities.createQuery("select r.candidateId from TrainingRound r where r.id = :round and r.projectId = :project and r.candidateId is not null",
                Long.class).setParameter("round", round).setParameter("project", project).getResultStream().findFirst();
    }
}
