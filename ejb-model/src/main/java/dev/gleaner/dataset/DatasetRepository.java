package dev.gleaner.dataset;

import dev.gleaner.project.Project;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Datasets and their images. Every call joins the caller's transaction. */
@ApplicationScoped
public class DatasetRepository {

    private static final Set<Dataset.Status> ALIVE = EnumSet.of(Dataset.Status.IMPORTING, Dataset.Status.READY);

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected DatasetRepository() {
    }

    public DatasetRepository(EntityManager entities) {
        this.entities = entities;
    }

    public void add(Dataset dataset) {
        entities.persist(dataset);
    }

    public Optional<Dataset> find(long id) {
        return Optional.ofNullable(entities.find(Dataset.class, id));
    }

    /** Datasets with ids below {@code before}, newest first, at most {@code limit} of them. */
    public List<Dataset> newest(long before, int limit) {
        return entities.createQuery("select d from Dataset d where d.id < :before order by d.id desc", Dataset.class)
                .setParameter("before", before).setMaxResults(limit).getResultList();
    }

    /** The project's dataset of this name that is ready or on its way. */
    public Optional<Dataset> findByName(long project, String name) {
        return first("name", project, name, ALIVE);
    }

    public Optional<Dataset> findReadyByName(long project, String name) {
        return first("name", project, name, EnumSet.of(Dataset.Status.READY));
    }

    /** The project's dataset of this content that is ready or on its way. */
    public Optional<Dataset> findByContent(long project, String contentHash) {
        return first("contentHash", project, contentHash, ALIVE);
    }

    public Optional<Dataset> findReadyByContent(long project, String contentHash) {
        return first("contentHash", project, contentHash, EnumSet.of(Dataset.Status.READY));
    }

    private Optional<Dataset> first(String attribute, long project, String value, Set<Dataset.Status> statuses) {
        return entities.createQuery("select d from Dataset d where d.projectId = :project and d." + attribute
                        + " = :value and d.status in :statuses order by d.id", Dataset.class)
                .setParameter("project", project).setParameter("value", value).setParameter("statuses", statuses)
                .setMaxResults(1).getResultList().stream().findFirst();
    }

    /** Makes others who lock the project wait for the end of this transaction. */
    public void lockProject(long project) {
        entities.find(Project.class, project, LockModeType.PESSIMISTIC_WRITE);
    }

    /** Sets how many images have been inspected, and of how many. */
    public void showProgress(long dataset, int done, int total) {
        entities.createQuery("update Dataset d set d.progressDone = :done, d.progressTotal = :total where d.id = :dataset")
                .setParameter("done", done).setParameter("total", total).setParameter("dataset", dataset).executeUpdate();
    }

    public void addProgress(long dataset, int done) {
        entities.createQuery("update Dataset d set d.progressDone = d.progressDone + :done where d.id = :dataset")
                .setParameter("done", done).setParameter("dataset", dataset).executeUpdate();
    }

    public Optional<Image> findImage(long id) {
        return Optional.ofNullable(entities.find(Image.class, id));
    }

    /** The images of these ids that are there, by id. */
    public Map<Long, Image> findImages(Collection<Long> ids) {
        return ids.isEmpty() ? Map.of() : entities.createQuery("select i from Image i where i.id in :ids", Image.class).setParameter("ids", ids)
                .getResultStream().collect(Collectors.toMap(Image::id, Function.identity()));
    }

    public void add(Image image) {
        entities.persist(image);
    }

    /** The dataset's image of this name. */
    public Optional<Image> findImage(long dataset, String fileName) {
        return entities.createQuery("select i from Image i where i.datasetId = :dataset and i.fileName = :name", Image.class)
                .setParameter("dataset", dataset).setParameter("name", fileName).getResultStream().findFirst();
    }

    void put(ImageCaption caption) {
        entities.merge(caption);
    }

    void removeCaption(long image) {
        entities.createQuery("delete from ImageCaption c where c.imageId = :image").setParameter("image", image).executeUpdate();
    }

    /** The dataset's images that have captions, with ids above {@code after}, by id, at most {@code limit} of them. */
    List<CaptionService.Captioned> captions(long datasetId, long after, int limit) {
        return entities.createQuery("select new dev.gleaner.dataset.CaptionService$Captioned(i, c) from ImageCaption c join Image i on i.id = c.imageId"
                        + " where i.datasetId = :dataset and i.id > :after order by i.id", CaptionService.Captioned.class)
                .setParameter("dataset", datasetId).setParameter("after", after).setMaxResults(limit).getResultList();
    }

    /** The dataset's images with ids above {@code after}, by id, at most {@code limit} of them. */
    public List<Image> images(long datasetId, long after, int limit) {
        return entities.createQuery("select i from Image i where i.datasetId = :dataset and i.id > :after order by i.id", Image.class)
                .setParameter("dataset", datasetId).setParameter("after", after).setMaxResults(limit).getResultList();
    }

    /** Those of the dataset's images that have one of these names, by id. */
    public List<Image> imagesNamed(long datasetId, Collection<String> fileNames) {
        return entities.createQuery("select i from Image i where i.datasetId = :dataset and i.fileName in :names order by i.id", Image.class)
                .setParameter("dataset", datasetId).setParameter("names", fileNames).getResultList();
    }
}
