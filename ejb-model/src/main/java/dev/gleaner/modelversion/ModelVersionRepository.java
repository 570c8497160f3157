package dev.gleaner.modelversion;

import dev.gleaner.project.Project;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Optional;

/** Model versions. Every call joins the caller's transaction. */
@ApplicationScoped
public class ModelVersionRepository {

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected ModelVersionRepository() {
    }

    public ModelVersionRepository(EntityManager entities) {
        this.entities = entities;
    }

    public void add(ModelVersion version) {
        entities.persist(version);
        entities.flush();
    }

    public Optional<ModelVersion> find(long id) {
        return Optional.ofNullable(entities.find(ModelVersion.class, id));
    }

    public boolean isTaken(long projectId, String name) {
        return !entities.createQuery("select v.id from ModelVersion v where v.projectId = :project and v.name = :name", Long.class)
                .setParameter("project", projectId).setParameter("name", name).getResultList().isEmpty();
    }

    /** Versions with ids above {@code after}, by id, at most {@code limit} of them. */
    public List<ModelVersion> all(long after, int limit) {
        return entities.createQuery("select v from ModelVersion v where v.id > :after order by v.id", ModelVersion.class)
                .setParameter("after", after).setMaxResults(limit).getResultList();
    }

    public Optional<ModelVersion> champion(long projectId) {
        return entities.createQuery("select v from ModelVersion v where v.projectId = :project and v.status = :champion", ModelVersion.class)
                .setParameter("project", projectId).setParameter("champion", ModelVersion.Status.CHAMPION)
                .getResultStream().findFirst();
    }

    /** The retired version that was champion last. */
    public Optional<ModelVersion> previousChampion(long projectId) {
        return entities.createQuery("select v from ModelVersion v where v.projectId = :project and v.status = :retired"
                        + " and v.promotedAt is not null order by v.promotedAt desc", ModelVersion.class)
                .setParameter("project", projectId).setParameter("retired", ModelVersion.Status.RETIRED)
                .setMaxResults(1).getResultStream().findFirst();
    }

    /** Until the transaction ends, nobody else adds a version to the project or changes who is its champion. */
    public void lockVersions(long projectId) {
        entities.find(Project.class, projectId, LockModeType.PESSIMISTIC_WRITE);
    }

    /** The version as it stands now, its project's {@linkplain #lockVersions versions locked}. */
    public Optional<ModelVersion> lock(long id) {
        Optional<ModelVersion> version = find(id);
        version.ifPresent(found -> {
            lockVersions(found.projectId());
            entities.refresh(found);
        });
        return version;
    }

    /** Sends the changes so far: the champion of the day must have stepped down before the next one stands up. */
    public void flush() {
        entities.flush();
    }
}
