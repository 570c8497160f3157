package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.Confusion;
import dev.gleaner.evaluation.DetectionEvaluation;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;

/** From the stored detections of an evaluation to its figures. Doing it again gives the same. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Accumulation {

    /** At which overlap mistakes are told from finds. */
    static final double MISTAKE_IOU = 0.5;
    /** Of one category and kind, and of all together at the most. */
    private static final int EXAMPLES = 50;
    private static final int ALL_EXAMPLES = 20_000;

    @Inject
    private EvaluationRepository evaluations;
    @Inject
    private Conclusion conclusion;
    @Inject
    private MeasuredBoxes.Reader boxes;

    protected Accumulation() {
    }

    public Accumulation(EvaluationRepository evaluations, Conclusion conclusion, MeasuredBoxes.Reader boxes) {
        this.evaluations = evaluations;
        this.conclusion = conclusion;
        this.boxes = boxes;
    }

    /**
     * Computes and writes the figures.
     *
     * @throws dev.gleaner.inference.SupersededAttempt if another server has taken the evaluation up; nothing is written
     */
    public void accumulate(long id, int attempt) {
        Instant start = Instant.now();
        Evaluation evaluation = evaluations.find(id).orElseThrow();
        MeasuredBoxes measured = boxes.of(evaluation);
        DetectionEvaluation outcome = evaluation.protocol().evaluate(measured.truth(), measured.detections());
        int each = Math.max(5, Math.min(EXAMPLES, ALL_EXAMPLES / Math.max(1, measured.truth().categories().size()) / 5));
        Confusion confusion = Confusion.of(evaluation.protocol().rules(), measured.truth(), measured.detections(), MISTAKE_IOU, each);
        conclusion.write(id, attempt, outcome, confusion, new Timings(
                seconds(evaluation.startedAt().orElse(start), start), seconds(start, Instant.now())));
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }
}
