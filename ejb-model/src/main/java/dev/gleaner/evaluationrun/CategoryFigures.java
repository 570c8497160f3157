package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.DetectionEvaluation.CategoryResult;
import dev.gleaner.evaluation.DetectionFigures;
import dev.gleaner.evaluation.Mistake;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Map;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** What an evaluation comes to in one category. */
@Entity
@Immutable
@Table(name = "evaluation_categories")
@IdClass(CategoryFigures.Key.class)
public class CategoryFigures {

    record Key(long evaluationId, long categoryId) implements Serializable {
    }

    @Id
    private long evaluationId;
    @Id
    private long categoryId;
    private String name;
    private int gold;
    private int detections;
    @JdbcTypeCode(SqlTypes.JSON)
    private DetectionFigures figures;
    @JdbcTypeCode(SqlTypes.JSON)
    private Map<Mistake.Kind, Integer> mistakes;
    private double[] precisions;

    protected CategoryFigures() {
    }

    CategoryFigures(long evaluationId, CategoryResult result, Map<Mistake.Kind, Integer> mistakes) {
        this.evaluationId = evaluationId;
        this.categoryId = result.category().id();
        this.name = result.category().name();
        this.gold = result.truths();
        this.detections = result.detections();
        this.figures = result.figures();
        this.mistakes = mistakes;
        this.precisions = result.curve().allPrecisions();
    }

    public long categoryId() {
        return categoryId;
    }

    public String name() {
        return name;
    }

    /** How many boxes there are to find, crowds left out. */
    public int gold() {
        return gold;
    }

    /** How many detections the protocol lets count. */
    public int detections() {
        return detections;
    }

    public DetectionFigures figures() {
        return figures;
    }

    /** How many mistakes of each kind at IoU 0.5, whatever their score; kinds without a mistake are left out. */
    public Map<Mistake.Kind, Integer> mistakes() {
        return mistakes;
    }

    double[] precisions() {
        return precisions;
    }
}
