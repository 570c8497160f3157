package dev.gleaner.annotation;

import dev.gleaner.dataset.Image;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.TypedQuery;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Boxes on images. Every call joins the caller's transaction. */
@ApplicationScoped
public class AnnotationRepository {

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected AnnotationRepository() {
    }

    public AnnotationRepository(EntityManager entities) {
        this.entities = entities;
    }

    public void add(Annotation annotation) {
        entities.persist(annotation);
    }

    public Optional<Annotation> find(long id) {
        return Optional.ofNullable(entities.find(Annotation.class, id));
    }

    /** The boxes of these ids that are there, as they stand in the database now, locked until the transaction ends; by id. */
    public List<Annotation> lock(Collection<Long> ids) {
        List<Annotation> locked = entities.createQuery("select a from Annotation a where a.id in :ids order by a.id", Annotation.class)
                .setParameter("ids", ids).setLockMode(LockModeType.PESSIMISTIC_WRITE).getResultList();
        locked.forEach(entities::refresh);
        return locked;
    }

    /** Does not watch these boxes for changes any longer, nor keep them. */
    public void forget(Collection<Annotation> boxes) {
        boxes.forEach(entities::detach);
    }

    /** Takes a box away that a reviewer drew and thought better of. */
    public void remove(Annotation annotation) {
        entities.remove(annotation);
    }

    /** The image's boxes of these statuses, by id. */
    public List<Annotation> ofImage(long imageId, Collection<Annotation.Status> statuses) {
        return entities.createQuery("select a from Annotation a where a.imageId = :image and a.status in :statuses order by a.id",
                        Annotation.class)
                .setParameter("image", imageId).setParameter("statuses", statuses).getResultList();
    }

    /** The images' boxes of these statuses, by id. */
    public List<Annotation> ofImages(Collection<Long> imageIds, Collection<Annotation.Status> statuses) {
        return entities.createQuery("select a from Annotation a where a.imageId in :images and a.status in :statuses order by a.id", Annotation.class)
                .setParameter("images", imageIds).setParameter("statuses", statuses).getResultList();
    }

    /** The dataset's boxes of these statuses with ids above {@code after}, by id, at most {@code limit} of them. */
    public List<Annotation> ofDataset(long datasetId, Collection<Annotation.Status> statuses, long after, int limit) {
        return merged(statuses, limit, Annotation::id, status -> entities.createQuery("select a from Annotation a where a.datasetId = :dataset"
                        + " and a.status = :status and a.id > :after order by a.id", Annotation.class)
                .setParameter("dataset", datasetId).setParameter("status", status).setParameter("after", after));
    }

    /** The dataset's boxes of these statuses with ids above {@code after}, by id, at most {@code limit} of them, with their categories. */
    public List<FiledBox> filed(long datasetId, Collection<Annotation.Status> statuses, long after, int limit) {
        return merged(statuses, limit, filed -> filed.annotation().id(), status -> entities.createQuery("select new dev.gleaner.annotation.FiledBox(a, c.name)"
                        + " from Annotation a join Category c on c.id = a.categoryId"
                        + " where a.datasetId = :dataset and a.status = :status and a.id > :after order by a.id", FiledBox.class)
                .setParameter("dataset", datasetId).setParameter("status", status).setParameter("after", after));
    }

    /** Asks for one status at a time: no index has several in the order of their ids, and among millions of boxes a few may be of the status. */
    private static <T> List<T> merged(Collection<Annotation.Status> statuses, int limit, ToLongFunction<T> id,
            Function<Annotation.Status, TypedQuery<T>> query) {
        return statuses.stream().distinct().flatMap(status -> query.apply(status).setMaxResults(limit).getResultStream())
                .sorted(Comparator.comparingLong(id)).distinct().limit(limit).toList();
    }

    /** The images' boxes of these statuses, by id, with their categories. */
    public List<FiledBox> filedOfImages(Collection<Long> imageIds, Collection<Annotation.Status> statuses) {
        return entities.createQuery("select new dev.gleaner.annotation.FiledBox(a, c.name) from Annotation a join Category c on c.id = a.categoryId"
                        + " where a.imageId in :images and a.status in :statuses order by a.id", FiledBox.class)
                .setParameter("images", imageIds).setParameter("statuses", statuses).getResultList();
    }

    /** The dataset's images with ids above {@code after} that have a box of one of these statuses, by id, at most {@code limit} of them. */
    public List<Image> imagesWith(long datasetId, Collection<Annotation.Status> statuses, long after, int limit) {
        List<Long> ids = merged(statuses, limit, Long::longValue, status -> entities.createQuery("select distinct a.imageId from Annotation a"
                        + " where a.datasetId = :dataset and a.status = :status and a.imageId > :after order by a.imageId", Long.class)
                .setParameter("dataset", datasetId).setParameter("status", status).setParameter("after", after));
        return ids.isEmpty() ? List.of() : entities.createQuery("select i from Image i where i.id in :ids order by i.id", Image.class)
                .setParameter("ids", ids).getResultList();
    }

    /** Sets aside what was proposed on this image in these categories before, by runs or without, and nobody has decided about. */
    public void supersede(long imageId, Collection<Long> categoryIds) {
        entities.createQuery("update Annotation a set a.status = :superseded, a.version = a.version + 1"
                        + " where a.imageId = :image and a.categoryId in :categories and a.status = :proposed and a.decidedAt is null")
                .setParameter("superseded", Annotation.Status.SUPERSEDED).setParameter("proposed", Annotation.Status.PROPOSED)
                .setParameter("image", imageId).setParameter("categories", categoryIds).executeUpdate();
    }

    /**
     * Sets aside what earlier runs proposed on these images in these categories and nobody has decided about. What came with the
     * dataset and what a human touched stays as it is.
     *
     * @param run the run whose own proposals stay
     */
    public void supersede(Collection<Long> imageIds, Collection<Long> categoryIds, long run) {
        entities.createQuery("update Annotation a set a.status = :superseded, a.version = a.version + 1"
                        + " where a.imageId in :images and a.categoryId in :categories and a.status = :proposed"
                        + " and a.decidedAt is null and a.labelingRunId <> :run")
                .setParameter("superseded", Annotation.Status.SUPERSEDED).setParameter("proposed", Annotation.Status.PROPOSED)
                .setParameter("images", imageIds).setParameter("categories", categoryIds).setParameter("run", run)
                .executeUpdate();
    }
}
