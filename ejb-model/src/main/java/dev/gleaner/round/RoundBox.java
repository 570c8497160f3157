package dev.gleaner.round;

import dev.gleaner.glip.Box;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Optional;

/** A box that the teacher of a round found, and whether the student learns from it. */
@Entity
@Table(name = "training_round_boxes")
@IdClass(RoundBox.Key.class)
public class RoundBox {

    record Key(long roundId, long imageId, int ordinal) implements Serializable {
    }

    @Id
    private long roundId;
    @Id
    private long imageId;
    @Id
    private int ordinal;
    private long categoryId;
    private double x;
    private double y;
    private double width;
    private double height;
    private double score;
    private double agreement;
    private Boolean selected;
    private String droppedBy;

    protected RoundBox() {
    }

    /** @param ordinal its place among the boxes of the image, from 0, best first */
    RoundBox(long roundId, int ordinal, PseudoBox found) {
        this.roundId = roundId;
        this.imageId = found.imageId();
        this.ordinal = ordinal;
        this.categoryId = found.categoryId();
        this.x = found.box().x();
        this.y = found.box().y();
        this.width = found.box().width();
        this.height = found.box().height();
        this.score = found.score();
        this.agreement = found.agreement();
    }

    PseudoBox found() {
        return new PseudoBox(imageId, categoryId, box(), score, agreement);
    }

    public long imageId() {
        return imageId;
    }

    public int ordinal() {
        return ordinal;
    }

    public long categoryId() {
        return categoryId;
    }

    /** In upright image pixels. */
    public Box box() {
        return Box.xywh(x, y, width, height);
    }

    public double score() {
        return score;
    }

    /** How well other views of the image confirm it, 0 to 1. */
    public double agreement() {
        return agreement;
    }

    /** Whether the student learns from it; empty until that is decided. */
    public Optional<Boolean> selected() {
        return Optional.ofNullable(selected);
    }

    /** What dropped it: the name of a selection, or {@link CategorySelection#HUMAN}. */
    public Optional<String> droppedBy() {
        return Optional.ofNullable(droppedBy);
    }
}
