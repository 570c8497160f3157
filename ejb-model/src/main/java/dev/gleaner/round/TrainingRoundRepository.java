package dev.gleaner.round;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluationrun.GoldSnapshot;
import dev.gleaner.finetune.GroundedCaption;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.round.RoundImage.Role;
import dev.gleaner.round.TrainingRound.Phase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Rounds, their images and their teachers' boxes. Every call joins the caller's transaction. */
@ApplicationScoped
public class TrainingRoundRepository {

    private static final Set<Annotation.Status> DECIDED = Set.of(Annotation.Status.ACCEPTED, Annotation.Status.CORRECTED, Annotation.Status.REJECTED);

    /**
     * What reviewers decided about on each image of the round. Who gives a box another category, or moves it away, has said as well that
     * what was proposed is not there.
     */
    private static final String FREEZE_DECISIONS = """
            with decisions as (
                select a.id, a.image_id, a.category_id as category, a.x, a.y, a.width, a.height, a.is_crowd as crowd, a.status = 'REJECTED' as rejected,
                       a.original
                  from annotations a join training_round_images i on i.image_id = a.image_id and i.round_id = :round
                 where a.status in (:decided)),
            proposals as (
                select d.id, d.image_id, d.category as now, o.category, o.x, o.y, o.width, o.height,
                       greatest(0, least(o.x + o.width, d.x + d.width) - greatest(o.x, d.x))
                           * greatest(0, least(o.y + o.height, d.y + d.height) - greatest(o.y, d.y)) as shared,
                       o.width * o.height + d.width * d.height as areas
                  from decisions d cross join lateral jsonb_to_record(d.original)
                       as o(category bigint, x double precision, y double precision, width double precision, height double precision)
                 where d.original is not null),
            said as (
                select id, image_id, category, x, y, width, height, crowd, rejected from decisions
                union all
                select id, image_id, category, x, y, width, height, false, true from proposals where category <> now or 3 * shared < areas)
            update training_round_images r set rejected = s.rejected, decided = s.decided
              from (select image_id, array_agg(distinct category) as decided,
                           coalesce(jsonb_agg(jsonb_build_object('id', id, 'category', category, 'x', x, 'y', y, 'width', width,
                               'height', height, 'crowd', crowd) order by id, category) filter (where rejected), '[]') as rejected
                      from said where category in (:categories) group by image_id) s
             where r.round_id = :round and r.image_id = s.image_id
            """;

    /**
     * Of boxes that were decided about one by one nobody said that there are no others: in a gallery, or by a file that names them. Whoever ends an item
     * of a queue, or hands in an image in another program, did; of a queue that asks for some categories, or a program that knows some, for these. That
     * there is nothing at all is said in the same way, of an image without a box.
     */
    private static final String THROUGH = """
            with said as (
                select image_id, max(decided_at) as at from whole_image_decisions where dataset_id = :dataset group by image_id),
            decided as (
                select s.image_id, s.at, max(a.labeling_run_id) as run
                  from said s left join annotations a on a.image_id = s.image_id and a.status in (:decided) group by s.image_id, s.at)
            select d.image_id from decided d where not exists (
                select 1 from annotations o where o.image_id = d.image_id and (o.status in ('PROPOSED', 'SUPERSEDED') and o.labeling_run_id = d.run
                    or o.status = 'PROPOSED' and d.run is null and o.created_at <= d.at))
               and not exists (
                select 1 from unnest(cast(:categories as bigint[])) as asked(category) where not exists (
                    select 1 from whole_image_decisions e where e.image_id = d.image_id
                       and (e.categories = '[]' or e.categories @> to_jsonb(asked.category))))
            """;

    /**
     * Images for the teacher of which somebody said that nothing of some categories is missing: the item was of a queue for these alone, or the image shows
     * nothing. What was proposed since changes nothing in that.
     */
    private static final String FREEZE_COMPLETE = """
            update training_round_images r set complete = s.categories
              from (select i.image_id, array_agg(distinct asked.category order by asked.category) as categories
                      from training_round_images i join whole_image_decisions e on e.image_id = i.image_id
                      cross join unnest(cast(:categories as bigint[])) as asked(category)
                     where i.round_id = :round and i.role = 'UNLABELLED' and (e.categories = '[]' or e.categories @> to_jsonb(asked.category))
                       and not exists (select 1 from annotations o where o.image_id = i.image_id and o.category_id = asked.category and o.status = 'PROPOSED'
                           and o.created_at <= e.decided_at)
                     group by i.image_id) s
             where r.round_id = :round and r.image_id = s.image_id
            """;

    private static final String LEARNT = """
            with recursive lineage (id) as (
                select cast(:version as bigint)
                union
                select v.parent_id from model_versions v join lineage l on l.id = v.id where v.parent_id is not null)
            select distinct i.sha256 from fine_tunes f join lineage l on l.id = f.model_version_id join fine_tune_images i on i.fine_tune_id = f.id
             where i.sha256 = any(cast(:contents as text[]))
            """;

    private static final String HISTOGRAM = """
            select least(:bins - 1, cast(floor(score * :bins) as integer)), count(*) from training_round_boxes where round_id = :round group by 1
            """;

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected TrainingRoundRepository() {
    }

    public TrainingRoundRepository(EntityManager entities) {
        this.entities = entities;
    }

    void add(TrainingRound round) {
        entities.persist(round);
        entities.flush();
    }

    Optional<TrainingRound> find(long id) {
        return Optional.ofNullable(entities.find(TrainingRound.class, id));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    Optional<TrainingRound> lock(long id) {
        Optional<TrainingRound> round = Optional.ofNullable(entities.find(TrainingRound.class, id, LockModeType.PESSIMISTIC_WRITE));
        round.ifPresent(entities::refresh);
        return round;
    }

    /**
     * The round, locked, for the attempt that is at work on it.
     *
     * @throws SupersededAttempt if another server has taken it up since, or it is at rest
     */
    TrainingRound current(long id, int attempt) {
        TrainingRound round = lock(id).orElseThrow();
        if (round.attempt() != attempt || !round.isActive()) {
            throw new SupersededAttempt(TrainingRound.KIND, id, attempt);
        }
        return round;
    }

    /** The round that the project has at work or waiting. */
    Optional<TrainingRound> active(long project) {
        return entities.createQuery("select r from TrainingRound r where r.projectId = :project and r.status in :active", TrainingRound.class)
                .setParameter("project", project).setParameter("active", List.of(TrainingRound.Status.STARTING, TrainingRound.Status.RUNNING))
                .getResultStream().findFirst();
    }

    /** Rounds with ids below {@code before}, newest first, at most {@code limit} of them; of one project, or of all if it is null. */
    List<TrainingRound> newest(Long project, long before, int limit) {
        return entities.createQuery("select r from TrainingRound r where r.id < :before and (:project is null or r.projectId = :project)"
                        + " order by r.id desc", TrainingRound.class)
                .setParameter("before", before).setParameter("project", project).setMaxResults(limit).getResultList();
    }

    /** The round that made a model version. */
    Optional<TrainingRound> ofCandidate(long modelVersion) {
        return entities.createQuery("select r from TrainingRound r where r.candidateId = :candidate", TrainingRound.class)
                .setParameter("candidate", modelVersion).getResultStream().findFirst();
    }

    List<RoundPhase> phases(long round) {
        return entities.createQuery("select p from RoundPhase p where p.roundId = :round order by p.beganAt, p.phase", RoundPhase.class)
                .setParameter("round", round).getResultList();
    }

    /** Notes that a phase began; the one before it is through. */
    void enter(long round, Phase phase) {
        phases(round).stream().filter(earlier -> earlier.phase() != phase).forEach(RoundPhase::end);
        if (phase != Phase.DONE && entities.find(RoundPhase.class, new RoundPhase.Key(round, phase)) == null) {
            entities.persist(new RoundPhase(round, phase));
        }
    }

    /** All images of a dataset, by id. */
    List<Image> images(long dataset) {
        return entities.createQuery("select i from Image i where i.datasetId = :dataset order by i.id", Image.class)
                .setParameter("dataset", dataset).getResultList();
    }

    /** The ids of the dataset's images that have gold. */
    Set<Long> withGold(long dataset) {
        return imagesWith(dataset, Annotation.Status.GOLD);
    }

    /**
     * The ids of the dataset's images that reviewers are through with: of the newest labeling run that they decided about boxes of, no box
     * is open, nor was when a later run came; and somebody said of the image as a whole that nothing of the categories is missing, if need be that it is empty. What later runs
     * propose does not open an image again.
     */
    Set<Long> through(long dataset, Collection<Long> categories) {
        return ((List<?>) entities.createNativeQuery(THROUGH, Long.class).setParameter("dataset", dataset).setParameter("categories", array(categories))
                .setParameter("decided", DECIDED.stream().map(Enum::name).toList()).getResultList()).stream()
                .map(Long.class::cast).collect(Collectors.toSet());
    }

    /** Those of some contents that a model version or one that it comes from was trained on. */
    Set<String> learnt(long modelVersion, Collection<String> sha256s) {
        return ((List<?>) entities.createNativeQuery(LEARNT, String.class).setParameter("version", modelVersion)
                .setParameter("contents", sha256s.stream().collect(Collectors.joining(",", "{", "}"))).getResultList()).stream()
                .map(String.class::cast).collect(Collectors.toSet());
    }

    private Set<Long> imagesWith(long dataset, Collection<Annotation.Status> statuses) {
        return entities.createQuery("select distinct a.imageId from Annotation a where a.datasetId = :dataset and a.status in :statuses", Long.class)
                .setParameter("dataset", dataset).setParameter("statuses", statuses).getResultStream().collect(Collectors.toSet());
    }

    /** Whether of some of the images not everything is known: only what they have boxes of, and some categories that they do not show, as in LVIS. */
    boolean isFederated(Collection<Long> images) {
        return (Boolean) entities.createNativeQuery("select exists (select 1 from images where id = any(cast(:images as bigint[])) and absent is not null)", Boolean.class)
                .setParameter("images", array(images)).getSingleResult();
    }

    /** How many gold boxes of the categories the images have. */
    long gold(Collection<Long> images, Collection<Long> categories) {
        return ((Number) entities.createNativeQuery("select count(*) from annotations where image_id = any(cast(:images as bigint[]))"
                        + " and category_id in (:categories) and status in (:gold) and not is_crowd", Long.class)
                .setParameter("images", array(images)).setParameter("categories", categories)
                .setParameter("gold", Annotation.Status.GOLD.stream().map(Enum::name).toList()).getSingleResult()).longValue();
    }

    /**
     * Writes down the images with what humans have said of them.
     *
     * @return what names all of it: see {@link TrainingRound#snapshotSha256}
     */
    String freeze(long round, RoundParts parts, Collection<Long> categories, boolean captions) {
        GoldSnapshot snapshot = snapshot();
        snapshot.freeze(round, ids(parts.unlabelled()), categories);
        for (Role role : List.of(Role.GOLD, Role.HELD_OUT)) {
            List<Long> images = ids(role == Role.GOLD ? parts.gold() : parts.heldOut());
            snapshot.freeze(round, images, categories);
            entities.createNativeQuery("update training_round_images set role = :role where round_id = :round and image_id = any(cast(:images as bigint[]))")
                    .setParameter("role", role.name()).setParameter("round", round).setParameter("images", array(images)).executeUpdate();
        }
        entities.createNativeQuery(FREEZE_DECISIONS).setParameter("round", round).setParameter("categories", categories)
                .setParameter("decided", DECIDED.stream().map(Enum::name).toList()).executeUpdate();
        entities.createNativeQuery(FREEZE_COMPLETE).setParameter("round", round).setParameter("categories", array(categories)).executeUpdate();
        if (captions) {
            entities.createNativeQuery("update training_round_images r set caption = c.caption from image_captions c where r.round_id = :round"
                    + " and r.role = 'UNLABELLED' and c.image_id = r.image_id").setParameter("round", round).executeUpdate();
        }
        return snapshot.digest(round);
    }

    /** How many images of the round have captions that take part. */
    int captioned(long round) {
        return ((Number) entities.createNativeQuery("select count(*) from training_round_images where round_id = :round and caption is not null", Long.class)
                .setParameter("round", round).getSingleResult()).intValue();
    }

    private GoldSnapshot snapshot() {
        return new GoldSnapshot(entities, "training_round_images", "round_id", "role", "rejected", "decided", "complete", "caption");
    }

    /** How many gold boxes the images of a role have. */
    int boxes(long round, Role role) {
        return ((Number) entities.createNativeQuery("select coalesce(sum(jsonb_array_length(gold)), 0) from training_round_images"
                        + " where round_id = :round and role = :role", Long.class)
                .setParameter("round", round).setParameter("role", role.name()).getSingleResult()).intValue();
    }

    /** Images that the teacher has not finished with, by id, at most {@code limit} of them. */
    List<SampleImage> untaught(long round, int limit) {
        return entities.createQuery("select i, r from RoundImage r join Image i on i.id = r.imageId where r.roundId = :round"
                        + " and (r.role = :role or r.judged = true) and r.taughtAt is null order by r.imageId", Object[].class)
                .setParameter("round", round).setParameter("role", Role.UNLABELLED).setMaxResults(limit)
                .getResultStream().map(row -> new SampleImage((Image) row[0], (RoundImage) row[1])).toList();
    }

    /**
     * Notes that the teacher has finished with an image.
     *
     * @param grounding  of its caption; null for none
     * @param quarantine why it could not be read; null if it could
     * @return whether nobody had noted that before
     */
    boolean taught(long round, long image, List<PseudoBox> boxes, GroundedCaption grounding, String quarantine) {
        boolean first = entities.createQuery("update RoundImage r set r.taughtAt = :now, r.quarantine = :quarantine, r.grounding = :grounding where r.roundId = :round"
                        + " and r.imageId = :image and r.taughtAt is null")
                .setParameter("now", Instant.now()).setParameter("quarantine", quarantine).setParameter("grounding", grounding).setParameter("round", round).setParameter("image", image)
                .executeUpdate() == 1;
        // One that could not be read has none: it may be tried again.
        if (first && quarantine == null) {
            for (int i = 0; i < boxes.size(); i++) {
                entities.persist(new RoundBox(round, i, boxes.get(i)));
            }
        }
        return first;
    }

    /**
     * Forgets which images could not be read, so that they are tried again.
     *
     * @return how many there were
     */
    int forgetQuarantined(long round) {
        return entities.createQuery("update RoundImage r set r.taughtAt = null, r.quarantine = null where r.roundId = :round and r.quarantine is not null")
                .setParameter("round", round).executeUpdate();
    }

    /** The round's quarantined images with ids above {@code after}, by id, at most {@code limit} of them. */
    List<QuarantinedImage> quarantined(long round, long after, int limit) {
        return entities.createQuery("select new dev.gleaner.inference.QuarantinedImage(r.imageId, i.fileName, r.quarantine, r.taughtAt)"
                        + " from RoundImage r join Image i on i.id = r.imageId where r.roundId = :round and r.quarantine is not null"
                        + " and r.imageId > :after order by r.imageId", QuarantinedImage.class)
                .setParameter("round", round).setParameter("after", after).setMaxResults(limit).getResultList();
    }

    /** The images of some roles with ids above {@code after}, by id, at most {@code limit} of them; nothing keeps them. */
    List<RoundImage> images(long round, Collection<Role> roles, long after, int limit) {
        return entities.createQuery("select r from RoundImage r where r.roundId = :round and r.role in :roles and r.imageId > :after"
                        + " order by r.imageId", RoundImage.class)
                .setParameter("round", round).setParameter("roles", roles).setParameter("after", after).setMaxResults(limit)
                .getResultStream().peek(entities::detach).toList();
    }

    /** What the teacher found on some images, by image and place; nothing keeps them. */
    List<RoundBox> boxes(long round, Collection<Long> images) {
        return entities.createQuery("select b from RoundBox b where b.roundId = :round and b.imageId in :images order by b.imageId, b.ordinal",
                        RoundBox.class)
                .setParameter("round", round).setParameter("images", images).getResultStream().peek(entities::detach).toList();
    }

    /** How the scores of all boxes that the teacher found are spread. */
    ScoreHistogram scores(long round) {
        @SuppressWarnings("unchecked")
        List<Object[]> bins = entities.createNativeQuery(HISTOGRAM, Object[].class).setParameter("bins", ScoreHistogram.BINS)
                .setParameter("round", round).getResultList();
        return ScoreHistogram.ofBins(bins);
    }

    /** An image of the round, itself and as it was when the round began. */
    record SampleImage(Image image, RoundImage frozen) {
    }

    /** Images that the teacher has finished with, with ids above {@code after}, by id, at most {@code limit} of them. */
    List<SampleImage> samples(long round, long after, int limit) {
        return entities.createQuery("select i, r from RoundImage r join Image i on i.id = r.imageId where r.roundId = :round"
                        + " and r.role = :role and r.taughtAt is not null and r.quarantine is null and r.imageId > :after order by r.imageId", Object[].class)
                .setParameter("round", round).setParameter("role", Role.UNLABELLED).setParameter("after", after).setMaxResults(limit)
                .getResultStream().map(row -> new SampleImage((Image) row[0], (RoundImage) row[1])).toList();
    }

    /** The images of some roles with ids above {@code after}, by id, at most {@code limit} of them. */
    List<SampleImage> members(long round, Collection<Role> roles, long after, int limit) {
        return entities.createQuery("select i, r from RoundImage r join Image i on i.id = r.imageId where r.roundId = :round and r.role in :roles"
                        + " and r.imageId > :after order by r.imageId", Object[].class)
                .setParameter("round", round).setParameter("roles", roles).setParameter("after", after).setMaxResults(limit)
                .getResultStream().map(row -> new SampleImage((Image) row[0], (RoundImage) row[1])).toList();
    }

    private static List<Long> ids(Collection<Image> images) {
        return images.stream().map(Image::id).toList();
    }

    private static String array(Collection<? extends Number> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }
}
