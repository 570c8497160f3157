package dev.gleaner.labeling;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.Prompt;
import dev.gleaner.inference.DetectedImage;
import dev.gleaner.inference.InferenceLane;
import dev.gleaner.inference.InferenceServer;
import dev.gleaner.inference.InferenceWork;
import dev.gleaner.inference.PendingImage;
import dev.gleaner.inference.Shard;
import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the batch job does for a labeling run: cut it into shards, find what is left, label, and take the results. */
@Stateless
public class LabelingWork implements InferenceWork {

    @Inject
    private LabelingRunRepository runs;
    @Inject
    private DatasetRepository datasets;
    @Inject
    private AnnotationRepository annotations;
    @Inject
    private ProjectRepository projects;
    @Inject
    private ModelVersionService models;
    @Inject
    private InferenceServer server;

    @Override
    public String job() {
        return PseudoLabelJob.NAME;
    }

    @Override
    public List<Shard> shards(long run, int shards) {
        return runs.shards(get(run), shards);
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public List<PendingImage> pending(long run, Shard shard, long after, int limit) {
        return runs.pending(get(run), shard, after, limit).stream().map(PendingImage::of).toList();
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public InferenceLane open(long id) {
        LabelingRun run = get(id);
        return server.open(PseudoLabelJob.NAME, id, models.get(run.modelVersionId()), run.prompts(), Chunking.PACKED, run.thresholds());
    }

    /** Writes proposals, what they set aside, and the count of finished images. */
    @Override
    public void finish(long id, int attempt, List<DetectedImage> images) {
        LabelingRun run = get(id);
        Map<String, Category> categories = categories(run);
        List<Long> labeled = images.stream().filter(image -> image.quarantine().isEmpty()).map(DetectedImage::imageId).toList();
        if (!labeled.isEmpty()) {
            annotations.supersede(labeled, categories.values().stream().map(Category::id).toList(), id);
        }
        for (DetectedImage image : images) {
            runs.add(new LabelingResult(id, image));
            propose(run, image, categories);
        }
        // Last, since it locks the run's row until the transaction ends.
        if (!runs.count(id, attempt, images.size(), images.size() - labeled.size(), server.finished(PseudoLabelJob.NAME, id, images.size()))) {
            throw new SupersededAttempt(LabelingRun.KIND, id, attempt);
        }
    }

    private Map<String, Category> categories(LabelingRun run) {
        Set<String> asked = run.prompts().stream().map(Prompt::category).collect(Collectors.toSet());
        long project = datasets.find(run.datasetId()).orElseThrow().projectId();
        return projects.categories(project).stream().filter(category -> asked.contains(category.name()))
                .collect(Collectors.toMap(Category::name, Function.identity()));
    }

    private void propose(LabelingRun run, DetectedImage labeled, Map<String, Category> categories) {
        Image image = datasets.findImage(labeled.imageId()).orElseThrow();
        int ordinal = 0;
        for (Detection detection : labeled.detections()) {
            annotations.add(Annotation.proposed(image, categories.get(detection.category()), detection, run.modelVersionId(),
                    run.id(), ordinal++));
        }
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void doom(long id, int attempt, String reason) {
        LabelingRun run = runs.lock(id).orElseThrow();
        if (run.attempt() == attempt && run.isActive()) {
            run.doom(reason);
        }
    }

    private LabelingRun get(long id) {
        return runs.find(id).orElseThrow();
    }
}
