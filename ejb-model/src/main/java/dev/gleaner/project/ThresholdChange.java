package dev.gleaner.project;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.Immutable;

/** An entry of the log of thresholds: who changed which category's, when. It is written once and never changed. */
@Entity
@Immutable
@Table(name = "threshold_changes")
public class ThresholdChange {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long projectId;
    private String category;
    private String changedBy;
    private Instant changedAt;
    @Column(name = "before")
    private Double before;
    @Column(name = "after")
    private Double after;

    protected ThresholdChange() {
    }

    /** What is about to become of the category's threshold. */
    ThresholdChange(Category category, Double after, String changedBy, Instant changedAt) {
        this.projectId = category.projectId();
        this.category = category.name();
        this.changedBy = changedBy;
        this.changedAt = changedAt;
        this.before = category.threshold().orElse(null);
        this.after = after;
    }

    public Long id() {
        return id;
    }

    /** Its name. */
    public String category() {
        return category;
    }

    public String changedBy() {
        return changedBy;
    }

    public Instant changedAt() {
        return changedAt;
    }

    /** Empty for the default. */
    public Optional<Double> before() {
        return Optional.ofNullable(before);
    }

    /** Empty for the default. */
    public Optional<Double> after() {
        return Optional.ofNullable(after);
    }
}
