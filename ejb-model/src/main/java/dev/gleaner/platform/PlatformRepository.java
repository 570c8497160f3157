package dev.gleaner.platform;

import dev.gleaner.NotFound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Projects of platforms, their tasks and events. Every call joins the caller's transaction. */
@ApplicationScoped
public class PlatformRepository {

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected PlatformRepository() {
    }

    public PlatformRepository(EntityManager entities) {
        this.entities = entities;
    }

    /** The project of this identity, made if need be, and locked until the transaction ends. */
    PlatformConnection locked(long project, String platform, String identity, Instant now) {
        entities.createNativeQuery("insert into platform_connections (project_id, platform, identity, created_at) values (:project, :platform, :identity, :now)"
                        + " on conflict do nothing").setParameter("project", project).setParameter("platform", platform).setParameter("identity", identity).setParameter("now", now).executeUpdate();
        return query(project, platform, identity).setLockMode(LockModeType.PESSIMISTIC_WRITE).getSingleResult();
    }

    /** @throws NotFound if there is none of this id */
    PlatformConnection get(long id) {
        return find(id).orElseThrow(() -> new NotFound(PlatformConnection.KIND, id));
    }

    Optional<PlatformConnection> find(long id) {
        return Optional.ofNullable(entities.find(PlatformConnection.class, id));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    Optional<PlatformConnection> lock(long id) {
        entities.flush();
        Optional<PlatformConnection> found = Optional.ofNullable(entities.find(PlatformConnection.class, id, LockModeType.PESSIMISTIC_WRITE));
        found.ifPresent(entities::refresh);
        return found;
    }

    Optional<PlatformConnection> find(long project, String platform, String identity) {
        return query(project, platform, identity).getResultStream().findFirst();
    }

    private TypedQuery<PlatformConnection> query(long project, String platform, String identity) {
        return entities.createQuery("select p from PlatformConnection p where p.projectId = :project and p.platform = :platform and p.identity = :identity",
                PlatformConnection.class).setParameter("project", project).setParameter("platform", platform).setParameter("identity", identity);
    }

    /** By id. */
    List<PlatformConnection> all() {
        return entities.createQuery("select p from PlatformConnection p order by p.id", PlatformConnection.class).getResultList();
    }

    void remove(PlatformConnection project) {
        entities.remove(project);
    }

    void add(WaitingEvent event) {
        entities.persist(event);
    }

    void add(KnownImage image) {
        entities.persist(image);
    }

    void add(KnownReview review) {
        entities.persist(review);
    }

    Optional<KnownTask> task(long connection, String task) {
        return Optional.ofNullable(entities.find(KnownTask.class, new KnownTask.Key(connection, task)));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    Optional<KnownTask> lockedTask(long connection, String task) {
        entities.flush();
        Optional<KnownTask> found = Optional.ofNullable(entities.find(KnownTask.class, new KnownTask.Key(connection, task), LockModeType.PESSIMISTIC_WRITE));
        found.ifPresent(entities::refresh);
        return found;
    }

    /** The task with its data as they are now, made if need be. */
    KnownTask known(long connection, PlatformTask task) {
        KnownTask known = task(connection, task.id()).orElseGet(() -> {
            KnownTask made = new KnownTask(connection, task);
            entities.persist(made);
            return made;
        });
        known.shows(task.data());
        return known;
    }

    Optional<KnownImage> image(long connection, String task, String name) {
        return Optional.ofNullable(entities.find(KnownImage.class, new KnownImage.Key(connection, task, name)));
    }

    /** Those of a task, by name. */
    List<KnownImage> images(long connection, String task) {
        return entities.createQuery("select i from KnownImage i where i.connectionId = :connection and i.task = :task order by i.name", KnownImage.class)
                .setParameter("connection", connection).setParameter("task", task).getResultList();
    }

    Optional<KnownReview> review(long connection, String review) {
        return Optional.ofNullable(entities.find(KnownReview.class, new KnownReview.Key(connection, review)));
    }

    /** Events that are due, the oldest first, locked; those that somebody else has locked are left out. */
    List<WaitingEvent> dueEvents(Instant now, int limit) {
        return entities.createQuery("select e from WaitingEvent e where e.dueAt <= :now order by e.id", WaitingEvent.class)
                .setParameter("now", now).setMaxResults(limit).setLockMode(LockModeType.PESSIMISTIC_WRITE).setHint("jakarta.persistence.lock.timeout", -2)
                .getResultList();
    }

    Optional<WaitingEvent> event(long id) {
        return Optional.ofNullable(entities.find(WaitingEvent.class, id));
    }

    void remove(WaitingEvent event) {
        entities.remove(event);
    }

    /** Tasks of the project that are due, locked; those that somebody else has locked are left out. */
    List<KnownTask> dueTasks(long connection, Instant now, int limit) {
        return entities.createQuery("select t from KnownTask t where t.connectionId = :connection and t.dueAt <= :now order by t.dueAt, t.task", KnownTask.class)
                .setParameter("connection", connection).setParameter("now", now).setMaxResults(limit).setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .setHint("jakarta.persistence.lock.timeout", -2).getResultList();
    }

    /** Of the tasks that have images. */
    List<KnownTask> tasksWithImages(long connection) {
        return entities.createQuery("select t from KnownTask t where t.connectionId = :connection and exists"
                        + " (select 1 from KnownImage i where i.connectionId = t.connectionId and i.task = t.task) order by t.task", KnownTask.class)
                .setParameter("connection", connection).getResultList();
    }

    /** Those of which a model has seen an image, in a run or a call, or whose prediction was sent before. */
    Set<String> tasksLookedAt(long connection) {
        return Set.copyOf(entities.createQuery("select t.task from KnownTask t where t.connectionId = :connection and (t.sent is not null or t.status = :sending"
                        + " or exists (select 1 from KnownImage i join Annotation a on a.imageId = i.imageId"
                        + " where i.connectionId = t.connectionId and i.task = t.task and a.modelVersionId is not null)"
                        + " or exists (select 1 from KnownImage i join LabelingResult r on r.imageId = i.imageId"
                        + " where i.connectionId = t.connectionId and i.task = t.task and r.quarantine is null))", String.class)
                .setParameter("connection", connection).setParameter("sending", KnownTask.Status.SENDING).getResultList());
    }

    /** Reviews that are not deleted: their tasks, by review. */
    Map<String, String> openReviews(long connection) {
        return entities.createQuery("select r.review, r.task from KnownReview r where r.connectionId = :connection and r.deleted = false", Object[].class)
                .setParameter("connection", connection).getResultStream().collect(Collectors.toMap(row -> (String) row[0], row -> (String) row[1]));
    }

    /** How many tasks there are of each status. */
    Map<KnownTask.Status, Long> counts(long connection) {
        return entities.createQuery("select t.status, count(t) from KnownTask t where t.connectionId = :connection group by t.status", Object[].class)
                .setParameter("connection", connection).getResultStream()
                .collect(Collectors.toMap(row -> (KnownTask.Status) row[0], row -> (Long) row[1]));
    }
}
