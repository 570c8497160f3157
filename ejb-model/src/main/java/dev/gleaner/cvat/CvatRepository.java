package dev.gleaner.cvat;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Connections to CVAT, their tasks and frames. Every call joins the caller's transaction. */
@ApplicationScoped
public class CvatRepository {

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected CvatRepository() {
    }

    public CvatRepository(EntityManager entities) {
        this.entities = entities;
    }

    /** The project's connection to this address, if there is one, locked until the transaction ends. */
    Optional<CvatConnection> lock(long project, String url) {
        return entities.createQuery("select c from CvatConnection c where c.projectId = :project and c.url = :url", CvatConnection.class)
                .setParameter("project", project).setParameter("url", url).setLockMode(LockModeType.PESSIMISTIC_WRITE).getResultStream().findFirst();
    }

    Optional<CvatConnection> find(long id) {
        return Optional.ofNullable(entities.find(CvatConnection.class, id));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    Optional<CvatConnection> lock(long id) {
        entities.flush();
        Optional<CvatConnection> found = Optional.ofNullable(entities.find(CvatConnection.class, id, LockModeType.PESSIMISTIC_WRITE));
        found.ifPresent(entities::refresh);
        return found;
    }

    /** By id. */
    List<CvatConnection> all() {
        return entities.createQuery("select c from CvatConnection c order by c.id", CvatConnection.class).getResultList();
    }

    void add(CvatConnection connection) {
        entities.persist(connection);
    }

    void remove(CvatConnection connection) {
        entities.remove(connection);
    }

    /** By number. */
    List<CvatTask> tasks(long connection) {
        return entities.createQuery("select t from CvatTask t where t.connectionId = :connection order by t.task", CvatTask.class)
                .setParameter("connection", connection).getResultList();
    }

    Optional<CvatTask> task(long connection, long task) {
        return Optional.ofNullable(entities.find(CvatTask.class, new CvatTask.Key(connection, task)));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    Optional<CvatTask> lockTask(long connection, long task) {
        entities.flush();
        Optional<CvatTask> found = Optional.ofNullable(entities.find(CvatTask.class, new CvatTask.Key(connection, task), LockModeType.PESSIMISTIC_WRITE));
        found.ifPresent(entities::refresh);
        return found;
    }

    void add(CvatTask task) {
        entities.persist(task);
    }

    /** The task that is due for longest, locked; those that somebody else has locked are left out. */
    Optional<CvatTask> dueTask(Instant now) {
        return entities.createQuery("select t from CvatTask t where t.dueAt <= :now order by t.dueAt, t.connectionId, t.task", CvatTask.class)
                .setParameter("now", now).setMaxResults(1).setLockMode(LockModeType.PESSIMISTIC_WRITE).setHint("jakarta.persistence.lock.timeout", -2)
                .getResultStream().findFirst();
    }

    void add(CvatFrame frame) {
        entities.persist(frame);
    }

    Optional<CvatFrame> frame(long connection, long task, int frame) {
        return Optional.ofNullable(entities.find(CvatFrame.class, new CvatFrame.Key(connection, task, frame)));
    }

    /** In their order. */
    List<CvatFrame> frames(long connection, long task) {
        return entities.createQuery("select f from CvatFrame f where f.connectionId = :connection and f.task = :task order by f.frame", CvatFrame.class)
                .setParameter("connection", connection).setParameter("task", task).getResultList();
    }

    /** How many frames of each task are here. */
    Map<Long, Long> frameCounts(long connection) {
        return entities.createQuery("select f.task, count(f) from CvatFrame f where f.connectionId = :connection group by f.task", Object[].class)
                .setParameter("connection", connection).getResultStream().collect(Collectors.toMap(row -> (Long) row[0], row -> (Long) row[1]));
    }
}
