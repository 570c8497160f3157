package dev.gleaner.labelstudio;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Projects of Label Studio, their tasks and events. Every call joins the caller's transaction. */
@ApplicationScoped
public class LabelStudioRepository {

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected LabelStudioRepository() {
    }

    public LabelStudioRepository(EntityManager entities) {
        this.entities = entities;
    }

    /** The project of this identity, made if need be, and locked until the transaction ends. */
    LabelStudioProject locked(long project, String identity, Instant now) {
        entities.createNativeQuery("insert into label_studio_projects (project_id, identity, created_at) values (:project, :identity, :now) on conflict do nothing")
                .setParameter("project", project).setParameter("identity", identity).setParameter("now", now).executeUpdate();
        return entities.createQuery("select p from LabelStudioProject p where p.projectId = :project and p.identity = :identity", LabelStudioProject.class)
                .setParameter("project", project).setParameter("identity", identity).setLockMode(LockModeType.PESSIMISTIC_WRITE).getSingleResult();
    }

    Optional<LabelStudioProject> find(long id) {
        return Optional.ofNullable(entities.find(LabelStudioProject.class, id));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    Optional<LabelStudioProject> lock(long id) {
        entities.flush();
        Optional<LabelStudioProject> found = Optional.ofNullable(entities.find(LabelStudioProject.class, id, LockModeType.PESSIMISTIC_WRITE));
        found.ifPresent(entities::refresh);
        return found;
    }

    Optional<LabelStudioProject> find(long project, String identity) {
        return entities.createQuery("select p from LabelStudioProject p where p.projectId = :project and p.identity = :identity", LabelStudioProject.class)
                .setParameter("project", project).setParameter("identity", identity).getResultStream().findFirst();
    }

    /** By id. */
    List<LabelStudioProject> all() {
        return entities.createQuery("select p from LabelStudioProject p order by p.id", LabelStudioProject.class).getResultList();
    }

    void remove(LabelStudioProject project) {
        entities.remove(project);
    }

    void add(LabelStudioEvent event) {
        entities.persist(event);
    }

    void add(LabelStudioTask task) {
        entities.persist(task);
    }

    void add(LabelStudioImage image) {
        entities.persist(image);
    }

    void add(LabelStudioAnnotation annotation) {
        entities.persist(annotation);
    }

    Optional<LabelStudioTask> task(long connection, long task) {
        return Optional.ofNullable(entities.find(LabelStudioTask.class, new LabelStudioTask.Key(connection, task)));
    }

    Optional<LabelStudioImage> image(long connection, long task, String name) {
        return Optional.ofNullable(entities.find(LabelStudioImage.class, new LabelStudioImage.Key(connection, task, name)));
    }

    Optional<LabelStudioAnnotation> annotation(long connection, long annotation) {
        return Optional.ofNullable(entities.find(LabelStudioAnnotation.class, new LabelStudioAnnotation.Key(connection, annotation)));
    }

    /** Events that are due, the oldest first, locked; those that somebody else has locked are left out. */
    List<LabelStudioEvent> dueEvents(Instant now, int limit) {
        return entities.createQuery("select e from LabelStudioEvent e where e.dueAt <= :now order by e.id", LabelStudioEvent.class)
                .setParameter("now", now).setMaxResults(limit).setLockMode(LockModeType.PESSIMISTIC_WRITE).setHint("jakarta.persistence.lock.timeout", -2)
                .getResultList();
    }

    Optional<LabelStudioEvent> event(long id) {
        return Optional.ofNullable(entities.find(LabelStudioEvent.class, id));
    }

    void remove(LabelStudioEvent event) {
        entities.remove(event);
    }

    /** Tasks of the project that are due, locked; those that somebody else has locked are left out. */
    List<LabelStudioTask> dueTasks(long connection, Instant now, int limit) {
        return entities.createQuery("select t from LabelStudioTask t where t.connectionId = :connection and t.dueAt <= :now order by t.dueAt, t.task", LabelStudioTask.class)
                .setParameter("connection", connection).setParameter("now", now).setMaxResults(limit).setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .setHint("jakarta.persistence.lock.timeout", -2).getResultList();
    }

    /** Of the tasks that have images. */
    List<LabelStudioTask> tasksWithImages(long connection) {
        return entities.createQuery("select t from LabelStudioTask t where t.connectionId = :connection and exists"
                        + " (select 1 from LabelStudioImage i where i.connectionId = t.connectionId and i.task = t.task) order by t.task", LabelStudioTask.class)
                .setParameter("connection", connection).getResultList();
    }

    /** How many tasks there are of each status. */
    Map<LabelStudioTask.Status, Long> counts(long connection) {
        return entities.createQuery("select t.status, count(t) from LabelStudioTask t where t.connectionId = :connection group by t.status", Object[].class)
                .setParameter("connection", connection).getResultStream()
                .collect(Collectors.toMap(row -> (LabelStudioTask.Status) row[0], row -> (Long) row[1]));
    }
}
