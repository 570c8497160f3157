package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.Confusion;
import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.DetectionEvaluation;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.evaluation.TruthCategory;
import dev.gleaner.evaluation.TruthCategory.Frequency;
import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.evaluationrun.EvaluationRepository.Result;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** From the stored detections of an evaluation to its figures. Doing it again gives the same. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Accumulation {

    /** At which overlap mistakes are told from finds. */
    static final double MISTAKE_IOU = 0.5;
    private static final int PAGE = 500;
    /** Of one category and kind, and of all together at the most. */
    private static final int EXAMPLES = 50;
    private static final int ALL_EXAMPLES = 20_000;

    @Inject
    private EvaluationRepository evaluations;
    @Inject
    private Conclusion conclusion;
    @Inject
    private EvaluatedCategories categories;

    protected Accumulation() {
    }

    public Accumulation(EvaluationRepository evaluations, Conclusion conclusion, EvaluatedCategories categories) {
        this.evaluations = evaluations;
        this.conclusion = conclusion;
        this.categories = categories;
    }

    /**
     * Computes and writes the figures.
     *
     * @throws dev.gleaner.inference.SupersededAttempt if another server has taken the evaluation up; nothing is written
     */
    public void accumulate(long id, int attempt) {
        Instant start = Instant.now();
        Evaluation evaluation = evaluations.find(id).orElseThrow();
        Measured measured = read(evaluation);
        DetectionEvaluation outcome = evaluation.protocol().evaluate(measured.truth(), measured.detections());
        int each = Math.max(5, Math.min(EXAMPLES, ALL_EXAMPLES / Math.max(1, measured.truth().categories().size()) / 5));
        Confusion confusion = Confusion.of(evaluation.protocol().rules(), measured.truth(), measured.detections(), MISTAKE_IOU, each);
        conclusion.write(id, attempt, outcome, confusion, new Timings(
                seconds(evaluation.startedAt().orElse(start), start), seconds(start, Instant.now())));
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    private record Measured(GroundTruth truth, List<DetectedBox> detections) {
    }

    /** Some hundred images at a time, so that what stays in memory is the boxes alone: about 100 bytes each. */
    private Measured read(Evaluation evaluation) {
        EvaluatedCategories.Asked about = categories.of(evaluation);
        Map<Long, Frequency> frequencies = evaluations.frequencies(evaluation.datasetId());
        List<TruthCategory> asked = about.all().stream().map(category -> new TruthCategory(category.id(), category.name(),
                Optional.ofNullable(frequencies.get(category.id())))).toList();
        Set<Long> all = asked.stream().map(TruthCategory::id).collect(Collectors.toUnmodifiableSet());
        List<TruthImage> images = new ArrayList<>();
        List<TruthBox> gold = new ArrayList<>();
        List<DetectedBox> detections = new ArrayList<>();
        List<Result> page = evaluations.results(evaluation.id(), 0, PAGE);
        while (!page.isEmpty()) {
            for (Result result : page) {
                long image = result.image().imageId();
                images.add(result.image().truth(all));
                result.image().gold().forEach(box -> gold.add(box.truth(image)));
                detections.addAll(result.detections().detections(about.ofPrompts()));
            }
            page = evaluations.results(evaluation.id(), page.get(page.size() - 1).image().imageId(), PAGE);
        }
        return new Measured(new GroundTruth(images, asked, gold), detections);
    }
}
