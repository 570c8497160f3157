package dev.gleaner.evaluationrun;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluation.Mistake;
import dev.gleaner.evaluation.PrecisionRecall;
import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.job.JobQueue;
import dev.gleaner.labeling.LabelingRules;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.Category;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Orders evaluations, stops and restarts them, and shows what they come to. */
@Stateless
public class EvaluationService {

    private static final int MOST_DETECTIONS = 10_000;

    @Inject
    private EvaluationRepository evaluations;
    @Inject
    private DatasetService datasets;
    @Inject
    private GoldSelection selection;
    @Inject
    private ModelVersionService models;
    @Inject
    private JobQueue jobs;

    /**
     * Orders an evaluation; a server takes it up within a second or so. Its images and their gold are those of now.
     *
     * <p>Of a dataset that came without boxes only those images count on which a reviewer has decided about a box, or which one found empty: of the others
     * nobody knows what is there.
     *
     * @param startedBy whose order it is
     * @throws InvalidInput if the dataset is not there, not READY or has no gold, the model version is not there or another
     *                      project's, prompts are none, twice, of a category that the project lacks or of none that the model has, an image is not the
     *                      dataset's, or a number is out of its range
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public Evaluation create(NewEvaluation wanted, String startedBy) {
        return order(wanted, startedBy);
    }

    /** As {@link #create}, for the server's own rounds. */
    public Evaluation order(NewEvaluation wanted, String startedBy) {
        Evaluation evaluation = freeze(wanted, startedBy);
        jobs.submit(EvaluateJob.NAME, evaluation.id());
        return evaluation;
    }

    private Evaluation freeze(NewEvaluation wanted, String startedBy) {
        if (wanted.images() != null && wanted.split() != null) {
            throw new InvalidInput("images", wanted.images().size() + " ids", "either images or a split");
        }
        Dataset dataset = datasets.chosen("dataset", wanted.dataset());
        ModelVersion model = models.chosen(wanted.modelVersion(), dataset.projectId());
        EvaluationProtocol protocol = wanted.protocol() == null ? EvaluationProtocol.COCO : wanted.protocol();
        checkDetections(wanted.detectionsPerImage());
        int detections = wanted.detectionsPerImage() == null ? protocol.detectionsPerImage() : wanted.detectionsPerImage();
        List<Prompt> prompts = selection.prompts(wanted.prompts(), dataset);
        LabelingRules.checkClasses(prompts, models.classes(model));
        List<Long> categories = selection.categories(prompts, dataset).stream().map(Category::id).toList();
        List<Image> images = images(wanted, dataset);
        EvaluationSettings settings = EvaluationSettings.of(wanted.chunking() == null ? Chunking.OFFICIAL : wanted.chunking(),
                detections, selection(model));
        Evaluation evaluation = new Evaluation(dataset, model, protocol, prompts, settings, subset(wanted), images.size(), startedBy);
        evaluations.add(evaluation);
        String snapshot = evaluations.freeze(evaluation.id(), images.stream().map(Image::id).toList(), categories);
        int gold = evaluations.gold(evaluation.id());
        if (gold == 0) {
            throw new InvalidInput("dataset", dataset.id(), "a dataset with boxes of the categories to look for, imported or decided about,"
                    + " on the images to evaluate");
        }
        evaluation.froze(snapshot, gold);
        return evaluation;
    }

    /**
     * Orders the same evaluation of another model version: on the same images and the same gold, whatever was decided since.
     *
     * @throws NotFound if there is no evaluation to do again
     */
    public Evaluation again(long id, ModelVersion model, String startedBy) {
        Evaluation earlier = get(id);
        EvaluationSettings settings = EvaluationSettings.of(earlier.settings().chunking(), earlier.settings().detectionsPerImage(),
                selection(model));
        Evaluation evaluation = new Evaluation(datasets.get(earlier.datasetId()), model, earlier.protocol(), earlier.prompts(), settings,
                earlier.subset(), earlier.total(), startedBy);
        evaluations.add(evaluation);
        evaluation.froze(evaluations.copySnapshot(id, evaluation.id()), earlier.gold());
        jobs.submit(EvaluateJob.NAME, evaluation.id());
        return evaluation;
    }

    private static void checkDetections(Integer perImage) {
        if (perImage != null && (perImage < 1 || perImage > MOST_DETECTIONS)) {
            throw new InvalidInput("detectionsPerImage", perImage, "1 to " + MOST_DETECTIONS);
        }
    }

    private List<Image> images(NewEvaluation wanted, Dataset dataset) {
        List<Image> known = selection.images(dataset);
        if (wanted.images() != null) {
            return GoldSelection.listed(wanted.images(), known);
        }
        return wanted.split() == null ? known : GoldSelection.heldOut(wanted.split(), known);
    }

    private static Subset subset(NewEvaluation wanted) {
        if (wanted.images() != null) {
            return new Subset(null, null, wanted.images().size());
        }
        return wanted.split() == null ? Subset.ALL : new Subset(wanted.split().fraction(), wanted.split().seed(), null);
    }

    private static GlipConfig.Selection selection(ModelVersion model) {
        try {
            return Bundle.open(model.bundle()).config().selection();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws NotFound if there is no such evaluation */
    @PermitAll
    public Evaluation get(long id) {
        return evaluations.find(id).orElseThrow(() -> new NotFound(Evaluation.KIND, id));
    }

    /** Evaluations with ids below {@code before}, newest first, at most {@code limit} of them. */
    @PermitAll
    public List<Evaluation> newest(long before, int limit) {
        return evaluations.newest(before, limit);
    }

    /**
     * Asks the evaluation to come to rest at its next checkpoint, whichever server works on it.
     *
     * @throws NotFound if there is no such evaluation
     * @throws Conflict if it is at rest already
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public Evaluation stop(long id) {
        return halt(id);
    }

    /** As {@link #stop}, for the server's own rounds. */
    public Evaluation halt(long id) {
        Evaluation evaluation = locked(id);
        evaluation.requestStop();
        return evaluation;
    }

    /**
     * Lets an evaluation at rest go on where it was, and tries its quarantined images again.
     *
     * @throws NotFound if there is no such evaluation
     * @throws Conflict if it is not at rest, or has nothing left to do
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public Evaluation restart(long id) {
        return goOn(id);
    }

    /** As {@link #restart}, for the server's own rounds. */
    public Evaluation goOn(long id) {
        Evaluation evaluation = locked(id);
        evaluation.checkAtRest();
        evaluation.restart(evaluations.forgetQuarantined(id));
        evaluations.forgetOutcome(id);
        jobs.submit(EvaluateJob.NAME, id);
        return evaluation;
    }

    private Evaluation locked(long id) {
        return evaluations.lock(id).orElseThrow(() -> new NotFound(Evaluation.KIND, id));
    }

    /**
     * The evaluation's quarantined images with ids above {@code after}, by id, at most {@code limit} of them.
     *
     * @throws NotFound if there is no such evaluation
     */
    @PermitAll
    public List<QuarantinedImage> quarantined(long id, long after, int limit) {
        return evaluations.quarantined(get(id).id(), after, limit);
    }

    /**
     * What the evaluation comes to by category, those with ids above {@code after}, at most {@code limit} of them; none until it
     * is completed.
     *
     * @throws NotFound if there is no such evaluation
     */
    @PermitAll
    public List<CategoryFigures> categories(long id, long after, int limit) {
        return evaluations.categories(get(id).id(), after, limit);
    }

    /**
     * The precision at recall 0, 0.01, ... 1.
     *
     * @param category   the category's id; null for the mean over all categories that have gold
     * @param iouPercent 50, 55, ... 95
     * @return empty where there is nothing to find
     * @throws NotFound     if there is no such evaluation, or it has no figures of the category
     * @throws Conflict     if it has no figures yet
     * @throws InvalidInput if there is no curve at this overlap
     */
    @PermitAll
    public double[] curve(long id, Long category, int iouPercent) {
        if (get(id).figures().isEmpty()) {
            throw new Conflict("evaluation " + id + " has no figures yet");
        }
        List<double[]> precisions = category == null ? evaluations.precisions(id)
                : List.of(evaluations.category(id, category).orElseThrow(() -> new NotFound("category in evaluation " + id + ":", category))
                        .precisions());
        return PrecisionRecall.meanPrecisions(precisions, iouPercent);
    }

    /**
     * Mistakes behind {@code after}, the worst first, at most {@code limit} of them; none until it is completed.
     *
     * @param kind     null for all
     * @param category the category they count against; null for all
     * @throws NotFound if there is no such evaluation
     */
    @PermitAll
    public List<Example> examples(long id, Mistake.Kind kind, Long category, long after, int limit) {
        return evaluations.examples(get(id).id(), kind, category, after, limit);
    }

    /**
     * Orders an evaluation of one model version on each of several datasets.
     *
     * @throws InvalidInput as for {@link #create}, naming the dataset as {@code datasets[i]}; or if the name is blank, or there is no
     *                      dataset, or one twice
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public EvaluationFamily createFamily(NewEvaluationFamily wanted, String startedBy) {
        return createFamily(wanted, null, startedBy);
    }

    /**
     * Orders the evaluations of a family whose model version is tuned as well.
     *
     * @param shots images of each category that it is tuned on; null if it is not
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public EvaluationFamily createFamily(NewEvaluationFamily wanted, Integer shots, String startedBy) {
        if (wanted.name() == null || wanted.name().isBlank() || wanted.name().length() > 200) {
            throw new InvalidInput("name", wanted.name(), "1 to 200 characters, not all of them blank");
        }
        if (wanted.modelVersion() == null) {
            throw new InvalidInput("modelVersion", null, "the id of a model version");
        }
        if (wanted.datasets() == null || wanted.datasets().isEmpty()) {
            throw new InvalidInput("datasets", wanted.datasets(), "at least one dataset");
        }
        checkDetections(wanted.detectionsPerImage());
        ModelVersion model = models.chosen(wanted.modelVersion());
        EvaluationProtocol protocol = wanted.protocol() == null ? EvaluationProtocol.COCO : wanted.protocol();
        EvaluationFamily family = new EvaluationFamily(wanted.name(), model, protocol, shots, startedBy);
        evaluations.add(family);
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < wanted.datasets().size(); i++) {
            NewEvaluationFamily.Member member = wanted.datasets().get(i);
            String place = "datasets[" + i + "]";
            if (member.dataset() != null && !seen.add(member.dataset())) {
                throw new InvalidInput(place + ".dataset", member.dataset(), "a dataset that was not listed before");
            }
            try {
                checkAp("supervisedAp", member.supervisedAp());
                Dataset dataset = datasets.chosen("dataset", member.dataset());
                if (dataset.projectId() != model.projectId()) {
                    throw new InvalidInput("dataset", dataset.id(), "a dataset of the model version's project");
                }
                Evaluation evaluation = create(new NewEvaluation(dataset.id(), wanted.modelVersion(), protocol,
                        overridden(member.prompts(), dataset), wanted.chunking(), wanted.detectionsPerImage(), member.split(), null), startedBy);
                evaluation.belongsTo(family, member.supervisedAp());
            } catch (InvalidInput e) {
                throw e.within(place);
            }
        }
        return family;
    }

    private static void checkAp(String field, Double ap) {
        if (ap != null && !(ap >= 0 && ap <= 1)) {
            throw new InvalidInput(field, ap, "a number from 0 to 1");
        }
    }

    /** The prompts of all categories that have gold, some of them replaced. */
    private List<Prompt> overridden(List<Prompt> overrides, Dataset dataset) {
        if (overrides == null || overrides.isEmpty()) {
            return null;
        }
        LabelingRules.checkPrompts(overrides);
        Set<String> replaced = overrides.stream().map(Prompt::category).collect(Collectors.toSet());
        List<Prompt> prompts = new ArrayList<>(overrides);
        selection.prompts(null, dataset).stream().filter(prompt -> !replaced.contains(prompt.category())).forEach(prompts::add);
        return prompts;
    }

    /** Families with ids below {@code before}, newest first, at most {@code limit} of them. */
    @PermitAll
    public List<FamilySummary> newestFamilies(long before, int limit) {
        return evaluations.newestFamilies(before, limit).stream().map(this::summary).toList();
    }

    /** @throws NotFound if there is no such family */
    @PermitAll
    public FamilySummary family(long id) {
        return summary(evaluations.findFamily(id).orElseThrow(() -> new NotFound(EvaluationFamily.KIND, id)));
    }

    private FamilySummary summary(EvaluationFamily family) {
        return new FamilySummary(family, evaluations.ofFamily(family.id()).stream()
                .map(evaluation -> new FamilySummary.Row(evaluation, datasets.get(evaluation.datasetId()).name())).toList());
    }

    /**
     * Enters what a model trained with all labels of a dataset reaches, beside the family's own figures.
     *
     * @param supervised AP in [0, 1] by the dataset's id; a null value takes it back
     * @throws NotFound     if there is no such family
     * @throws InvalidInput if a dataset is none of the family's, or an AP is out of its range
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public FamilySummary compare(long id, Map<Long, Double> supervised) {
        FamilySummary summary = family(id);
        Map<Long, Evaluation> byDataset = summary.rows().stream().map(FamilySummary.Row::evaluation)
                .collect(Collectors.toMap(Evaluation::datasetId, Function.identity()));
        supervised.forEach((dataset, ap) -> {
            if (!byDataset.containsKey(dataset)) {
                throw new InvalidInput("supervisedAp", dataset, "the id of a dataset of the family");
            }
            checkAp("supervisedAp." + dataset, ap);
            evaluations.lock(byDataset.get(dataset).id()).orElseThrow().compareWith(ap);
        });
        return family(id);
    }

    /**
     * Enters the APs that evaluations of such models came to.
     *
     * @param supervised the evaluation's id by the dataset's id
     * @throws NotFound     if there is no such family
     * @throws InvalidInput if a dataset is none of the family's, or an evaluation has no AP or is of other images, gold or another
     *                      protocol than the family's own of the dataset
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public FamilySummary compareWithEvaluations(long id, Map<Long, Long> supervised) {
        Map<Long, Double> aps = new LinkedHashMap<>();
        for (FamilySummary.Row row : family(id).rows()) {
            Evaluation own = row.evaluation();
            if (supervised.containsKey(own.datasetId())) {
                Long wanted = supervised.get(own.datasetId());
                aps.put(own.datasetId(), Optional.ofNullable(wanted).flatMap(evaluations::find)
                        .filter(other -> other.snapshotSha256().equals(own.snapshotSha256()) && other.protocol() == own.protocol())
                        .flatMap(other -> new FamilySummary.Row(other, row.dataset()).ap())
                        .orElseThrow(() -> new InvalidInput("supervisedEvaluation." + own.datasetId(), wanted,
                                "the id of a completed evaluation of the same images, gold and protocol as evaluation " + own.id())));
            }
        }
        supervised.keySet().stream().filter(dataset -> !aps.containsKey(dataset)).findFirst().ifPresent(dataset -> {
            throw new InvalidInput("supervisedEvaluation", dataset, "the id of a dataset of the family");
        });
        return compare(id, aps);
    }
}
