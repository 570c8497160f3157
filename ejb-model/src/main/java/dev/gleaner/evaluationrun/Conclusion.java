package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.Confusion;
import dev.gleaner.evaluation.DetectionEvaluation;
import dev.gleaner.evaluation.Mistake;
import dev.gleaner.inference.SupersededAttempt;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Writes what evaluations come to: all of it in one transaction. */
@Stateless
public class Conclusion {

    @Inject
    private EvaluationRepository evaluations;

    protected Conclusion() {
    }

    public Conclusion(EvaluationRepository evaluations) {
        this.evaluations = evaluations;
    }

    /**
     * Writes what an evaluation comes to, in place of what an earlier attempt may have written.
     *
     * @throws SupersededAttempt if another server has taken the evaluation up since this attempt began; nothing is written
     */
    public void write(long id, int attempt, DetectionEvaluation outcome, Confusion confusion, Timings timings) {
        Evaluation evaluation = evaluations.lock(id).orElseThrow();
        if (evaluation.attempt() != attempt || !evaluation.isActive()) {
            throw new SupersededAttempt(Evaluation.KIND, id, attempt);
        }
        evaluations.forgetOutcome(id);
        evaluations.addAll(outcome.categories().stream()
                .map(row -> new CategoryFigures(id, row, confusion.counts().getOrDefault(row.category().id(), Map.of()))).toList());
        List<Mistake> examples = confusion.examples();
        evaluations.addAll(IntStream.range(0, examples.size()).mapToObj(i -> new MistakeExample(id, i + 1, examples.get(i))).toList());
        evaluation.comesTo(Figures.of(outcome), timings);
    }
}
