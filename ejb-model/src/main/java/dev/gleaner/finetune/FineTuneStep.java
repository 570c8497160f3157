package dev.gleaner.finetune;

import dev.gleaner.glip.train.TrainingStep;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.Immutable;

/** What a step of a fine-tune did. */
@Entity
@Immutable
@Table(name = "fine_tune_steps")
@IdClass(FineTuneStep.Key.class)
class FineTuneStep {

    record Key(long fineTuneId, int step) implements Serializable {
    }

    @Id
    private long fineTuneId;
    @Id
    private int step;
    private double loss;
    private double alignment;
    private double boxes;
    private double centreness;
    private double gradientNorm;
    private double learningRate;
    private int positives;
    private boolean applied;

    protected FineTuneStep() {
    }

    FineTuneStep(long fineTuneId, TrainingStep step) {
        this.fineTuneId = fineTuneId;
        this.step = step.step();
        this.loss = step.loss();
        this.alignment = step.alignment();
        this.boxes = step.boxes();
        this.centreness = step.centreness();
        this.gradientNorm = step.gradientNorm();
        this.learningRate = step.learningRate();
        this.positives = step.positives();
        this.applied = step.applied();
    }

    TrainingStep step() {
        return new TrainingStep(step, loss, alignment, boxes, centreness, gradientNorm, learningRate, positives, applied);
    }
}
