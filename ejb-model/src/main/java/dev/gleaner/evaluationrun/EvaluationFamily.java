package dev.gleaner.evaluationrun;

import dev.gleaner.modelversion.ModelVersion;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;

/**
 * One order to evaluate a model version on several datasets, so that a single table tells how far it carries: the way ODinW-13
 * is run. Each dataset has an {@link Evaluation} of its own. With shots there are fine-tunes beside them, one for each dataset and
 * seed, whose results are evaluated by the same gold.
 */
@Entity
@Table(name = "evaluation_families")
public class EvaluationFamily {

    static final String KIND = "evaluation family";

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private String name;
    private long modelVersionId;
    @Enumerated(EnumType.STRING)
    private EvaluationProtocol protocol;
    private Integer shots;
    private String startedBy;
    private Instant createdAt;

    protected EvaluationFamily() {
    }

    /** @param shots null for the model version as it is: zero-shot */
    EvaluationFamily(String name, ModelVersion model, EvaluationProtocol protocol, Integer shots, String startedBy) {
        this.name = name;
        this.modelVersionId = model.id();
        this.protocol = protocol;
        this.shots = shots;
        this.startedBy = startedBy;
        this.createdAt = Instant.now();
    }

    public Long id() {
        return id;
    }

    public String name() {
        return name;
    }

    public long modelVersionId() {
        return modelVersionId;
    }

    public EvaluationProtocol protocol() {
        return protocol;
    }

    /** Images of each category that the model is tuned on, beside its evaluations as it is; empty for those alone. */
    public Optional<Integer> shots() {
        return Optional.ofNullable(shots);
    }

    public String startedBy() {
        return startedBy;
    }

    public Instant createdAt() {
        return createdAt;
    }
}
