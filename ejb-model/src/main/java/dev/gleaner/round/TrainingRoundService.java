package dev.gleaner.round;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluationrun.GoldSelection;
import dev.gleaner.finetune.FineTuneService;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.glip.Prompt;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.job.JobQueue;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectService;
import dev.gleaner.round.TrainingRoundRepository.SampleImage;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Orders rounds, stops and restarts them, and shows how they go. */
@Stateless
public class TrainingRoundService {

    /** The trigger of a round that somebody ordered. */
    public static final String ORDERED = "ordered";

    private static final int LONGEST_NAME = 200;
    private static final Set<String> SIZES = Set.of("size small", "size medium", "size large");

    @Inject
    private TrainingRoundRepository rounds;
    @Inject
    private RoundDivision division;
    @Inject
    private DatasetService datasets;
    @Inject
    private ProjectService projects;
    @Inject
    private ModelVersionService models;
    @Inject
    private GoldSelection selection;
    @Inject
    private FineTuneService fineTunes;
    @Inject
    private JobQueue jobs;

    /**
     * Orders a round; a server takes it up within a second or so, or when no other one is at work there. What humans have said is
     * written down when it begins.
     *
     * @param trigger   why, in words: {@link #ORDERED}, or what a schedule says
     * @param startedBy whose order it is
     * @throws InvalidInput naming every field that cannot be taken
     * @throws Conflict     if the project has a round at work or waiting, naming it, or a model version of the name
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public TrainingRound create(NewTrainingRound wanted, String trigger, String startedBy) {
        return order(wanted, trigger, startedBy);
    }

    /** As {@link #create}, for the schedules. */
    public TrainingRound order(NewTrainingRound wanted, String trigger, String startedBy) {
        if (wanted.name() != null && (wanted.name().isBlank() || wanted.name().length() > LONGEST_NAME)) {
            throw new InvalidInput("name", wanted.name(), "1 to " + LONGEST_NAME + " characters, not all of them blank");
        }
        Dataset dataset = datasets.chosen("dataset", wanted.dataset());
        RoundSettings settings = RoundDefaults.settings(wanted, RoundDivision.unlabelled(wanted.unlabelled(), dataset));
        checkDatasets(settings, dataset);
        ModelVersion champion = models.chosen(wanted.modelVersion(), dataset.projectId());
        checkReplaces(champion, settings);
        String project = projects.get(dataset.projectId()).name();
        if (wanted.name() != null) {
            models.requireFree(project, wanted.name());
        }
        List<Prompt> prompts = prompts(wanted, dataset, settings);
        List<Category> categories = selection.categories(prompts, dataset);
        fineTunes.checkStudent(settings.training(), champion, prompts);
        checkCaptions(settings, champion);
        checkAllowances(settings, categories);
        List<Long> ids = categories.stream().map(Category::id).toList();
        RoundParts parts = division.divide(dataset, ids, champion.id(), settings);
        if (rounds.gold(parts.heldOut().stream().map(Image::id).toList(), ids) == 0) {
            throw new InvalidInput(settings.gold() == null ? "split.fraction" : "gold", settings.gold() == null ? settings.split().fraction() : settings.gold(),
                    "images to hold out that have gold of the categories to learn: nothing can be measured on these " + parts.heldOut().size());
        }
        int fewest = SliceFigures.Resampling.DEFAULT.fewest();
        if (settings.outOfDomain() != null && rounds.gold(parts.guard().stream().map(Image::id).toList(), ids) < fewest) {
            throw new InvalidInput("outOfDomain", settings.outOfDomain(), "a dataset with gold of the categories to learn, " + fewest
                    + " boxes or more: fewer guard nothing");
        }

        models.lockVersions(dataset.projectId());
        checkNoneAtWork(dataset.projectId(), project);
        TrainingRound round = new TrainingRound(wanted.name() == null ? "" : wanted.name(), dataset, champion, prompts, settings, trigger, startedBy);
        round.counts(parts.gold().size(), parts.heldOut().size(), parts.unlabelled().size());
        rounds.add(round);
        if (wanted.name() == null) {
            round.nameByNumber();
        }
        jobs.submit(TrainingRoundJob.NAME, round.id());
        return round;
    }

    /**
     * Checks of an order what does not depend on what is in the datasets when the round begins, nor on the champion of that day.
     *
     * @return the dataset
     * @throws InvalidInput naming every field that cannot be taken
     */
    public Dataset check(NewTrainingRound wanted) {
        Dataset dataset = datasets.chosen("dataset", wanted.dataset());
        RoundSettings settings = RoundDefaults.settings(wanted, RoundDivision.unlabelled(wanted.unlabelled(), dataset));
        checkDatasets(settings, dataset);
        fineTunes.checkTraining(settings.training());
        return dataset;
    }

    private void checkNoneAtWork(long projectId, String project) {
        rounds.active(projectId).ifPresent(running -> {
            throw new Conflict("project \"" + project + "\" has training round " + running.id() + ", which is " + running.status()
                    + "; a project has one at a time: wait for its end, or stop it");
        });
    }

    private void checkDatasets(RoundSettings settings, Dataset dataset) {
        if (settings.gold() != null) {
            checkProject("gold", settings.gold(), dataset);
            if (settings.gold().equals(dataset.id())) {
                throw new InvalidInput("gold", settings.gold(), "another dataset than the one that is trained on, or a split of this one");
            }
        }
        if (settings.outOfDomain() != null) {
            checkProject("outOfDomain", settings.outOfDomain(), dataset);
            if (settings.outOfDomain().equals(dataset.id()) || settings.outOfDomain().equals(settings.gold())) {
                throw new InvalidInput("outOfDomain", settings.outOfDomain(), "another dataset than those that are trained on or held out");
            }
        }
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < settings.unlabelled().size(); i++) {
            Long id = settings.unlabelled().get(i);
            checkProject("unlabelled[" + i + "]", id, dataset);
            if (!seen.add(id) || id.equals(settings.gold()) || id.equals(settings.outOfDomain())) {
                throw new InvalidInput("unlabelled[" + i + "]", id, "a dataset not listed before that nothing is measured on");
            }
        }
    }

    private void checkProject(String field, Long id, Dataset dataset) {
        if (datasets.chosen(field, id).projectId() != dataset.projectId()) {
            throw new InvalidInput(field, id, "a dataset of the same project as dataset " + dataset.id());
        }
    }

    /** A candidate takes the place of what it was compared with, and of nothing else. */
    private void checkReplaces(ModelVersion champion, RoundSettings settings) {
        Optional<ModelVersion> reigning = models.champion(champion.projectId());
        if (settings.promote() && reigning.isPresent() && !reigning.get().id().equals(champion.id())) {
            throw new InvalidInput("modelVersion", champion.id(), "the champion of the project, " + reigning.get().id()
                    + ", whose place the candidate is to take; or promote: false");
        }
    }

    private List<Prompt> prompts(NewTrainingRound wanted, Dataset dataset, RoundSettings settings) {
        boolean own = wanted.prompts() != null || settings.gold() == null || !rounds.withGold(dataset.id()).isEmpty();
        return selection.prompts(wanted.prompts(), own ? dataset : datasets.get(settings.gold()));
    }

    /** Sentences can be learnt by a model that reads text, in a mode that trains it for any text. */
    private static void checkCaptions(RoundSettings settings, ModelVersion champion) {
        Mode mode = settings.training().mode();
        if (settings.captions() && (champion.hasFixedClasses() || mode == Mode.PROMPT || mode == Mode.DYHEAD)) {
            throw new InvalidInput("captions", true, "false, since " + (champion.hasFixedClasses() ? "the model version reads no text"
                    : "mode " + RoundSettings.label(mode) + " learns the prompts alone"));
        }
    }

    /** An allowance for a slice that is not there would guard nothing, and nobody would notice. */
    private void checkAllowances(RoundSettings settings, List<Category> categories) {
        Set<String> known = categories.stream().map(category -> "category " + category.name()).collect(Collectors.toCollection(HashSet::new));
        known.addAll(SIZES);
        if (settings.outOfDomain() != null) {
            known.add("domain " + datasets.get(settings.outOfDomain()).name());
        }
        List<Fault> faults = new ArrayList<>();
        settings.gate().allowances().forEach((slice, allowed) -> {
            if (!known.contains(slice) && !slice.startsWith("source ")) {
                faults.add(new Fault("gate.allowances", slice, "a slice: \"category NAME\", \"size small\", \"size medium\", \"size large\","
                        + " \"source FOLDER\" or \"domain NAME\" of the dataset out of domain"));
            }
        });
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
    }

    /** @throws NotFound if there is no such round */
    @PermitAll
    public TrainingRound get(long id) {
        return rounds.find(id).orElseThrow(() -> new NotFound(TrainingRound.KIND, id));
    }

    /** Rounds with ids below {@code before}, newest first, at most {@code limit} of them; of one project, or of all if it is null. */
    @PermitAll
    public List<TrainingRound> newest(Long project, long before, int limit) {
        return rounds.newest(project, before, limit);
    }

    /** The round that made a model version; empty for all that no round made. */
    @PermitAll
    public Optional<TrainingRound> ofCandidate(long modelVersion) {
        return rounds.ofCandidate(modelVersion);
    }

    /** The phases that the round has begun, in their order. */
    @PermitAll
    public List<RoundPhase> phases(long id) {
        return rounds.phases(get(id).id());
    }

    /**
     * Asks the round to come to rest at its next checkpoint, whichever server works on it; its training and evaluations do as well.
     *
     * @throws NotFound if there is no such round
     * @throws Conflict if it is at rest already
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public TrainingRound stop(long id) {
        TrainingRound round = locked(id);
        round.requestStop();
        return round;
    }

    /**
     * Lets a round at rest go on where it was; images that the teacher could not read are tried again if it is not through with all yet.
     *
     * @throws NotFound if there is no such round
     * @throws Conflict if it is not at rest, is completed, the project has another round at work, or has another champion by now
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public TrainingRound restart(long id) {
        TrainingRound round = locked(id);
        round.checkAtRest();
        models.lockVersions(round.projectId());
        checkNoneAtWork(round.projectId(), projects.get(round.projectId()).name());
        round.restart();
        round.checkReplaces(models.champion(round.projectId()));
        if (round.triesUnreadAgain()) {
            round.retries(rounds.forgetQuarantined(id));
        }
        jobs.submit(TrainingRoundJob.NAME, id);
        return round;
    }

    private TrainingRound locked(long id) {
        return rounds.lock(id).orElseThrow(() -> new NotFound(TrainingRound.KIND, id));
    }

    /**
     * The images that the teacher could not read with ids above {@code after}, by id, at most {@code limit} of them.
     *
     * @throws NotFound if there is no such round
     */
    @PermitAll
    public List<QuarantinedImage> quarantined(long id, long after, int limit) {
        return rounds.quarantined(get(id).id(), after, limit);
    }

    /** An image that the teacher has labelled, with all it found there, best first. */
    public record Sample(Image image, RoundImage frozen, List<RoundBox> boxes) {
    }

    /**
     * The images that the teacher has labelled with ids above {@code after}, by id, at most {@code limit} of them.
     *
     * @throws NotFound if there is no such round
     */
    @PermitAll
    public List<Sample> samples(long id, long after, int limit) {
        List<SampleImage> images = rounds.samples(get(id).id(), after, limit);
        if (images.isEmpty()) {
            return List.of();
        }
        Map<Long, List<RoundBox>> boxes = rounds.boxes(id, images.stream().map(sample -> sample.image().id()).toList()).stream()
                .collect(Collectors.groupingBy(RoundBox::imageId));
        return images.stream().map(sample -> new Sample(sample.image(), sample.frozen(), boxes.getOrDefault(sample.image().id(), List.of()))).toList();
    }

    /** An image of the round with what humans had said of it when the round began. */
    public record Member(Image image, RoundImage frozen) {
    }

    /**
     * The round's images with ids above {@code after}, by id, at most {@code limit} of them; none until it has begun.
     *
     * @param role what they are there for; null for all
     * @throws NotFound if there is no such round
     */
    @PermitAll
    public List<Member> members(long id, RoundImage.Role role, long after, int limit) {
        return rounds.members(get(id).id(), role == null ? Set.of(RoundImage.Role.values()) : Set.of(role), after, limit).stream()
                .map(image -> new Member(image.image(), image.frozen())).toList();
    }

    /** Names of the categories that the round is about, by their ids. */
    @PermitAll
    public Map<Long, String> categories(TrainingRound round) {
        return selection.categories(round.prompts(), datasets.get(round.datasetId())).stream().collect(Collectors.toMap(Category::id, Category::name));
    }
}
