package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.Mistake;
import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.glip.Box;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Optional;
import org.hibernate.annotations.Immutable;

/** One of an evaluation's worst mistakes, at IoU 0.5. */
@Entity
@Immutable
@Table(name = "evaluation_mistakes")
@IdClass(MistakeExample.Key.class)
public class MistakeExample {

    record Key(long evaluationId, int ordinal) implements Serializable {
    }

    @Id
    private long evaluationId;
    @Id
    private int ordinal;
    @Enumerated(EnumType.STRING)
    private Mistake.Kind kind;
    private long categoryId;
    private long imageId;
    private Double score;
    private double[] box;
    private Long goldId;
    private Long goldCategoryId;
    private double[] goldBox;
    private double iou;

    protected MistakeExample() {
    }

    /** @param ordinal from 1, the worst first */
    MistakeExample(long evaluationId, int ordinal, Mistake mistake) {
        this.evaluationId = evaluationId;
        this.ordinal = ordinal;
        this.kind = mistake.kind();
        this.categoryId = mistake.categoryId();
        this.imageId = mistake.imageId();
        this.score = mistake.detection().map(DetectedBox::score).orElse(null);
        this.box = mistake.detection().map(found -> numbers(found.box())).orElse(null);
        this.goldId = mistake.truth().map(TruthBox::id).orElse(null);
        this.goldCategoryId = mistake.truth().map(TruthBox::categoryId).orElse(null);
        this.goldBox = mistake.truth().map(truth -> numbers(truth.box())).orElse(null);
        this.iou = mistake.iou();
    }

    private static double[] numbers(Box box) {
        return new double[] {box.x(), box.y(), box.width(), box.height()};
    }

    private static Optional<Box> box(double[] numbers) {
        return Optional.ofNullable(numbers).map(n -> Box.xywh(n[0], n[1], n[2], n[3]));
    }

    public int ordinal() {
        return ordinal;
    }

    public Mistake.Kind kind() {
        return kind;
    }

    /** The category it counts against. */
    public long categoryId() {
        return categoryId;
    }

    public long imageId() {
        return imageId;
    }

    /** Of the detection; empty for what was missed. */
    public Optional<Double> score() {
        return Optional.ofNullable(score);
    }

    /** Of the detection; empty for what was missed. */
    public Optional<Box> box() {
        return box(box);
    }

    /** The annotation that was hit or missed. */
    public Optional<Long> goldId() {
        return Optional.ofNullable(goldId);
    }

    public Optional<Long> goldCategoryId() {
        return Optional.ofNullable(goldCategoryId);
    }

    public Optional<Box> goldBox() {
        return box(goldBox);
    }

    /** Of detection and gold; for what was missed the most that any detection of the category overlaps it. */
    public double iou() {
        return iou;
    }
}
