package dev.gleaner.labeling;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.inference.Progress;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.job.JobQueue;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.ProjectRepository;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Orders labeling runs, stops and restarts them, and tells how far they have come. */
@Stateless
public class LabelingRunService {

    private static final int MOST_RETRIED = 1000;

    @Inject
    private LabelingRunRepository runs;
    @Inject
    private DatasetService datasets;
    @Inject
    private ProjectRepository projects;
    @Inject
    private ModelVersionService models;
    @Inject
    private JobQueue jobs;

    protected LabelingRunService() {
    }

    public LabelingRunService(LabelingRunRepository runs, DatasetService datasets, ProjectRepository projects, ModelVersionService models, JobQueue jobs) {
        this.runs = runs;
        this.datasets = datasets;
        this.projects = projects;
        this.models = models;
        this.jobs = jobs;
    }

    /**
     * Orders a run; a server takes it up within a second or so. Categories that the project lacks are made.
     *
     * @throws InvalidInput if the dataset is not there or not READY, the model version is not there or another project's, there
     *                      is no prompt or a prompt twice, a threshold is outside [0, 1] or for a category that no prompt has,
     *                      or the model has fixed classes and a prompt names none of them
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public LabelingRun create(NewLabelingRun wanted) {
        return order(wanted);
    }

    /** As {@link #create}, for the server itself. */
    public LabelingRun order(NewLabelingRun wanted) {
        LabelingRules.checkPrompts(wanted.prompts(), wanted.thresholds() == null ? Thresholds.all(LabelingRules.DEFAULT_THRESHOLD) : wanted.thresholds());
        Dataset dataset = datasets.chosen("dataset", wanted.dataset());
        Thresholds thresholds = wanted.thresholds() == null ? LabelingRules.thresholds(projects.thresholds(dataset.projectId()), wanted.prompts())
                : wanted.thresholds();
        ModelVersion model = models.chosen(wanted.modelVersion(), dataset.projectId());
        LabelingRules.checkClasses(wanted.prompts(), models.classes(model));
        projects.categoriesNamed(projects.find(dataset.projectId()).orElseThrow(),
                wanted.prompts().stream().map(Prompt::category).collect(Collectors.toSet()));
        LabelingRun run = new LabelingRun(dataset, model, wanted.prompts(), thresholds);
        runs.add(run);
        jobs.submit(PseudoLabelJob.NAME, run.id());
        return run;
    }

    /** @throws NotFound if there is no such run */
    @PermitAll
    public LabelingRun get(long id) {
        return runs.find(id).orElseThrow(() -> new NotFound(LabelingRun.KIND, id));
    }

    /** Runs with ids below {@code before}, newest first, at most {@code limit} of them. */
    @PermitAll
    public List<LabelingRun> newest(long before, int limit) {
        return runs.newest(before, limit);
    }

    /**
     * How far the run has come, whichever server works on it; cheap enough to be asked every second.
     *
     * @throws NotFound if there is no such run
     */
    @PermitAll
    public Progress progress(long id) {
        return get(id).progress(Instant.now());
    }

    /**
     * Asks the run to come to rest at its next checkpoint, whichever server works on it.
     *
     * @throws NotFound if there is no such run
     * @throws Conflict if it is at rest already
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public LabelingRun stop(long id) {
        LabelingRun run = locked(id);
        run.requestStop();
        return run;
    }

    /**
     * Lets a run at rest go on where it was, and tries its quarantined images again.
     *
     * @throws NotFound if there is no such run
     * @throws Conflict if it is not at rest, or has nothing left to do
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public LabelingRun restart(long id) {
        LabelingRun run = locked(id);
        run.checkAtRest();
        run.restart(runs.forgetQuarantined(id));
        jobs.submit(PseudoLabelJob.NAME, id);
        return run;
    }

    /**
     * Tries some of a resting run's quarantined images again; what else it has left to do goes on, too.
     *
     * @param images their ids; null for all of them
     * @throws NotFound     if there is no such run
     * @throws Conflict     if it is not at rest, or has nothing left to do
     * @throws InvalidInput if one of them is not in its quarantine, or none is named
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public LabelingRun retry(long id, List<Long> images) {
        if (images == null) {
            return restart(id);
        }
        if (images.isEmpty() || images.size() > MOST_RETRIED) {
            throw new InvalidInput("images", images.size() + " ids", "1 to " + MOST_RETRIED + "; all of the quarantine if it is left out");
        }
        LabelingRun run = locked(id);
        run.checkAtRest();
        Set<Long> quarantined = runs.quarantinedOf(id, images);
        for (int i = 0; i < images.size(); i++) {
            if (!quarantined.contains(images.get(i))) {
                throw new InvalidInput("images[" + i + "]", images.get(i), "the id of an image in the quarantine of the run");
            }
        }
        run.restart(runs.forgetQuarantined(id, quarantined));
        jobs.submit(PseudoLabelJob.NAME, id);
        return run;
    }

    /**
     * The run's quarantined images with ids above {@code after}, by id, at most {@code limit} of them.
     *
     * @throws NotFound if there is no such run
     */
    @PermitAll
    public List<QuarantinedImage> quarantined(long id, long after, int limit) {
        return runs.quarantined(get(id).id(), after, limit);
    }

    private LabelingRun locked(long id) {
        return runs.lock(id).orElseThrow(() -> new NotFound(LabelingRun.KIND, id));
    }
}
