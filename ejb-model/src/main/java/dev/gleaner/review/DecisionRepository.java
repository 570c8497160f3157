package dev.gleaner.review;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The audit log of reviewing. Every call joins the caller's transaction; nothing in it is changed or removed. */
@ApplicationScoped
public class DecisionRepository {

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected DecisionRepository() {
    }

    public DecisionRepository(EntityManager entities) {
        this.entities = entities;
    }

    void add(ReviewDecision decision) {
        entities.persist(decision);
    }

    void add(DecidedBox box) {
        entities.persist(box);
    }

    /** What the reviewer's program sent before under this id. */
    Optional<ReviewDecision> request(String reviewer, String requestId) {
        return entities.createQuery("select d from ReviewDecision d where d.reviewer = :reviewer and d.requestId = :request", ReviewDecision.class)
                .setParameter("reviewer", reviewer).setParameter("request", requestId).getResultStream().findFirst();
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
}
