package dev.gleaner.review;

import dev.gleaner.event.Events;
import dev.gleaner.event.ImageDecided;
import dev.gleaner.review.ReviewDecision.Action;
import dev.gleaner.round.ReviewedThresholds;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The audit log of reviewing. Every call joins the caller's transaction; nothing in it is changed or removed. */
@ApplicationScoped
public class DecisionRepository {

    private static final String STANDING = " and not exists (select 1 from review_decisions u where u.undoes = d.id)";
    /** Decisions that figures and thresholds are made of at most, and items that are compared at most: the newest. */
    static final int MOST = 20_000;

    /** Begins a query about the newest decisions of a project. */
    private static final String NEWEST = """
            with newest as materialized (
              select d.id, d.reviewer, d.action, d.seconds, d.counts from review_decisions d
               where d.project_id = :project and d.decided_at >= :since and d.action <> 'UNDO'%s order by d.decided_at desc limit :most)
            """.formatted(STANDING);
    /** Their boxes, found by their keys however many others there are. */
    private static final String BOXES = """
            from newest d cross join lateral (select * from review_decision_boxes where decision_id = d.id offset 0) b
            """;

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    @Inject
    private Events events = new Events();

    protected DecisionRepository() {
    }

    public DecisionRepository(EntityManager entities) {
        this.entities = entities;
    }

    /** Writes an entry. The boxes must be written before, so that they have their new versions. */
    LoggedDecision add(ReviewDecision decision, List<BoxChange> changes) {
        entities.persist(decision);
        List<DecidedBox> boxes = new ArrayList<>();
        for (BoxChange change : changes) {
            DecidedBox box = change.logged(decision, boxes.size());
            entities.persist(box);
            boxes.add(box);
        }
        if (decision.counts() && (!changes.isEmpty() || isAboutBoxes(decision))) {
            events.fire(new ImageDecided(decision.projectId(), decision.datasetId(), decision.imageId(), decision.id(), decision.action() == Action.UNDO,
                    boxes.stream().flatMap(box -> box.annotationId().stream()).toList(), decision.origin()));
        }
        return new LoggedDecision(decision, boxes);
    }

    /** Not about setting an image aside. Also that nothing is to be changed is decided. */
    private boolean isAboutBoxes(ReviewDecision decision) {
        return decision.undoes().map(undone -> entities.find(ReviewDecision.class, undone)).orElse(decision).action() == Action.DECIDE;
    }

    /** What the reviewer's program sent before under this id, about one image or several; in the order in which it was written. */
    List<LoggedDecision> requests(String reviewer, String requestId) {
        List<ReviewDecision> decisions = entities.createQuery("select d from ReviewDecision d where d.reviewer = :reviewer and d.requestId = :request"
                        + " order by d.id", ReviewDecision.class)
                .setParameter("reviewer", reviewer).setParameter("request", requestId).getResultList();
        Map<Long, List<DecidedBox>> boxes = decisions.isEmpty() ? Map.of() : boxes(decisions.stream().map(ReviewDecision::id).toList());
        return decisions.stream().map(decision -> new LoggedDecision(decision, boxes.getOrDefault(decision.id(), List.of()))).toList();
    }

    /** Which of these entries were undone. */
    Set<Long> undone(Collection<Long> decisions) {
        return Set.copyOf(entities.createQuery("select u.undoes from ReviewDecision u where u.undoes in :decisions", Long.class)
                .setParameter("decisions", decisions).getResultList());
    }

    /** What the reviewer's program sent before under this id. */
    Optional<ReviewDecision> request(String reviewer, String requestId) {
        return entities.createQuery("select d from ReviewDecision d where d.reviewer = :reviewer and d.requestId = :request", ReviewDecision.class)
                .setParameter("reviewer", reviewer).setParameter("request", requestId).setMaxResults(1).getResultStream().findFirst();
    }

    /** The newest entry about an item that is no undo and was not undone. */
    Optional<ReviewDecision> standing(long item) {
        return entities.createQuery("select d from ReviewDecision d where d.itemId = :item and d.action <> :undo"
                        + " and not exists (select 1 from ReviewDecision u where u.undoes = d.id) order by d.id desc", ReviewDecision.class)
                .setParameter("item", item).setParameter("undo", ReviewDecision.Action.UNDO).setMaxResults(1).getResultStream().findFirst();
    }

    /** By decision, each in its order. */
    Map<Long, List<DecidedBox>> boxes(Collection<Long> decisions) {
        return entities.createQuery("select b from DecidedBox b where b.decisionId in :decisions order by b.decisionId, b.ordinal", DecidedBox.class)
                .setParameter("decisions", decisions).getResultStream().collect(Collectors.groupingBy(DecidedBox::decisionId));
    }

    /** The image's entries with ids below {@code before}, newest first, at most {@code limit} of them. */
    List<ReviewDecision> ofImage(long image, long before, int limit) {
        return entities.createQuery("select d from ReviewDecision d where d.imageId = :image and d.id < :before order by d.id desc", ReviewDecision.class)
                .setParameter("image", image).setParameter("before", before).setMaxResults(limit).getResultList();
    }

    /** Comments of entries about items that were not undone; the newest of each item. */
    Map<Long, String> comments(Collection<Long> items) {
        return entities.createQuery("select d.itemId, d.comment from ReviewDecision d where d.itemId in :items and d.comment is not null"
                        + " and not exists (select 1 from ReviewDecision u where u.undoes = d.id) order by d.id", Object[].class)
                .setParameter("items", items).getResultStream().collect(Collectors.toMap(row -> (Long) row[0], row -> (String) row[1], (older, newer) -> newer));
    }

    /** Whether more was decided since then than figures are made of. */
    boolean isMore(long project, Instant since) {
        return (Boolean) entities.createNativeQuery("select exists (select 1 from review_decisions d where d.project_id = :project and d.decided_at >= :since"
                        + " order by d.decided_at desc offset :most)", Boolean.class)
                .setParameter("project", project).setParameter("since", since).setParameter("most", MOST).getSingleResult();
    }

    /** How many items each reviewer decided and skipped since then, of the newest, without what was undone. */
    List<ReviewQuality.Pace> paces(long project, Instant since) {
        return newest("select d.reviewer, count(*) filter (where d.action = 'DECIDE'), count(*) filter (where d.action = 'SKIP'),"
                        + " percentile_cont(0.5) within group (order by d.seconds) filter (where d.action = 'DECIDE') from newest d group by d.reviewer",
                        project, since)
                .map(row -> new ReviewQuality.Pace((String) row[0], ((Number) row[1]).intValue(), ((Number) row[2]).intValue(), (Double) row[3])).toList();
    }

    /** What each reviewer did to boxes since then, of the newest, without what was undone or did not count. Of a model's are only open proposals. */
    List<ReviewQuality.Deed> deeds(long project, Instant since) {
        return newest("select d.reviewer, case when b.hit is null then null else b.model_version_id end, b.category_id, b.action, count(*) " + BOXES
                        + "where d.action = 'DECIDE' and d.counts and b.action <> 'KEEP' group by 1, 2, 3, 4", project, since)
                .map(row -> new ReviewQuality.Deed((String) row[0], row[1] == null ? null : ((Number) row[1]).longValue(), ((Number) row[2]).longValue(),
                        DecidedBox.Action.valueOf((String) row[3]), ((Number) row[4]).intValue())).toList();
    }

    /** The newest items with answers to compare: checks, and those that several reviewers saw; nothing keeps them. */
    List<ReviewItem> answered(long project, Instant since) {
        return entities.createQuery("select i from ReviewQueue q join ReviewItem i on i.queueId = q.id where q.projectId = :project and i.answer is not null"
                        + " and i.decidedAt >= :since order by i.decidedAt desc, i.id", ReviewItem.class)
                .setParameter("project", project).setParameter("since", since).setMaxResults(MOST).getResultStream().peek(entities::detach).toList();
    }

    /** The images of these queues about which somebody had the last word. */
    Set<ReviewQuality.QueuedImage> ruled(Collection<Long> queues) {
        return queues.isEmpty() ? Set.of() : Set.copyOf(entities.createQuery("select new dev.gleaner.review.ReviewQuality$QueuedImage(i.queueId, i.imageId)"
                        + " from ReviewItem i where i.queueId in :queues and i.kind = dev.gleaner.review.ReviewItem$Kind.RULING and i.status = :done",
                        ReviewQuality.QueuedImage.class)
                .setParameter("queues", queues).setParameter("done", ReviewItem.Status.DONE).getResultList());
    }

    /** Those of these queues that were removed. */
    Set<Long> removed(Collection<Long> queues) {
        return queues.isEmpty() ? Set.of() : Set.copyOf(entities.createQuery("select q.id from ReviewQueue q where q.id in :queues and q.removedAt is not null", Long.class)
                .setParameter("queues", queues).getResultList());
    }

    /** What reviewers said of open proposals, in the newest decisions, without what was undone or did not count. */
    List<ReviewedThresholds.Decision> decisions(long project) {
        return newest("select b.category_id, b.score, b.hit " + BOXES + "where d.action = 'DECIDE' and d.counts and b.hit is not null and b.score is not null",
                        project, Instant.EPOCH)
                .map(row -> new ReviewedThresholds.Decision(((Number) row[0]).longValue(), ((Number) row[1]).doubleValue(), (Boolean) row[2])).toList();
    }

    private Stream<Object[]> newest(String sql, long project, Instant since) {
        return ((List<?>) entities.createNativeQuery(NEWEST + sql).setParameter("project", project).setParameter("since", since).setParameter("most", MOST)
                .getResultList()).stream().map(Object[].class::cast);
    }
}
