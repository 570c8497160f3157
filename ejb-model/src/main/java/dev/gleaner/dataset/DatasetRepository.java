package dev.gleaner.dataset;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Optional;

/** Datasets and their images. Every call joins the caller's transaction. */
@ApplicationScoped
public class DatasetRepository {

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

    /** All datasets, newest first. */
    public List<Dataset> all() {
        return entities.createQuery("select d from Dataset d order by d.id desc", Dataset.class).getResultList();
    }

    public Optional<Image> findImage(long id) {
        return Optional.ofNullable(entities.find(Image.class, id));
    }

    /** The dataset's images with ids above {@code after}, by id, at most {@code limit} of them. */
    public List<Image> images(long datasetId, long after, int limit) {
        return entities.createQuery("select i from Image i where i.datasetId = :dataset and i.id > :after order by i.id", Image.class)
                .setParameter("dataset", datasetId).setParameter("after", after).setMaxResults(limit).getResultList();
    }
}
