package dev.gleaner.finetune;

import dev.gleaner.dataset.DatasetService;
import dev.gleaner.evaluationrun.EvaluationService;
import dev.gleaner.evaluationrun.GoldBox;
import dev.gleaner.finetune.FineTune.Phase;
import dev.gleaner.finetune.FineTuneRepository.TrainingImage;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.Provenance;
import dev.gleaner.glip.text.ClassNames;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.train.TrainingStep;
import dev.gleaner.inference.PendingImage;
import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.modelversion.StoredBundle;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectService;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the batch job reads and writes of a fine-tune. Each call is a short transaction of its own: none is open while the model
 * trains.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class FineTuneWork {

    private static final int MOST_COPIES = 10;

    @Inject
    private FineTuneRepository fineTunes;
    @Inject
    private ModelVersionService models;
    @Inject
    private DatasetService datasets;
    @Inject
    private ProjectService projects;
    @Inject
    private EvaluationService evaluations;

    /** What the training starts from. */
    public FineTuneMaterial material(long id) {
        FineTune fineTune = fineTunes.find(id).orElseThrow();
        ModelVersion base = models.get(fineTune.baseId());
        List<Prompt> prompts = fineTune.prompts();
        Map<String, Long> categories = new HashMap<>();
        for (Category category : projects.categories(base.projectId())) {
            categories.put(category.name(), category.id());
        }
        ClassNames classes = classes(fineTune, base);
        List<FineTuneMaterial.Entry> images = new ArrayList<>();
        List<TrainingImage> frozen = fineTunes.trainingImages(id);
        int copies = reviewedCopies(frozen);
        for (TrainingImage image : frozen) {
            entry(image, prompts, categories, classes).filter(entry -> !image.frozen().isCaptionAlone()).ifPresent(entry ->
                    images.addAll(Collections.nCopies(image.frozen().isPseudoLabelled() ? 1 : copies, entry)));
            image.frozen().grounding().ifPresent(caption -> images.add(new FineTuneMaterial.Entry(pending(image), List.of(), List.of(), caption)));
        }
        return new FineTuneMaterial(fineTune, base, images);
    }

    /**
     * How often a reviewed image is shown for each time that a pseudo-labelled one is: so often that every third image is a reviewed
     * one, but not more than {@value #MOST_COPIES} times. Where nothing is pseudo-labelled, once.
     */
    private static int reviewedCopies(List<TrainingImage> images) {
        long pseudo = images.stream().filter(image -> image.frozen().isPseudoLabelled()).count();
        long reviewed = Math.max(1, images.size() - pseudo);
        return (int) Math.max(1, Math.min(MOST_COPIES, (pseudo + 2 * reviewed - 1) / (2 * reviewed)));
    }

    private static ClassNames classes(FineTune fineTune, ModelVersion base) {
        try {
            return ModeRules.classes(fineTune.settings().mode(), Bundle.open(base.bundle()), fineTune.prompts());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty for an image that tells nothing of any category. */
    private static Optional<FineTuneMaterial.Entry> entry(TrainingImage image, List<Prompt> prompts, Map<String, Long> categories,
            ClassNames classes) {
        Optional<Set<Long>> known = image.frozen().known();
        List<String> phrases = new ArrayList<>();
        Map<Long, Integer> labels = new HashMap<>();
        for (Prompt prompt : prompts) {
            long category = categories.get(prompt.category());
            if (known.isEmpty() || known.get().contains(category)) {
                labels.put(category, phrases.size());
                phrases.add(ModeRules.nameOf(prompt, classes));
            }
        }
        if (phrases.isEmpty()) {
            return Optional.empty();
        }
        List<TargetBox> boxes = Stream.concat(
                image.frozen().boxes().stream().map(box -> new TargetBox(box(box), labels.get(box.category()))),
                image.frozen().proposed().stream().filter(box -> labels.containsKey(box.category()))
                        .map(box -> new TargetBox(Box.xywh(box.x(), box.y(), box.width(), box.height()), labels.get(box.category()), box.weight())))
                .toList();
        return Optional.of(new FineTuneMaterial.Entry(pending(image), boxes, phrases, null));
    }

    /** What a round's student learns of an image beside gold: boxes of categories, and a caption with boxes of its phrases. */
    public record Taught(PendingImage image, List<ProposedBox> boxes, Optional<GroundedCaption> caption) {
    }

    /** Some of the images that teach what no human vouches for, drawn by lot; the same ones each time. Boxes that only set places aside are left out. */
    public List<Taught> taught(long id, int most) {
        return fineTunes.pseudoLabelled(id, most).stream()
                .map(image -> new Taught(pending(image), image.frozen().proposed().stream().filter(box -> box.weight() > 0).toList(),
                        image.frozen().grounding())).toList();
    }

    private static PendingImage pending(TrainingImage image) {
        return PendingImage.of(image.image(), image.frozen().sha256());
    }

    private static Box box(GoldBox box) {
        return Box.xywh(box.x(), box.y(), box.width(), box.height());
    }

    /** @throws SupersededAttempt if another server has taken the fine-tune up since this attempt began; nothing is written */
    public void enter(long id, int attempt, Phase phase) {
        current(id, attempt).enter(phase);
    }

    /**
     * Writes what steps did and which images could not be read.
     *
     * @param steps      in order, none left out; steps that were written before are replaced
     * @param perSecond  steps of late
     * @param unreadable why, by the image's id
     * @throws SupersededAttempt as for {@link #enter}
     */
    public void record(long id, int attempt, List<TrainingStep> steps, double perSecond, Map<Long, String> unreadable) {
        FineTune fineTune = current(id, attempt);
        if (!steps.isEmpty()) {
            fineTunes.record(id, steps);
        }
        fineTune.took(steps, perSecond);
        int more = 0;
        for (Map.Entry<Long, String> image : unreadable.entrySet()) {
            more += fineTunes.quarantine(id, image.getKey(), image.getValue()) ? 1 : 0;
        }
        fineTune.quarantined(more);
    }

    /** @throws SupersededAttempt as for {@link #enter} */
    public void trained(long id, int attempt, StoredBundle result) {
        current(id, attempt).trained(result);
    }

    /**
     * Records the result as a candidate; does nothing if that was done before.
     *
     * @throws SupersededAttempt as for {@link #enter}
     */
    public void register(long id, int attempt) {
        FineTune fineTune = current(id, attempt);
        if (fineTune.modelVersionId().isPresent()) {
            return;
        }
        try {
            Bundle bundle = Bundle.open(fineTune.bundle().orElseThrow());
            ModelVersion base = models.get(fineTune.baseId());
            fineTune.became(models.add(base, fineTune.name(), fineTune.name() + " (fine-tune " + id + ")", new StoredBundle(bundle.folder(),
                    fineTune.bundleSha256(), provenance(fineTune, base, bundle.config().architecture()), fineTune.promptDelta().orElse(null))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Orders the evaluation of the result, if there is one of the base; does nothing if that was done before.
     *
     * @throws SupersededAttempt as for {@link #enter}
     */
    public void compare(long id, int attempt) {
        FineTune fineTune = current(id, attempt);
        if (fineTune.evaluationBeforeId().isPresent() && fineTune.evaluationAfterId().isEmpty()) {
            fineTune.compares(evaluations.again(fineTune.evaluationBeforeId().get(), models.get(fineTune.modelVersionId().orElseThrow()),
                    fineTune.startedBy()));
        }
    }

    /** What made the result. */
    public Provenance provenance(FineTune fineTune, ModelVersion base, String architecture) {
        return new Provenance(architecture, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), Provenance.thisProgram(), List.of(),
                base.sha256(), new Provenance.Training(datasets.get(fineTune.datasetId()).name(), fineTune.snapshotSha256(), fineTune.images(),
                        fineTune.boxes(), written(fineTune)));
    }

    private static Map<String, String> written(FineTune fineTune) {
        FineTuneSettings settings = fineTune.settings();
        Map<String, String> written = new LinkedHashMap<>();
        written.put("mode", FineTuneSettings.label(settings.mode()));
        written.put("shots", settings.shots() == null ? "all" : settings.shots().toString());
        written.put("seed", Long.toString(settings.seed()));
        written.put("steps", Integer.toString(settings.steps()));
        written.put("batch", Integer.toString(settings.batch()));
        written.put("learningRate", Double.toString(settings.learningRate()));
        written.put("languageLearningRate", Double.toString(settings.languageLearningRate()));
        written.put("schedule", FineTuneSettings.label(settings.schedule()));
        written.put("weightDecay", Double.toString(settings.weightDecay()));
        written.put("clip", Double.toString(settings.clip()));
        written.put("ema", Double.toString(settings.ema()));
        written.put("augmentation", FineTuneSettings.label(settings.augmentation()));
        written.put("regularise", Boolean.toString(settings.regularise()));
        written.put("bfloat16", Boolean.toString(settings.bfloat16()));
        for (Prompt prompt : fineTune.prompts()) {
            written.put("prompt of " + prompt.category(), prompt.phrase());
        }
        return written;
    }

    /** Notes why the fine-tune must come to an end. */
    public void doom(long id, int attempt, String reason) {
        FineTune fineTune = fineTunes.lock(id).orElseThrow();
        if (fineTune.attempt() == attempt && fineTune.isActive()) {
            fineTune.doom(reason);
        }
    }

    private FineTune current(long id, int attempt) {
        FineTune fineTune = fineTunes.lock(id).orElseThrow();
        if (fineTune.attempt() != attempt || !fineTune.isActive()) {
            throw new SupersededAttempt(FineTune.KIND, id, attempt);
        }
        return fineTune;
    }
}
