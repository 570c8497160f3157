package dev.gleaner.round;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.labeling.LabelingRun;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.hibernate.LockOptions;
import org.hibernate.jpa.SpecHints;

/** Schedules of rounds, and what they count. Every call joins the caller's transaction. */
@ApplicationScoped
public class RoundScheduleRepository {

    private static final Instant EVER = Instant.EPOCH;

    private static final String HISTOGRAM = """
            select least(:bins - 1, cast(floor(score * :bins) as integer)), count(*) from annotations
             where labeling_run_id = :run and score >= :from group by 1
            """;

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected RoundScheduleRepository() {
    }

    public RoundScheduleRepository(EntityManager entities) {
        this.entities = entities;
    }

    void add(RoundSchedule schedule) {
        entities.persist(schedule);
        entities.flush();
    }

    void remove(RoundSchedule schedule) {
        entities.remove(schedule);
    }

    Optional<RoundSchedule> find(long project) {
        return Optional.ofNullable(entities.find(RoundSchedule.class, project));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    Optional<RoundSchedule> lock(long project) {
        Optional<RoundSchedule> schedule = Optional.ofNullable(entities.find(RoundSchedule.class, project, LockModeType.PESSIMISTIC_WRITE));
        schedule.ifPresent(entities::refresh);
        return schedule;
    }

    /** The projects whose schedules nobody has looked at since a moment, and which are neither paused nor held. */
    List<Long> unchecked(Instant since, Instant now) {
        return entities.createQuery("select s.projectId from RoundSchedule s where s.pausedBy is null and (s.checkedAt is null or s.checkedAt < :since)"
                        + " and (s.heldUntil is null or s.heldUntil <= :now) order by s.projectId", Long.class)
                .setParameter("since", since).setParameter("now", now).getResultList();
    }

    /** The same for one project, locked until the transaction ends; empty as well while another server has the lock. */
    Optional<RoundSchedule> lockUnchecked(long project, Instant since, Instant now) {
        return entities.createQuery("select s from RoundSchedule s where s.projectId = :project and s.pausedBy is null"
                        + " and (s.checkedAt is null or s.checkedAt < :since) and (s.heldUntil is null or s.heldUntil <= :now)", RoundSchedule.class)
                .setParameter("project", project).setParameter("since", since).setParameter("now", now)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE).setHint(SpecHints.HINT_SPEC_LOCK_TIMEOUT, LockOptions.SKIP_LOCKED)
                .getResultStream().findFirst();
    }

    /** The latest round of the dataset that was ordered, whoever did it and whatever comes of it, but for those that failed. */
    Optional<TrainingRound> latestRound(long dataset) {
        return entities.createQuery("select r from TrainingRound r where r.datasetId = :dataset and r.status <> :failed order by r.id desc",
                        TrainingRound.class)
                .setParameter("dataset", dataset).setParameter("failed", TrainingRound.Status.FAILED).setMaxResults(1).getResultStream().findFirst();
    }

    /** The rounds of the dataset that failed and were ordered after another round, newest first, at most {@code limit} of them; 0 for all. */
    List<TrainingRound> failedRounds(long dataset, long after, int limit) {
        return entities.createQuery("select r from TrainingRound r where r.datasetId = :dataset and r.status = :failed and r.id > :after"
                        + " order by r.id desc", TrainingRound.class)
                .setParameter("dataset", dataset).setParameter("failed", TrainingRound.Status.FAILED).setParameter("after", after)
                .setMaxResults(limit).getResultList();
    }

    /** The project's datasets that came without boxes and are READY, but for some, by id. */
    List<Long> withoutBoxes(long project, Collection<Long> except) {
        return entities.createQuery("select d.id from Dataset d where d.projectId = :project and d.status = :ready and d.sourceType in :plain"
                        + " and d.id not in :except order by d.id", Long.class)
                .setParameter("project", project).setParameter("ready", Dataset.Status.READY)
                .setParameter("plain", Arrays.stream(SourceFormat.values()).filter(format -> !format.hasAnnotations()).map(SourceFormat::label).toList())
                .setParameter("except", except).getResultList();
    }

    /**
     * How many boxes of the datasets reviewers decided about after a moment; null for all. An image that somebody found empty counts as one if there was no box
     * to decide about.
     */
    long reviewed(Collection<Long> datasets, Instant after) {
        long empty = ((Number) entities.createNativeQuery("select count(distinct e.image_id) from empty_image_decisions e where e.dataset_id in (:datasets)"
                        + " and e.decided_at > :after and not exists (select 1 from annotations a where a.image_id = e.image_id and a.decided_at is not null)", Long.class)
                .setParameter("datasets", datasets).setParameter("after", after == null ? EVER : after).getSingleResult()).longValue();
        return empty + entities.createQuery("select count(a) from Annotation a where a.datasetId in :datasets and a.decidedAt > :after and a.status in :decided", Long.class)
                .setParameter("datasets", datasets).setParameter("after", after == null ? EVER : after)
                .setParameter("decided", List.of(Annotation.Status.ACCEPTED, Annotation.Status.CORRECTED, Annotation.Status.REJECTED)).getSingleResult();
    }

    /** How many images the datasets brought that became READY after a moment; null for all. */
    long images(Collection<Long> datasets, Instant after) {
        return entities.createQuery("select coalesce(sum(d.imageCount), 0) from Dataset d where d.id in :datasets and d.readyAt > :after", Long.class)
                .setParameter("datasets", datasets).setParameter("after", after == null ? EVER : after).getSingleResult();
    }

    /** The completed labeling runs with a model version, newest first. */
    List<LabelingRun> labelingRuns(long modelVersion) {
        return entities.createQuery("select r from LabelingRun r where r.modelVersionId = :model and r.status = :completed order by r.endedAt desc, r.id desc",
                        LabelingRun.class)
                .setParameter("model", modelVersion).setParameter("completed", LabelingRun.Status.COMPLETED).getResultList();
    }

    /** How the scores of what a labeling run proposed are spread, whatever became of it; of those from a score on. */
    ScoreHistogram scores(long run, double from) {
        @SuppressWarnings("unchecked")
        List<Object[]> bins = entities.createNativeQuery(HISTOGRAM, Object[].class).setParameter("bins", ScoreHistogram.BINS)
                .setParameter("run", run).setParameter("from", from).getResultList();
        return ScoreHistogram.ofBins(bins);
    }
}
