package dev.gleaner.round;

import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluationrun.Evaluation;
import dev.gleaner.evaluationrun.EvaluationProtocol;
import dev.gleaner.evaluationrun.EvaluationService;
import dev.gleaner.evaluationrun.GoldBox;
import dev.gleaner.evaluationrun.GoldSelection;
import dev.gleaner.evaluationrun.NewEvaluation;
import dev.gleaner.finetune.FineTune;
import dev.gleaner.finetune.FineTuneService;
import dev.gleaner.finetune.GroundedCaption;
import dev.gleaner.finetune.ProposedBox;
import dev.gleaner.finetune.StudentImage;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.inference.PendingImage;
import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.Category;
import dev.gleaner.round.RoundExamples.Human;
import dev.gleaner.round.RoundExamples.HumanBox;
import dev.gleaner.round.RoundExamples.Verdict;
import dev.gleaner.round.RoundImage.Role;
import dev.gleaner.round.TrainingRound.Decision;
import dev.gleaner.round.TrainingRound.Phase;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What the batch job reads and writes of a round. Each call is a transaction of its own: none is open while a model works. Each
 * may be made again after a kill: what is done already is not done twice.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class RoundWork {

    private static final int PAGE = 500;
    private static final int MOST_ANCESTORS = 8;

    @Inject
    private TrainingRoundRepository rounds;
    @Inject
    private SelectionRepository selections;
    @Inject
    private RoundDivision division;
    @Inject
    private DatasetService datasets;
    @Inject
    private GoldSelection selection;
    @Inject
    private ModelVersionService models;
    @Inject
    private EvaluationService evaluations;
    @Inject
    private FineTuneService fineTunes;

    public TrainingRound get(long id) {
        return rounds.find(id).orElseThrow();
    }

    /**
     * The round goes through a phase now; one that it has left behind it does not enter again.
     *
     * @throws SupersededAttempt if another server has taken the round up since this attempt began; nothing is written
     */
    public void enter(long id, int attempt, Phase phase) {
        enter(rounds.current(id, attempt), phase);
    }

    private void enter(TrainingRound round, Phase phase) {
        if (phase.compareTo(round.phase()) >= 0) {
            round.enter(phase);
            rounds.enter(round.id(), phase);
        }
    }

    /** @throws SupersededAttempt as for {@link #enter} */
    public void check(long id, int attempt) {
        TrainingRound round = get(id);
        if (round.attempt() != attempt || !round.isActive()) {
            throw new SupersededAttempt(TrainingRound.KIND, id, attempt);
        }
    }

    /** Whether somebody asked it to stop, or it cannot succeed any more; not when its server shuts down. */
    public boolean isStopRequested(long id) {
        TrainingRound round = get(id);
        return round.isStopRequested() || round.error().isPresent();
    }

    /**
     * Writes down what humans have said, and orders the evaluation of the champion.
     *
     * @throws dev.gleaner.InvalidInput if there is nothing to hold out, or nothing to train on, any more
     * @throws dev.gleaner.Conflict     if there is another champion since the order
     */
    public void snapshot(long id, int attempt) {
        TrainingRound round = rounds.current(id, attempt);
        if (round.snapshotSha256().isPresent()) {
            return;
        }
        round.checkReplaces(models.champion(round.projectId()));
        Dataset dataset = datasets.get(round.datasetId());
        RoundSettings settings = round.settings();
        Collection<Long> categories = categories(round).keySet();
        RoundParts parts = division.divide(dataset, categories, round.championId(), settings);
        String sha256 = rounds.freeze(id, parts, categories, settings.captions());
        Optional<SelectionRule> judging = settings.selection().stream().filter(SelectionRule::judges).findFirst();
        judging.ifPresent(rule -> round.judges(selections.judge(id, round.championId(), parts.gold(), rule.fewest())));
        round.captioned(rounds.captioned(id));
        round.counts(parts.gold().size(), parts.heldOut().size(), parts.unlabelled().size());
        round.froze(sha256, rounds.boxes(id, Role.GOLD),
                evaluation(round, settings.gold() == null ? dataset.id() : settings.gold(), ids(parts.heldOut())),
                settings.outOfDomain() == null ? null : evaluation(round, settings.outOfDomain(), ids(parts.guard())));
    }

    private static List<Long> ids(List<Image> images) {
        return images.stream().map(Image::id).toList();
    }

    /** By LVIS's rules where some images were looked at for some categories alone: what is found there of another is neither right nor wrong. */
    private Evaluation evaluation(TrainingRound round, long dataset, List<Long> images) {
        EvaluationProtocol protocol = rounds.isFederated(images) ? EvaluationProtocol.LVIS_FIXED : EvaluationProtocol.COCO;
        return evaluations.order(new NewEvaluation(dataset, round.championId(), protocol, round.prompts(), null, null, null, images), round.startedBy());
    }

    /** Names of the categories by their ids, in the order of the prompts. */
    private Map<Long, String> categories(TrainingRound round) {
        Map<Long, String> names = new LinkedHashMap<>();
        selection.categories(round.prompts(), datasets.get(round.datasetId())).forEach(category -> names.put(category.id(), category.name()));
        return names;
    }

    /**
     * What a teacher needs.
     *
     * @param lineage    the champion and the versions that it was trained from, the newest first
     * @param categories ids by name
     */
    public record Lesson(TrainingRound round, List<ModelVersion> lineage, Map<String, Long> categories) {
    }

    public Lesson lesson(long id) {
        TrainingRound round = get(id);
        List<ModelVersion> lineage = new ArrayList<>();
        Optional<Long> next = Optional.of(round.championId());
        while (next.isPresent() && lineage.size() < MOST_ANCESTORS) {
            ModelVersion version = models.get(next.get());
            lineage.add(version);
            next = version.parentId();
        }
        return new Lesson(round, lineage, selection.categories(round.prompts(), datasets.get(round.datasetId())).stream()
                .collect(Collectors.toMap(Category::name, Category::id)));
    }

    /** Images that the teacher has not finished with, by id, at most {@code limit} of them. */
    public List<Untaught> untaught(long id, int limit) {
        return rounds.untaught(id, limit).stream().map(image -> new Untaught(PendingImage.of(image.image()), image.frozen().caption())).toList();
    }

    /** An image for the teacher, with the caption that takes part. */
    public record Untaught(PendingImage image, Optional<String> caption) {
    }

    /**
     * Writes what the teacher found on an image, once; where there is gold, how right that is.
     *
     * @param grounding  of its caption; null for none
     * @param quarantine why it could not be read; null if it could
     * @throws SupersededAttempt as for {@link #enter}
     */
    public void taught(long id, int attempt, long image, List<PseudoBox> boxes, GroundedCaption grounding, String quarantine, double perSecond) {
        TrainingRound round = rounds.current(id, attempt);
        Optional<RoundImage> judged = selections.judged(id, image);
        if (rounds.taught(id, image, judged.isEmpty() ? boxes : List.of(), grounding, quarantine)) {
            judged.ifPresent(gold -> selections.judge(id, JudgedBoxes.judge(gold, boxes)));
            round.taught(1, quarantine == null ? 0 : 1, grounding == null ? 0 : 1, perSecond);
        }
    }

    /** An image to train on with what the teacher found there. */
    private record Taught(RoundImage image, List<RoundBox> boxes) {
    }

    /** The images to train on, by id, some hundred at a time: all of a large round at once take gigabytes. */
    private Iterable<List<Taught>> pages(long id) {
        return () -> Stream.iterate(page(id, 0), page -> !page.isEmpty(), page -> page(id, page.get(page.size() - 1).image().imageId())).iterator();
    }

    private List<Taught> page(long id, long after) {
        List<RoundImage> images = rounds.images(id, List.of(Role.GOLD, Role.UNLABELLED), after, PAGE);
        if (images.isEmpty()) {
            return List.of();
        }
        Map<Long, List<RoundBox>> boxes = rounds.boxes(id, images.stream().map(RoundImage::imageId).toList()).stream()
                .collect(Collectors.groupingBy(RoundBox::imageId));
        return images.stream().map(image -> new Taught(image, boxes.getOrDefault(image.imageId(), List.of()))).toList();
    }

    /**
     * Orders the student's training, once.
     *
     * @return the fine-tune's id
     * @throws SupersededAttempt     as for {@link #enter}
     * @throws IllegalStateException if there is nothing to train on
     */
    public long orderStudent(long id, int attempt) {
        TrainingRound round = rounds.current(id, attempt);
        if (round.fineTuneId().isPresent()) {
            return round.fineTuneId().get();
        }
        List<Long> categories = List.copyOf(categories(round).keySet());
        RoundExamples examples = new RoundExamples(round.settings().pseudoWeight(), round.settings().rejected(), RoundExamples.DEFAULT.hopeless());
        Iterable<List<StudentImage>> images = () -> StreamSupport.stream(pages(id).spliterator(), false).map(page -> page.stream()
                .flatMap(taught -> studentImage(taught.image(), taught.boxes(), categories, examples).stream()).toList()).iterator();
        // They are read twice, since how long the student is trained depends on how many they are.
        int count = 0;
        for (List<StudentImage> page : images) {
            count += page.size();
        }
        if (count == 0) {
            throw new IllegalStateException("nothing to train on: there is no gold beside what is held out, and of the " + round.selection().stream()
                    .mapToInt(CategorySelection::found).sum() + " boxes that the teacher found none was selected");
        }
        FineTune student = fineTunes.createStudent(round.name(), datasets.get(round.datasetId()), models.get(round.championId()), round.prompts(),
                round.settings().training(), count, images, evaluations.get(round.evaluationBeforeId().orElseThrow()), round.startedBy());
        round.trainsIn(student);
        return student.id();
    }

    /** Empty for an image that teaches nothing. */
    static Optional<StudentImage> studentImage(RoundImage image, List<RoundBox> boxes, List<Long> categories, RoundExamples examples) {
        Human human = human(image, categories);
        List<PseudoBox> selected = boxes.stream().filter(box -> box.selected().orElse(false)).map(RoundBox::found).toList();
        List<PseudoBox> dropped = boxes.stream().filter(box -> !box.selected().orElse(false)).map(RoundBox::found).toList();
        Optional<List<TargetBox>> targets = examples.targets(categories, human, selected, dropped);
        GroundedCaption caption = image.grounding().map(found -> found.ignoring(image.rejected().stream().map(RoundWork::box).toList())).orElse(null);
        if (targets.isEmpty() && image.role() == Role.UNLABELLED) {
            return Optional.ofNullable(caption).map(alone -> new StudentImage(image.imageId(), image.sha256(), List.of(), null, null, null, alone));
        }
        // What humans saw there goes with the image as its gold.
        Set<Filed> gold = image.gold().stream().filter(box -> !box.crowd()).map(box -> new Filed(box.category(), box(box))).collect(Collectors.toSet());
        List<ProposedBox> proposed = targets.orElse(List.of()).stream().filter(target -> !gold.contains(new Filed(categories.get(target.label()), target.box())))
                .map(target -> new ProposedBox(categories.get(target.label()), target.box().x(), target.box().y(), target.box().width(),
                        target.box().height(), target.weight())).toList();
        boolean isGold = image.role() == Role.GOLD;
        return Optional.of(new StudentImage(image.imageId(), image.sha256(), image.gold(), isGold ? image.absent() : null,
                isGold ? image.notExhaustive() : null, proposed, caption));
    }

    private record Filed(long category, Box box) {
    }

    static Human human(RoundImage image, List<Long> categories) {
        List<HumanBox> boxes = new ArrayList<>();
        image.gold().forEach(box -> boxes.add(new HumanBox(box.category(), box(box), box.crowd() ? Verdict.CROWD : Verdict.PRESENT)));
        image.rejected().forEach(box -> boxes.add(new HumanBox(box.category(), box(box), Verdict.REJECTED)));
        if (image.role() != Role.GOLD) {
            // Who decided about some boxes has not said that there are no others; who ended an item has, of the categories that it was about.
            Set<Long> complete = new HashSet<>(image.complete());
            Arrays.stream(image.absent() == null ? new long[0] : image.absent()).forEach(complete::add);
            return new Human(boxes, complete);
        }
        if (image.absent() == null) {
            return new Human(boxes, new HashSet<>(categories));
        }
        Set<Long> known = image.gold().stream().map(GoldBox::category).collect(Collectors.toSet());
        Arrays.stream(image.absent()).forEach(known::add);
        return new Human(boxes, known);
    }

    private static Box box(GoldBox box) {
        return Box.xywh(box.x(), box.y(), box.width(), box.height());
    }

    /**
     * Takes over what the training made, and orders what is left to evaluate, once.
     *
     * @return the ids of all evaluations of the round
     * @throws SupersededAttempt as for {@link #enter}
     */
    public List<Long> orderEvaluations(long id, int attempt) {
        TrainingRound round = rounds.current(id, attempt);
        if (round.candidateId().isEmpty()) {
            FineTune student = fineTunes.get(round.fineTuneId().orElseThrow());
            long candidate = student.modelVersionId().orElseThrow();
            Evaluation guard = round.guardBeforeId().map(before -> evaluations.again(before, models.get(candidate), round.startedBy())).orElse(null);
            round.evaluates(candidate, student.evaluationAfterId().orElseThrow(), guard);
        }
        List<Long> ids = new ArrayList<>(List.of(round.evaluationBeforeId().orElseThrow(), round.evaluationAfterId().orElseThrow()));
        round.guardBeforeId().ifPresent(ids::add);
        round.guardAfterId().ifPresent(ids::add);
        return ids;
    }

    /**
     * The teacher has looked again at so many images.
     *
     * @throws SupersededAttempt as for {@link #enter}
     */
    public void audited(long id, int attempt, int images, int of) {
        rounds.current(id, attempt).audited(images, of);
    }

    /** The name of the dataset out of domain. */
    public Optional<String> domain(long id) {
        return Optional.ofNullable(get(id).settings().outOfDomain()).map(dataset -> datasets.get(dataset).name());
    }

    /**
     * Promotes the candidate, or rejects it; once. A candidate takes the place of what it was compared with, and of no other champion.
     *
     * @throws SupersededAttempt as for {@link #enter}
     */
    public void decide(long id, int attempt, SliceFigures figures, Gate.Decision gate) {
        TrainingRound round = rounds.current(id, attempt);
        if (round.decision().isPresent()) {
            return;
        }
        models.lockVersions(round.projectId());
        ModelVersion candidate = models.get(round.candidateId().orElseThrow());
        Optional<ModelVersion> reigning = models.champion(round.projectId());
        List<String> reasons = new ArrayList<>(gate.reasons());
        if (candidate.status() != ModelVersion.Status.CANDIDATE) {
            reasons.add("Somebody decided before: model version " + candidate.id() + " is " + candidate.status() + " already");
            round.decided(gate.promoted() ? Decision.PASSED : Decision.REFUSED, reasons, figures);
        } else if (round.settings().promote() && reigning.isPresent() && !reigning.get().id().equals(round.championId())) {
            models.reject(candidate.id());
            reasons.add("The champion is now model version " + reigning.get().id() + ", " + reigning.get().name()
                    + "; the candidate was compared with model version " + round.championId());
            round.decided(Decision.REFUSED, reasons, figures);
        } else if (!gate.promoted()) {
            models.reject(candidate.id());
            round.decided(Decision.REFUSED, reasons, figures);
        } else if (round.settings().promote()) {
            models.promoteByServer(candidate.id());
            round.decided(Decision.PROMOTED, reasons, figures);
        } else {
            round.decided(Decision.PASSED, reasons, figures);
        }
    }

    /**
     * Writes what later rounds and whoever looks at this one need, and ends it.
     *
     * @throws SupersededAttempt as for {@link #enter}
     */
    public void report(long id, int attempt) {
        TrainingRound round = rounds.current(id, attempt);
        round.reports(rounds.scores(id));
        rounds.enter(id, Phase.DONE);
    }

    /** Notes why the round must come to an end. */
    public void doom(long id, int attempt, String reason) {
        TrainingRound round = rounds.lock(id).orElseThrow();
        if (round.attempt() == attempt && round.isActive()) {
            round.doom(reason);
        }
    }
}
