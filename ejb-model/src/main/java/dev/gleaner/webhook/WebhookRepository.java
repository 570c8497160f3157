package dev.gleaner.webhook;

import dev.gleaner.webhook.WebhookDelivery.Status;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Webhooks and their deliveries. Every call joins the caller's transaction. */
@ApplicationScoped
public class WebhookRepository {

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected WebhookRepository() {
    }

    public WebhookRepository(EntityManager entities) {
        this.entities = entities;
    }

    void add(Webhook webhook) {
        entities.persist(webhook);
    }

    Optional<Webhook> find(long id) {
        return Optional.ofNullable(entities.find(Webhook.class, id));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    Optional<Webhook> lock(long id) {
        Optional<Webhook> found = Optional.ofNullable(entities.find(Webhook.class, id, LockModeType.PESSIMISTIC_WRITE));
        found.ifPresent(entities::refresh);
        return found;
    }

    /** By id. */
    List<Webhook> all() {
        return entities.createQuery("select w from Webhook w order by w.id", Webhook.class).getResultList();
    }

    long count(long project) {
        return entities.createQuery("select count(w) from Webhook w where w.projectId = :project", Long.class).setParameter("project", project).getSingleResult();
    }

    void remove(Webhook webhook) {
        entities.remove(webhook);
    }

    /**
     * Writes the event for all webhooks that are to be told of it, in one statement: one that is being deleted meanwhile is left out, and no row is
     * locked but against deletion, so that whoever tells of events waits for nobody.
     */
    void add(long project, UUID event, String type, String body, Instant now) {
        entities.createNativeQuery("insert into webhook_deliveries (webhook_id, event_id, type, body, status, created_at)"
                        + " select w.id, :event, :type, :body, 'PENDING', :now from webhooks w where w.project_id = :project and jsonb_exists(w.types, :type)"
                        + " for key share of w")
                .setParameter("event", event).setParameter("type", type).setParameter("body", body).setParameter("now", now).setParameter("project", project)
                .executeUpdate();
    }

    /** Writes an event for one webhook. */
    void addFor(long webhook, UUID event, String type, String body, Instant now) {
        entities.createNativeQuery("insert into webhook_deliveries (webhook_id, event_id, type, body, status, created_at)"
                        + " values (:webhook, :event, :type, :body, 'PENDING', :now)")
                .setParameter("webhook", webhook).setParameter("event", event).setParameter("type", type).setParameter("body", body).setParameter("now", now)
                .executeUpdate();
    }

    /** Webhooks that have something to tell, locked; those that somebody else has locked are left out. */
    List<Webhook> due(Instant now, int limit) {
        return entities.createQuery("select w from Webhook w where w.paused = false and w.dueAt <= :now and (w.takenUntil is null or w.takenUntil <= :now) and exists"
                        + " (select 1 from WebhookDelivery d where d.webhookId = w.id and d.status = :pending) order by w.dueAt, w.id", Webhook.class)
                .setParameter("now", now).setParameter("pending", Status.PENDING).setMaxResults(limit).setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .setHint("jakarta.persistence.lock.timeout", -2).getResultList();
    }

    /** What is to be told next. */
    Optional<WebhookDelivery> head(long webhook) {
        return entities.createQuery("select d from WebhookDelivery d where d.webhookId = :webhook and d.status = :pending order by d.id", WebhookDelivery.class)
                .setParameter("webhook", webhook).setParameter("pending", Status.PENDING).setMaxResults(1).getResultStream().findFirst();
    }

    Optional<WebhookDelivery> delivery(long id) {
        return Optional.ofNullable(entities.find(WebhookDelivery.class, id));
    }

    /** Those with ids below {@code before}, the newest first. */
    List<WebhookDelivery> deliveries(long webhook, long before, int limit) {
        return entities.createQuery("select d from WebhookDelivery d where d.webhookId = :webhook and d.id < :before order by d.id desc", WebhookDelivery.class)
                .setParameter("webhook", webhook).setParameter("before", before).setMaxResults(limit).getResultList();
    }

    /** How many deliveries of a webhook wait, and how many were given up. */
    Map<Status, Long> counts(long webhook) {
        return entities.createQuery("select d.status, count(d) from WebhookDelivery d where d.webhookId = :webhook group by d.status", Object[].class)
                .setParameter("webhook", webhook).getResultStream().collect(Collectors.toMap(row -> (Status) row[0], row -> (Long) row[1]));
    }

    /** Those that were given up, by id. */
    List<WebhookDelivery> dead(long webhook) {
        return entities.createQuery("select d from WebhookDelivery d where d.webhookId = :webhook and d.status = :dead order by d.id", WebhookDelivery.class)
                .setParameter("webhook", webhook).setParameter("dead", Status.DEAD).getResultList();
    }

    /** Forgets what happened before then, whatever came of it. @return how many deliveries */
    int prune(Instant then) {
        return entities.createQuery("delete from WebhookDelivery d where d.createdAt < :then").setParameter("then", then).executeUpdate();
    }
}
