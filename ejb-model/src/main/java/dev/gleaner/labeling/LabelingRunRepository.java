package dev.gleaner.labeling;

import dev.gleaner.dataset.Image;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.inference.Shard;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Labeling runs and what they have finished with. Every call joins the caller's transaction. */
@ApplicationScoped
public class LabelingRunRepository {

    private static final String NOT_DONE = " not exists (select 1 from LabelingResult r where r.runId = :run and r.imageId = i.id)";

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected LabelingRunRepository() {
    }

    public LabelingRunRepository(EntityManager entities) {
        this.entities = entities;
    }

    public void add(LabelingRun run) {
        entities.persist(run);
        entities.flush();
    }

    public Optional<LabelingRun> find(long id) {
        return Optional.ofNullable(entities.find(LabelingRun.class, id));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    public Optional<LabelingRun> lock(long id) {
        Optional<LabelingRun> run = Optional.ofNullable(entities.find(LabelingRun.class, id, LockModeType.PESSIMISTIC_WRITE));
        run.ifPresent(entities::refresh);
        return run;
    }

    /** Runs with ids below {@code before}, newest first, at most {@code limit} of them. */
    public List<LabelingRun> newest(long before, int limit) {
        return entities.createQuery("select r from LabelingRun r where r.id < :before order by r.id desc", LabelingRun.class)
                .setParameter("before", before).setMaxResults(limit).getResultList();
    }

    /**
     * Cuts the images that the run has not finished with into stretches of equal numbers.
     *
     * @return at most {@code shards} of them; none if the run has finished with all
     */
    public List<Shard> shards(LabelingRun run, int shards) {
        return entities.createQuery("select min(s.id), max(s.id) from (select i.id as id, ntile(:shards) over (order by i.id) as shard"
                        + " from Image i where i.datasetId = :dataset and" + NOT_DONE + ") s group by s.shard order by s.shard", Object[].class)
                .setParameter("shards", shards).setParameter("dataset", run.datasetId()).setParameter("run", run.id())
                .getResultStream().map(ends -> new Shard((Long) ends[0] - 1, (Long) ends[1])).toList();
    }

    /** The shard's images with ids above {@code after} that the run has not finished with, by id, at most {@code limit} of them. */
    public List<Image> pending(LabelingRun run, Shard shard, long after, int limit) {
        return entities.createQuery("select i from Image i where i.datasetId = :dataset and i.id > :after and i.id <= :through and"
                        + NOT_DONE + " order by i.id", Image.class)
                .setParameter("dataset", run.datasetId()).setParameter("run", run.id())
                .setParameter("after", Math.max(after, shard.after())).setParameter("through", shard.through())
                .setMaxResults(limit).getResultList();
    }

    void add(LabelingResult result) {
        entities.persist(result);
    }

    /**
     * Counts finished images on the run, if {@code attempt} is still the present one.
     *
     * @return whether it was
     */
    public boolean count(long run, int attempt, int done, int quarantined, double imagesPerSecond) {
        return entities.createQuery("update LabelingRun r set r.done = r.done + :done, r.quarantined = r.quarantined + :quarantined,"
                        + " r.imagesPerSecond = :speed where r.id = :run and r.attempt = :attempt and r.status = :running")
                .setParameter("done", done).setParameter("quarantined", quarantined).setParameter("speed", imagesPerSecond)
                .setParameter("run", run).setParameter("attempt", attempt).setParameter("running", LabelingRun.Status.RUNNING)
                .executeUpdate() == 1;
    }

    /** The run's quarantined images with ids above {@code after}, by id, at most {@code limit} of them. */
    public List<QuarantinedImage> quarantined(long run, long after, int limit) {
        return entities.createQuery("select new dev.gleaner.inference.QuarantinedImage(r.imageId, i.fileName, r.quarantine, r.finishedAt)"
                        + " from LabelingResult r join Image i on i.id = r.imageId"
                        + " where r.runId = :run and r.quarantine is not null and r.imageId > :after order by r.imageId", QuarantinedImage.class)
                .setParameter("run", run).setParameter("after", after).setMaxResults(limit).getResultList();
    }

    /**
     * Forgets the results of quarantined images, so that they are tried again.
     *
     * @return how many there were
     */
    public int forgetQuarantined(long run) {
        return entities.createQuery("delete from LabelingResult r where r.runId = :run and r.quarantine is not null")
                .setParameter("run", run).executeUpdate();
    }

    /** Those of these images that are in the run's quarantine. */
    public Set<Long> quarantinedOf(long run, Collection<Long> images) {
        return Set.copyOf(entities.createQuery("select r.imageId from LabelingResult r where r.runId = :run and r.imageId in :images"
                + " and r.quarantine is not null", Long.class).setParameter("run", run).setParameter("images", images).getResultList());
    }

    /**
     * Forgets the results of these of its quarantined images, so that they are tried again.
     *
     * @return how many there were
     */
    public int forgetQuarantined(long run, Collection<Long> images) {
        return entities.createQuery("delete from LabelingResult r where r.runId = :run and r.imageId in :images and r.quarantine is not null")
                .setParameter("run", run).setParameter("images", images).executeUpdate();
    }
}
