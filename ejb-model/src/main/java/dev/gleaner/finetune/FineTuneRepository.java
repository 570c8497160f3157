package dev.gleaner.finetune;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluationrun.GoldSnapshot;
import dev.gleaner.glip.train.TrainingStep;
import dev.gleaner.inference.QuarantinedImage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Fine-tunes, what they train on and what their steps did. Every call joins the caller's transaction. */
@ApplicationScoped
public class FineTuneRepository {

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected FineTuneRepository() {
    }

    public FineTuneRepository(EntityManager entities) {
        this.entities = entities;
    }

    void add(FineTune fineTune) {
        entities.persist(fineTune);
        entities.flush();
    }

    Optional<FineTune> find(long id) {
        return Optional.ofNullable(entities.find(FineTune.class, id));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    Optional<FineTune> lock(long id) {
        Optional<FineTune> fineTune = Optional.ofNullable(entities.find(FineTune.class, id, LockModeType.PESSIMISTIC_WRITE));
        fineTune.ifPresent(entities::refresh);
        return fineTune;
    }

    /** Fine-tunes with ids below {@code before}, newest first, at most {@code limit} of them. */
    List<FineTune> newest(long before, int limit) {
        return entities.createQuery("select f from FineTune f where f.id < :before order by f.id desc", FineTune.class)
                .setParameter("before", before).setMaxResults(limit).getResultList();
    }

    /** The family's fine-tunes in the order of its datasets, and of its seeds. */
    List<FineTune> ofFamily(long family) {
        return entities.createQuery("select f from FineTune f where f.familyId = :family order by f.id", FineTune.class)
                .setParameter("family", family).getResultList();
    }

    /** Which of the categories have gold on which of the dataset's images: categories by image, images without any left out. */
    Map<Long, Set<Long>> goldByImage(long dataset, Collection<Long> categories) {
        Map<Long, Set<Long>> byImage = new HashMap<>();
        for (Object[] row : entities.createQuery("select distinct a.imageId, a.categoryId from Annotation a where a.datasetId = :dataset"
                        + " and a.status in :gold and a.categoryId in :categories", Object[].class)
                .setParameter("dataset", dataset).setParameter("gold", Annotation.Status.GOLD).setParameter("categories", categories)
                .getResultList()) {
            byImage.computeIfAbsent((Long) row[0], image -> new HashSet<>()).add((Long) row[1]);
        }
        return byImage;
    }

    /**
     * Writes down the images and the gold on them.
     *
     * @return what names all of it: see {@link FineTune#snapshotSha256}
     */
    String freeze(long fineTune, Collection<Long> images, Collection<Long> categories) {
        GoldSnapshot snapshots = snapshots();
        snapshots.freeze(fineTune, images, categories);
        return snapshots.digest(fineTune);
    }

    /** Writes down images that a round has frozen, page by page, and keeps none; as the other one. */
    String freeze(long fineTune, Iterable<List<StudentImage>> pages) {
        for (List<StudentImage> page : pages) {
            List<FineTuneImage> images = page.stream().map(image -> new FineTuneImage(fineTune, image)).toList();
            images.forEach(entities::persist);
            entities.flush();
            images.forEach(entities::detach);
        }
        return snapshots().digest(fineTune);
    }

    /** How many boxes were written down. */
    int boxes(long fineTune) {
        return snapshots().boxes(fineTune);
    }

    /** Whether boxes of an image tell of some categories only. */
    boolean hasPartlyAnnotated(long fineTune) {
        return !entities.createQuery("select f.imageId from FineTuneImage f where f.fineTuneId = :fineTune and f.absent is not null", Long.class)
                .setParameter("fineTune", fineTune).setMaxResults(1).getResultList().isEmpty();
    }

    private GoldSnapshot snapshots() {
        return new GoldSnapshot(entities, "fine_tune_images", "fine_tune_id", "proposed", "grounding");
    }

    /** An image to train on, itself and as it was when the fine-tune was ordered. */
    record TrainingImage(Image image, FineTuneImage frozen) {
    }

    /** All of them, in an order that depends on nothing but their contents and names; nothing keeps them. */
    List<TrainingImage> trainingImages(long fineTune) {
        List<TrainingImage> images = entities.createQuery("select i, f from FineTuneImage f join Image i on i.id = f.imageId"
                        + " where f.fineTuneId = :fineTune order by f.sha256, i.fileName", Object[].class)
                .setParameter("fineTune", fineTune)
                .getResultStream().map(row -> new TrainingImage((Image) row[0], (FineTuneImage) row[1])).toList();
        entities.clear();
        return images;
    }

    /**
     * Images with boxes, of categories or of a caption's phrases, that no human vouches for, drawn by lot: the same ones for the same
     * fine-tune. At most {@code most} of them.
     */
    List<TrainingImage> pseudoLabelled(long fineTune, int most) {
        List<?> ids = entities.createNativeQuery("select image_id from fine_tune_images where fine_tune_id = :fineTune and exists"
                        + " (select 1 from (select jsonb_array_elements(proposed) union all select jsonb_array_elements(grounding -> 'boxes')) as boxes (box)"
                        + " where cast(box ->> 'weight' as double precision) > 0)"
                        + " order by md5(fine_tune_id || ' ' || image_id)")
                .setParameter("fineTune", fineTune).setMaxResults(most).getResultList();
        return entities.createQuery("select i, f from FineTuneImage f join Image i on i.id = f.imageId where f.fineTuneId = :fineTune"
                        + " and f.imageId in :ids order by f.imageId", Object[].class)
                .setParameter("fineTune", fineTune).setParameter("ids", ids.stream().map(id -> ((Number) id).longValue()).toList())
                .getResultStream().map(row -> new TrainingImage((Image) row[0], (FineTuneImage) row[1])).toList();
    }

    /** Writes what steps did, in place of what was written of the first one and all after it. */
    void record(long fineTune, List<TrainingStep> steps) {
        entities.createQuery("delete from FineTuneStep s where s.fineTuneId = :fineTune and s.step >= :first")
                .setParameter("fineTune", fineTune).setParameter("first", steps.get(0).step()).executeUpdate();
        steps.forEach(step -> entities.persist(new FineTuneStep(fineTune, step)));
    }

    /** What the steps after {@code after} did whose number {@code every} divides, in order, at most {@code limit} of them. */
    List<TrainingStep> steps(long fineTune, int after, int every, int limit) {
        return entities.createQuery("select s from FineTuneStep s where s.fineTuneId = :fineTune and s.step > :after and mod(s.step, :every) = 0"
                        + " order by s.step", FineTuneStep.class)
                .setParameter("fineTune", fineTune).setParameter("after", after).setParameter("every", every)
                .setMaxResults(limit).getResultStream().map(FineTuneStep::step).toList();
    }

    /** @return whether it was not there before */
    boolean quarantine(long fineTune, long image, String reason) {
        return entities.createQuery("update FineTuneImage f set f.quarantine = :reason, f.quarantinedAt = :now where f.fineTuneId = :fineTune"
                        + " and f.imageId = :image and f.quarantine is null")
                .setParameter("reason", reason).setParameter("now", Instant.now()).setParameter("fineTune", fineTune)
                .setParameter("image", image).executeUpdate() == 1;
    }

    /** Forgets which images are in quarantine, so that they are told of again if they still cannot be read. */
    void forgetQuarantined(long fineTune) {
        entities.createQuery("update FineTuneImage f set f.quarantine = null, f.quarantinedAt = null where f.fineTuneId = :fineTune"
                + " and f.quarantine is not null").setParameter("fineTune", fineTune).executeUpdate();
    }

    /** The fine-tune's quarantined images with ids above {@code after}, by id, at most {@code limit} of them. */
    List<QuarantinedImage> quarantined(long fineTune, long after, int limit) {
        return entities.createQuery("select new dev.gleaner.inference.QuarantinedImage(f.imageId, i.fileName, f.quarantine, f.quarantinedAt)"
                        + " from FineTuneImage f join Image i on i.id = f.imageId where f.fineTuneId = :fineTune"
                        + " and f.quarantine is not null and f.imageId > :after order by f.imageId", QuarantinedImage.class)
                .setParameter("fineTune", fineTune).setParameter("after", after).setMaxResults(limit).getResultList();
    }
}
