package dev.gleaner.review;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.TypedQuery;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Queues, what is in them, and who holds it. Every call joins the caller's transaction. */
@ApplicationScoped
public class ReviewRepository {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS_AT_ONCE = 1000;

    private static final String INSERT = """
            insert into review_items (queue_id, image_id, place, kind, consensus, worth, reason, shown, truth, status)
            select :queue, r.image, r.place, r.kind, r.consensus, r.worth, r.reason, r.shown, r.truth, 'OPEN'
              from jsonb_to_recordset(cast(:rows as jsonb)) as r(image bigint, place integer, kind text, consensus boolean, worth double precision,
                   reason text, shown jsonb, truth jsonb)
            """;

    /**
     * Rows that somebody else is about to take are passed over. Nobody gets two items of one image, since second opinions are others' opinions;
     * so a second one is handed out only while the first is held or decided. Rulings are asked for one by one.
     */
    private static final String CLAIM = """
            with next as materialized (
                select i.id from review_items i
                 where i.queue_id = :queue and i.kind <> 'RULING' and i.status in ('OPEN', 'CLAIMED') and (i.status = 'OPEN' or i.claimed_until <= now())
                   and (not i.consensus or not exists (
                        select 1 from review_items o where o.queue_id = i.queue_id and o.image_id = i.image_id and o.id <> i.id
                           and (o.reviewer = :reviewer or o.place < i.place and (o.status = 'OPEN' or o.status = 'CLAIMED' and o.claimed_until <= now()))))
                 order by i.place limit :count for update skip locked)
            update review_items i set status = 'CLAIMED', reviewer = :reviewer, version = version + 1,
                   claimed_until = now() + :seconds * interval '1 second'
              from next where i.id = next.id returning i.id, i.image_id
            """;

    /** What is done with was counted as it was decided, so that no items are passed. */
    private static final String COUNTS = """
            select q.id, q.items - p.done - p.skipped - h.held, h.held, p.done, p.skipped
              from review_queues q
             cross join lateral (select coalesce(sum(done), 0) as done, coalesce(sum(skipped), 0) as skipped from review_queue_progress
                                  where queue_id = q.id) p
             cross join lateral (select count(*) as held from review_items
                                  where queue_id = q.id and status = 'CLAIMED' and claimed_until > now() and kind <> 'RULING') h
             where q.id in (:queues)
            """;

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected ReviewRepository() {
    }

    public ReviewRepository(EntityManager entities) {
        this.entities = entities;
    }

    void add(ReviewQueue queue) {
        entities.persist(queue);
        entities.flush();
    }

    void add(ReviewQueue queue, List<NewItem> items) {
        for (int from = 0; from < items.size(); from += ROWS_AT_ONCE) {
            entities.createNativeQuery(INSERT).setParameter("queue", queue.id())
                    .setParameter("rows", json(items.subList(from, Math.min(items.size(), from + ROWS_AT_ONCE)))).executeUpdate();
        }
    }

    private static String json(List<NewItem> items) {
        try {
            return JSON.writeValueAsString(items);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records can be written", e);
        }
    }

    /** Unless it was removed. */
    Optional<ReviewQueue> queue(long id) {
        return queueOrRemoved(id).filter(queue -> !queue.isRemoved());
    }

    /** Of an item that was handed out. */
    Optional<ReviewQueue> queueOrRemoved(long id) {
        return Optional.ofNullable(entities.find(ReviewQueue.class, id));
    }

    Optional<ReviewQueue> lockQueue(long id) {
        Optional<ReviewQueue> queue = Optional.ofNullable(entities.find(ReviewQueue.class, id, LockModeType.PESSIMISTIC_WRITE));
        queue.ifPresent(entities::refresh);
        return queue.filter(found -> !found.isRemoved());
    }

    /** Removes what was never handed out, and the queue itself if nothing was. */
    void remove(ReviewQueue queue) {
        queue.remove();
        entities.flush();
        entities.createNativeQuery("delete from review_items where queue_id = :queue and status = 'OPEN'").setParameter("queue", queue.id()).executeUpdate();
        entities.createNativeQuery("delete from review_queues q where q.id = :queue and not exists (select 1 from review_items i where i.queue_id = q.id)")
                .setParameter("queue", queue.id()).executeUpdate();
        entities.detach(queue);
    }

    /** Queues with ids below {@code before}, newest first, at most {@code limit} of them; of one project, or of all if it is null. */
    List<ReviewQueue> newest(Long project, long before, int limit) {
        TypedQuery<ReviewQueue> query = entities.createQuery("select q from ReviewQueue q where q.id < :before and q.removedAt is null"
                + (project == null ? "" : " and q.projectId = :project") + " order by q.id desc", ReviewQueue.class);
        if (project != null) {
            query.setParameter("project", project);
        }
        return query.setParameter("before", before).setMaxResults(limit).getResultList();
    }

    /** How many items the queues have of each status; those that are held too long count as open. */
    Map<Long, QueueCounts> counts(Collection<Long> queues) {
        Map<Long, QueueCounts> counts = new HashMap<>();
        for (Object row : entities.createNativeQuery(COUNTS).setParameter("queues", queues).getResultList()) {
            Object[] columns = (Object[]) row;
            counts.put(number(columns[0]), new QueueCounts((int) number(columns[1]), (int) number(columns[2]), (int) number(columns[3]),
                    (int) number(columns[4])));
        }
        return counts;
    }

    private static long number(Object column) {
        return ((Number) column).longValue();
    }

    /** Makes other claims of the reviewer in the queue wait for the end of this transaction. */
    void lockReviewer(long queue, String reviewer) {
        entities.createNativeQuery("select cast(pg_advisory_xact_lock(hashtextextended(:key, :queue)) as text)", String.class)
                .setParameter("key", reviewer).setParameter("queue", queue).getSingleResult();
    }

    /** Makes others who draw on the image wait for the end of this transaction. */
    void lockDrawing(long image) {
        entities.createNativeQuery("select cast(pg_advisory_xact_lock(hashtextextended('drawing', :image)) as text)", String.class)
                .setParameter("image", image).getSingleResult();
    }

    /**
     * Gives the reviewer the next items that nobody holds.
     *
     * @return at most {@code count}, in the order of the queue
     */
    List<ReviewItem> claim(long queue, String reviewer, int count, Duration time) {
        List<?> rows = entities.createNativeQuery(CLAIM).setParameter("queue", queue).setParameter("reviewer", reviewer).setParameter("count", count)
                .setParameter("seconds", time.toSeconds()).getResultList();
        if (rows.isEmpty()) {
            return List.of();
        }
        List<Long> ids = rows.stream().map(row -> number(((Object[]) row)[0])).toList();
        return entities.createQuery("select i from ReviewItem i where i.id in :ids order by i.place", ReviewItem.class)
                .setParameter("ids", ids).getResultList();
    }

    /** What the reviewer holds of the queue, in its order, without rulings. */
    List<ReviewItem> held(long queue, String reviewer) {
        return entities.createQuery("select i from ReviewItem i where i.queueId = :queue and i.reviewer = :reviewer and i.status = :claimed"
                        + " and i.claimedUntil > instant and i.kind <> :ruling order by i.place", ReviewItem.class)
                .setParameter("queue", queue).setParameter("reviewer", reviewer).setParameter("claimed", ReviewItem.Status.CLAIMED)
                .setParameter("ruling", ReviewItem.Kind.RULING).getResultList();
    }

    /** Gives whoever holds the item more time, if that is the reviewer. */
    void renew(long item, String reviewer, Duration time) {
        entities.createNativeQuery("update review_items set claimed_until = now() + :seconds * interval '1 second'"
                        + " where id = :item and reviewer = :reviewer and status = 'CLAIMED'")
                .setParameter("seconds", time.toSeconds()).setParameter("item", item).setParameter("reviewer", reviewer).executeUpdate();
    }

    Optional<ReviewItem> item(long id) {
        return Optional.ofNullable(entities.find(ReviewItem.class, id));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    Optional<ReviewItem> lockItem(long id) {
        Optional<ReviewItem> item = Optional.ofNullable(entities.find(ReviewItem.class, id, LockModeType.PESSIMISTIC_WRITE));
        item.ifPresent(entities::refresh);
        return item;
    }

    /** The queue's items of these statuses with places above {@code after}, in its order, at most {@code limit} of them. */
    List<ReviewItem> items(long queue, Collection<ReviewItem.Status> statuses, int after, int limit) {
        return entities.createQuery("select i from ReviewItem i where i.queueId = :queue and i.status in :statuses and i.place > :after order by i.place",
                        ReviewItem.class)
                .setParameter("queue", queue).setParameter("statuses", statuses).setParameter("after", after).setMaxResults(limit).getResultList();
    }

    /** All items of the queue that are of the image. */
    List<ReviewItem> ofImage(long queue, long image) {
        return entities.createQuery("select i from ReviewItem i where i.queueId = :queue and i.imageId = :image order by i.place", ReviewItem.class)
                .setParameter("queue", queue).setParameter("image", image).getResultList();
    }

    ReviewItem add(ReviewItem item) {
        entities.persist(item);
        entities.flush();
        return item;
    }

    /** The highest place in the queue; 0 if it has no items. */
    int lastPlace(long queue) {
        return entities.createQuery("select i.place from ReviewItem i where i.queueId = :queue order by i.place desc", Integer.class)
                .setParameter("queue", queue).setMaxResults(1).getResultStream().findFirst().orElse(0);
    }

    /** Writes what is changed, so that versions are counted on. */
    void flush() {
        entities.flush();
    }
}
