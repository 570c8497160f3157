package dev.gleaner.review;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.BoxState;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Optional;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** What a decision did to one box, or would have done if it had counted. It is written once and never changed. */
@Entity
@Immutable
@Table(name = "review_decision_boxes")
@IdClass(DecidedBox.Key.class)
public class DecidedBox {

    /** {@code RESTORE} is what an undo does. */
    public enum Action { ACCEPT, REJECT, RELABEL, MOVE, DRAW, KEEP, RESTORE }

    record Key(long decisionId, int ordinal) implements Serializable {
    }

    @Id
    private long decisionId;
    @Id
    private int ordinal;
    private Long annotationId;
    @Enumerated(EnumType.STRING)
    private Action action;
    @JdbcTypeCode(SqlTypes.JSON)
    private BoxState before;
    @JdbcTypeCode(SqlTypes.JSON)
    private BoxState after;
    private Boolean hit;
    private long categoryId;
    private Long modelVersionId;
    private Double score;

    protected DecidedBox() {
    }

    /**
     * @param annotation   null if it was drawn on a copy
     * @param before       null if it was drawn
     * @param after        null if it is gone
     * @param modelVersion that proposed it; null if none did, and then {@code score} too
     */
    DecidedBox(long decision, int ordinal, Long annotation, Action action, BoxState before, BoxState after, Long modelVersion, Double score) {
        this.decisionId = decision;
        this.ordinal = ordinal;
        this.annotationId = annotation;
        this.action = action;
        this.before = before;
        this.after = after;
        this.modelVersionId = modelVersion;
        this.score = score;
        categoryId = before == null ? after.category() : before.category();
        hit = hit();
    }

    private Boolean hit() {
        if (before == null || before.status() != Annotation.Status.PROPOSED || action == Action.KEEP || action == Action.RESTORE) {
            return null;
        }
        return action != Action.REJECT && before.category() == after.category() && before.box().iou(after.box()) >= BoxAgreement.SAME;
    }

    public int ordinal() {
        return ordinal;
    }

    /** Empty if it was drawn on a copy. */
    public Optional<Long> annotationId() {
        return Optional.ofNullable(annotationId);
    }

    public Action action() {
        return action;
    }

    /** Empty if it was drawn. */
    public Optional<BoxState> before() {
        return Optional.ofNullable(before);
    }

    /** Empty if it is gone. */
    public Optional<BoxState> after() {
        return Optional.ofNullable(after);
    }

    /** The category it had before; that of a drawn one. */
    public long categoryId() {
        return categoryId;
    }

    public Optional<Long> modelVersionId() {
        return Optional.ofNullable(modelVersionId);
    }

    public Optional<Double> score() {
        return Optional.ofNullable(score);
    }

    long decisionId() {
        return decisionId;
    }

    /** Whether an open proposal met what the reviewer says is there; empty if it was none, or nothing was decided about it. */
    Optional<Boolean> isHit() {
        return Optional.ofNullable(hit);
    }
}
