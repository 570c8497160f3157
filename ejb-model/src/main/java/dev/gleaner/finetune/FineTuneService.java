package dev.gleaner.finetune;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.Settings;
import dev.gleaner.account.Roles;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.Split;
import dev.gleaner.evaluationrun.Evaluation;
import dev.gleaner.evaluationrun.EvaluationService;
import dev.gleaner.evaluationrun.GoldSelection;
import dev.gleaner.evaluationrun.NewEvaluation;
import dev.gleaner.evaluationrun.Subset;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.train.FewShotSampler;
import dev.gleaner.glip.train.TrainingStep;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.job.JobQueue;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectService;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Orders fine-tunes, stops and restarts them, and shows how they go. */
@Stateless
public class FineTuneService {

    private static final int LONGEST_NAME = 200;
    private static final int MOST_STEPS_SHOWN = 5000;

    @Inject
    private FineTuneRepository fineTunes;
    @Inject
    private DatasetService datasets;
    @Inject
    private ProjectService projects;
    @Inject
    private ModelVersionService models;
    @Inject
    private GoldSelection selection;
    @Inject
    private EvaluationService evaluations;
    @Inject
    private JobQueue jobs;
    @Inject
    private Settings settings;

    /**
     * Orders a fine-tune; a server takes it up within a second or so, or when no other one trains there. Its images and their boxes
     * are those of now.
     *
     * @param startedBy whose order it is
     * @throws InvalidInput naming every field that cannot be taken: a blank name, a dataset that is not READY or has no gold to train
     *                      on, a model version of another project, a category twice, an image of another dataset, a setting out of
     *                      its range, an image both to train on and to be evaluated on, or a base,
     *                      prompts or images that the mode cannot do with
     * @throws Conflict     if the project has a model version of this name
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public FineTune create(NewFineTune wanted, String startedBy) {
        return create(wanted, null, startedBy);
    }

    /** @param before the evaluation that the result is compared with, instead of one of its own; null for none */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public FineTune create(NewFineTune wanted, Evaluation before, String startedBy) {
        NewFineTune.Training training = wanted.training() == null ? NewFineTune.Training.DEFAULT : wanted.training();
        if (wanted.name() == null || wanted.name().isBlank() || wanted.name().length() > LONGEST_NAME) {
            throw new InvalidInput("name", wanted.name(), "1 to " + LONGEST_NAME + " characters, not all of them blank");
        }
        FineTuneDefaults.check(training);
        if (wanted.images() != null && wanted.split() != null) {
            throw new InvalidInput("images", wanted.images().size() + " ids", "either images or a split");
        }
        Dataset dataset = datasets.chosen("dataset", wanted.dataset());
        ModelVersion base = models.chosen(wanted.modelVersion(), dataset.projectId());
        models.requireFree(projects.get(dataset.projectId()).name(), wanted.name());
        List<Prompt> prompts = selection.prompts(wanted.prompts(), dataset);
        checkOnePhraseEach(prompts);
        boolean wholeImages = checkMode(training.mode(), base, prompts);
        List<Category> categories = selection.categories(prompts, dataset);
        List<Image> pool = pool(wanted, dataset);
        List<Image> images = training.shots() == null ? pool : fewShot(pool, dataset, categories, training);

        FineTune fineTune = new FineTune(wanted.name(), dataset, base, prompts,
                FineTuneDefaults.settings(training, images.size(), settings.device().startsWith("gpu")), subset(wanted), images.size(), startedBy);
        fineTunes.add(fineTune);
        String snapshot = fineTunes.freeze(fineTune.id(), images.stream().map(Image::id).toList(), categories.stream().map(Category::id).toList());
        int boxes = fineTunes.boxes(fineTune.id());
        if (boxes == 0) {
            throw noGold(dataset);
        }
        if (wholeImages && fineTunes.hasPartlyAnnotated(fineTune.id())) {
            throw new InvalidInput("dataset", dataset.id(), "a dataset whose boxes tell all there is on its images, not of some categories as LVIS"
                    + " annotates; fixed classes and tuned prompts are learnt all together on every image");
        }
        fineTune.froze(snapshot, boxes);
        if (before != null) {
            fineTune.compareWith(before);
        } else {
            validation(wanted, dataset, base, prompts, startedBy, pool, fineTune);
        }
        jobs.submit(FineTuneJob.NAME, fineTune.id());
        return fineTune;
    }

    /**
     * What a round asks before it begins.
     *
     * @throws InvalidInput naming a setting out of its range as {@code training.FIELD}, a category twice, or what the mode cannot do with
     */
    public void checkStudent(NewFineTune.Training training, ModelVersion base, List<Prompt> prompts) {
        checkTraining(training);
        checkOnePhraseEach(prompts);
        checkMode(training.mode(), base, prompts);
    }

    /** @throws InvalidInput naming a setting out of its range as {@code training.FIELD} */
    public void checkTraining(NewFineTune.Training training) {
        try {
            FineTuneDefaults.check(training);
        } catch (InvalidInput e) {
            throw e.within("training");
        }
    }

    /**
     * Orders the training of a round's student, on images that the round has frozen and chosen. Should its name have been taken
     * meanwhile, its model version gets another one.
     *
     * @param count  how many images there are
     * @param pages  the images, each once, a number that memory holds at a time
     * @param before the evaluation of the base that the result is compared with
     */
    public FineTune createStudent(String name, Dataset dataset, ModelVersion base, List<Prompt> prompts, NewFineTune.Training training,
            int count, Iterable<List<StudentImage>> pages, Evaluation before, String startedBy) {
        FineTune fineTune = new FineTune(name, dataset, base, prompts,
                FineTuneDefaults.settings(training, count, settings.device().startsWith("gpu")), new Subset(null, null, count), count, startedBy);
        fineTunes.add(fineTune);
        String snapshot = fineTunes.freeze(fineTune.id(), pages);
        fineTune.froze(snapshot, fineTunes.boxes(fineTune.id()));
        fineTune.compareWith(before);
        jobs.submit(FineTuneJob.NAME, fineTune.id());
        return fineTune;
    }

    /** @return whether each image has to tell of all categories */
    private static boolean checkMode(Mode wanted, ModelVersion base, List<Prompt> prompts) {
        Mode mode = wanted == null ? Mode.FULL : wanted;
        if (base.promptDelta().isPresent()) {
            throw new InvalidInput("modelVersion", base.id(), "a model version that is no tuned prompt, such as the one it was tuned for, "
                    + base.parentId().orElseThrow());
        }
        try {
            Bundle bundle = Bundle.open(base.bundle());
            ModeRules.check(mode, base.id(), bundle, prompts);
            return mode == Mode.PROMPT || !ModeRules.classes(mode, bundle, prompts).names().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InvalidInput noGold(Dataset dataset) {
        return new InvalidInput("dataset", dataset.id(), "a dataset with boxes of the categories to learn, imported or decided about, on the"
                + " images to train on");
    }

    private static void checkOnePhraseEach(List<Prompt> prompts) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < prompts.size(); i++) {
            if (!seen.add(prompts.get(i).category())) {
                throw new InvalidInput("prompts[" + i + "].category", prompts.get(i).category(),
                        "a category not listed before: each is learnt by one phrase");
            }
        }
    }

    /** The images that may be trained on, in an order that depends on their contents and names alone. */
    private List<Image> pool(NewFineTune wanted, Dataset dataset) {
        List<Image> known = selection.images(dataset);
        List<Image> chosen = known;
        if (wanted.images() != null) {
            chosen = GoldSelection.listed(wanted.images(), known);
        } else if (wanted.split() != null) {
            Set<Long> heldOut = ids(GoldSelection.heldOut(wanted.split(), known));
            chosen = known.stream().filter(image -> !heldOut.contains(image.id())).toList();
            if (chosen.isEmpty()) {
                throw new InvalidInput("split.fraction", wanted.split().fraction(), "a fraction of " + known.size() + " images that leaves one to train on");
            }
        }
        return chosen.stream().sorted(Comparator.comparing(Image::sha256).thenComparing(Image::fileName)).toList();
    }

    private List<Image> fewShot(List<Image> pool, Dataset dataset, List<Category> categories, NewFineTune.Training training) {
        Map<Long, Integer> places = new HashMap<>();
        categories.forEach(category -> places.put(category.id(), places.size()));
        Map<Long, Set<Long>> gold = fineTunes.goldByImage(dataset.id(), places.keySet());
        List<Set<Integer>> categoriesOf = pool.stream().map(image -> gold.getOrDefault(image.id(), Set.of()).stream().map(places::get)
                .collect(Collectors.toSet())).toList();
        long seed = training.seed() == null ? FewShotSampler.SEEDS.get(0) : training.seed();
        List<Image> drawn = FewShotSampler.sample(categoriesOf, categories.size(), training.shots(), seed).images().stream().map(pool::get).toList();
        if (drawn.isEmpty()) {
            throw noGold(dataset);
        }
        return drawn;
    }

    private static Set<Long> ids(List<Image> images) {
        return images.stream().map(Image::id).collect(Collectors.toSet());
    }

    private static Subset subset(NewFineTune wanted) {
        Split split = wanted.split();
        return new Subset(split == null ? null : split.fraction(), split == null ? null : split.seed(),
                wanted.images() == null ? null : wanted.images().size());
    }

    /** Orders the evaluation of the base. */
    private void validation(NewFineTune wanted, Dataset dataset, ModelVersion base, List<Prompt> prompts, String startedBy, List<Image> pool,
            FineTune fineTune) {
        NewFineTune.Validation validation = wanted.validation();
        if (validation == null) {
            if (wanted.split() != null) {
                fineTune.compareWith(evaluations.create(evaluation(dataset.id(), base, prompts, wanted.split(), null), startedBy));
            }
            return;
        }
        try {
            long measured = validation.dataset() == null ? dataset.id() : validation.dataset();
            if (measured == dataset.id()) {
                checkApart(validation, dataset, pool);
            }
            fineTune.compareWith(evaluations.create(evaluation(measured, base, prompts, validation.split(), validation.images()), startedBy));
        } catch (InvalidInput e) {
            throw e.within("validation");
        }
    }

    private static NewEvaluation evaluation(long dataset, ModelVersion base, List<Prompt> prompts, Split split, List<Long> images) {
        return new NewEvaluation(dataset, base.id(), null, prompts, null, null, split, images);
    }

    /** Nothing says how well a model does on images that it was trained on. */
    private void checkApart(NewFineTune.Validation validation, Dataset dataset, List<Image> pool) {
        List<Image> measured = selection.images(dataset);
        if (validation.images() != null) {
            measured = GoldSelection.listed(validation.images(), measured);
        } else if (validation.split() != null) {
            measured = GoldSelection.heldOut(validation.split(), measured);
        }
        Set<Long> trained = ids(pool);
        measured.stream().filter(image -> trained.contains(image.id())).findFirst().ifPresent(image -> {
            throw new InvalidInput("images", image.id(), "images that are not trained on");
        });
    }

    /** @throws NotFound if there is no such fine-tune */
    @PermitAll
    public FineTune get(long id) {
        return fineTunes.find(id).orElseThrow(() -> new NotFound(FineTune.KIND, id));
    }

    /** Fine-tunes with ids below {@code before}, newest first, at most {@code limit} of them. */
    @PermitAll
    public List<FineTune> newest(long before, int limit) {
        return fineTunes.newest(before, limit);
    }

    /**
     * What the steps after {@code after} did, in order.
     *
     * @param every only every so many-th
     * @param limit at most so many
     * @throws NotFound     if there is no such fine-tune
     * @throws InvalidInput if a number is out of its range
     */
    @PermitAll
    public List<TrainingStep> steps(long id, int after, int every, int limit) {
        if (after < 0) {
            throw new InvalidInput("after", after, "a step, or 0 for all");
        }
        if (every < 1) {
            throw new InvalidInput("every", every, "1 or more");
        }
        if (limit < 1 || limit > MOST_STEPS_SHOWN) {
            throw new InvalidInput("limit", limit, "1 to " + MOST_STEPS_SHOWN);
        }
        return fineTunes.steps(get(id).id(), after, every, limit);
    }

    /**
     * Asks the fine-tune to come to rest after its present step, whichever server works on it.
     *
     * @throws NotFound if there is no such fine-tune
     * @throws Conflict if it is at rest already
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public FineTune stop(long id) {
        return halt(id);
    }

    /** As {@link #stop}, for the server's own rounds. */
    public FineTune halt(long id) {
        FineTune fineTune = locked(id);
        fineTune.requestStop();
        return fineTune;
    }

    /**
     * Lets a fine-tune at rest go on from its last checkpoint, and tries its quarantined images again.
     *
     * @throws NotFound if there is no such fine-tune
     * @throws Conflict if it is not at rest, or is completed
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public FineTune restart(long id) {
        return goOn(id);
    }

    /** As {@link #restart}, for the server's own rounds. */
    public FineTune goOn(long id) {
        FineTune fineTune = locked(id);
        fineTune.checkAtRest();
        fineTune.restart();
        fineTunes.forgetQuarantined(id);
        jobs.submit(FineTuneJob.NAME, id);
        return fineTune;
    }

    private FineTune locked(long id) {
        return fineTunes.lock(id).orElseThrow(() -> new NotFound(FineTune.KIND, id));
    }

    /**
     * The fine-tune's quarantined images with ids above {@code after}, by id, at most {@code limit} of them.
     *
     * @throws NotFound if there is no such fine-tune
     */
    @PermitAll
    public List<QuarantinedImage> quarantined(long id, long after, int limit) {
        return fineTunes.quarantined(get(id).id(), after, limit);
    }
}
