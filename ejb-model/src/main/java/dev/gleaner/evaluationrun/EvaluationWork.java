package dev.gleaner.evaluationrun;

import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.inference.DetectedImage;
import dev.gleaner.inference.InferenceLane;
import dev.gleaner.inference.InferenceServer;
import dev.gleaner.inference.InferenceWork;
import dev.gleaner.inference.PendingImage;
import dev.gleaner.inference.Shard;
import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.modelversion.ModelVersionService;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What the batch job writes for an evaluation: the detections of its images. */
@Stateless
public class EvaluationWork implements InferenceWork {

    /** Every detection counts: which score is enough is what the curves tell. */
    private static final Thresholds ALL = Thresholds.all(0);

    @Inject
    private EvaluationRepository evaluations;
    @Inject
    private ModelVersionService models;
    @Inject
    private InferenceServer server;

    @Override
    public String job() {
        return EvaluateJob.NAME;
    }

    @Override
    public List<Shard> shards(long id, int shards) {
        return evaluations.shards(id, shards);
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public List<PendingImage> pending(long id, Shard shard, long after, int limit) {
        return evaluations.pending(id, shard, after, limit).stream().map(PendingImage::of).toList();
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public InferenceLane open(long id) {
        Evaluation evaluation = get(id);
        return server.open(EvaluateJob.NAME, id, models.get(evaluation.modelVersionId()), evaluation.prompts(),
                evaluation.settings().chunking(), ALL);
    }

    /** Writes the detections, and counts the finished images. */
    @Override
    public void finish(long id, int attempt, List<DetectedImage> images) {
        Evaluation evaluation = get(id);
        List<Prompt> prompts = evaluation.prompts();
        Map<Prompt, Integer> places = new HashMap<>();
        IntStream.range(0, prompts.size()).forEach(place -> places.put(prompts.get(place), place));
        for (DetectedImage image : images) {
            evaluations.add(new ImageDetections(id, image, places, evaluation.settings().detectionsPerImage()));
        }
        int quarantined = (int) images.stream().filter(image -> image.quarantine().isPresent()).count();
        // Last, since it locks the evaluation's row until the transaction ends.
        if (!evaluations.count(id, attempt, images.size(), quarantined, server.finished(EvaluateJob.NAME, id, images.size()))) {
            throw new SupersededAttempt(Evaluation.KIND, id, attempt);
        }
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void doom(long id, int attempt, String reason) {
        Evaluation evaluation = evaluations.lock(id).orElseThrow();
        if (evaluation.attempt() == attempt && evaluation.isActive()) {
            evaluation.doom(reason);
        }
    }

    private Evaluation get(long id) {
        return evaluations.find(id).orElseThrow();
    }
}
