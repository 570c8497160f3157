package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.evaluationrun.Evaluation;
import dev.gleaner.evaluationrun.EvaluationService;
import dev.gleaner.finetune.FineTune;
import dev.gleaner.finetune.FineTuneService;
import dev.gleaner.finetune.FineTuneSettings;
import dev.gleaner.finetune.NewFineTune;
import dev.gleaner.glip.train.TrainingStep;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.web.rest.EvaluationOrders.SplitJson;
import dev.gleaner.web.rest.LabelingRunResource.QuarantinePage;
import dev.gleaner.web.rest.LabelingRunResource.QuarantineView;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Batch jobs that train a model version further, to a new one. */
@Path("fine-tunes")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class FineTuneResource {

    /** How many steps an event tells of at most; of longer trainings it leaves some out. */
    private static final int PLOTTED = 2000;

    public record FineTuneOrder(String name, Long modelVersion, Long dataset, List<PromptJson> prompts, SplitJson split, List<Long> images,
            ValidationOrder validation, String mode, Integer shots, Long seed, Integer steps, Double epochs, Integer batch, Double learningRate,
            Double languageLearningRate, String schedule, Double weightDecay, Double clip, Double ema, String augmentation, Boolean regularise,
            Boolean recompute, Boolean bfloat16, Integer checkpointEvery) {

        NewFineTune read() {
            return new NewFineTune(name, modelVersion, dataset, PromptJson.read(prompts), SplitJson.read(split), images,
                    validation == null ? null : validation.read(),
                    new NewFineTune.Training(TrainingOrder.mode(mode), shots, seed, steps, epochs, batch, learningRate, languageLearningRate,
                            TrainingOrder.schedule(schedule), weightDecay, clip, ema, TrainingOrder.augmentation(augmentation), regularise,
                            recompute, bfloat16, checkpointEvery));
        }
    }

    /** Without a dataset it is the one that is trained on. */
    public record ValidationOrder(Long dataset, SplitJson split, List<Long> images) {

        NewFineTune.Validation read() {
            try {
                return new NewFineTune.Validation(dataset, SplitJson.read(split), images);
            } catch (InvalidInput e) {
                throw e.within("validation");
            }
        }
    }

    public record FineTuneSettingsJson(String mode, Integer shots, long seed, int steps, int batch, double learningRate,
            double languageLearningRate, String schedule, double weightDecay, double clip, double ema, String augmentation, boolean regularise,
            boolean recompute, boolean bfloat16, Integer checkpointEvery) {

        static FineTuneSettingsJson of(FineTuneSettings settings) {
            return new FineTuneSettingsJson(FineTuneSettings.label(settings.mode()), settings.shots(), settings.seed(), settings.steps(),
                    settings.batch(), settings.learningRate(), settings.languageLearningRate(), FineTuneSettings.label(settings.schedule()),
                    settings.weightDecay(), settings.clip(), settings.ema(), FineTuneSettings.label(settings.augmentation()),
                    settings.regularise(), settings.recompute(), settings.bfloat16(), settings.checkpointEvery());
        }
    }

    /** What it is trained on; {@code listed} where somebody listed the images. */
    public record TrainingSnapshotJson(String sha256, int images, int boxes, SplitJson split, boolean listed) {

        static TrainingSnapshotJson of(FineTune fineTune) {
            return new TrainingSnapshotJson(fineTune.snapshotSha256(), fineTune.images(), fineTune.boxes(),
                    SplitJson.of(fineTune.subset().fraction(), fineTune.subset().seed()), fineTune.subset().images() != null);
        }
    }

    /** What a step did; losses that are no finite numbers are left out. */
    public record StepJson(int step, Double loss, Double alignment, Double boxes, Double centreness, Double gradientNorm, double learningRate,
            int positives, boolean applied) {

        static StepJson of(TrainingStep step) {
            return new StepJson(step.step(), finite(step.loss()), finite(step.alignment()), finite(step.boxes()), finite(step.centreness()),
                    finite(step.gradientNorm()), step.learningRate(), step.positives(), step.applied());
        }

        private static Double finite(double number) {
            return Double.isFinite(number) ? number : null;
        }
    }

    public record StepPage(List<StepJson> items, Integer next) {
    }

    /** An evaluation before or after; without figures until it is completed. */
    public record ComparisonJson(long evaluation, Evaluation.Status status, int done, int total, FiguresJson figures) {

        static ComparisonJson of(Evaluation evaluation) {
            return new ComparisonJson(evaluation.id(), evaluation.status(), evaluation.progress(Instant.now()).done(), evaluation.total(),
                    evaluation.figures().map(FiguresJson::of).orElse(null));
        }
    }

    public record FineTuneView(long id, String name, FineTune.Status status, FineTune.Phase phase, Long family, long dataset, long base,
            List<PromptJson> prompts, FineTuneSettingsJson settings, TrainingSnapshotJson snapshot, int step, int steps, Double stepsPerSecond,
            Instant eta, StepJson firstStep, StepJson latestStep, List<StepJson> newSteps, int quarantined, Long modelVersion,
            ComparisonJson before, ComparisonJson after, boolean stopRequested, String error, String startedBy,
            Instant createdAt, Instant startedAt, Instant endedAt) {
    }

    public record FineTunePage(List<FineTuneView> items, Long next) {
    }

    @Inject
    private FineTuneService fineTunes;
    @Inject
    private EvaluationService evaluations;
    @Inject
    private RunEvents events;

    private static FineTuneView view(FineTune fineTune, EvaluationService evaluations, List<StepJson> newSteps) {
        Function<Optional<Long>, ComparisonJson> comparison = id -> id.map(evaluations::get).map(ComparisonJson::of).orElse(null);
        return new FineTuneView(fineTune.id(), fineTune.name(), fineTune.status(), fineTune.phase(),
                fineTune.familyId().orElse(null), fineTune.datasetId(), fineTune.baseId(),
                fineTune.prompts().stream().map(PromptJson::of).toList(), FineTuneSettingsJson.of(fineTune.settings()),
                TrainingSnapshotJson.of(fineTune), fineTune.step(), fineTune.settings().steps(), fineTune.stepsPerSecond().orElse(null),
                fineTune.eta(Instant.now()).orElse(null), fineTune.firstStep().map(StepJson::of).orElse(null),
                fineTune.latestStep().map(StepJson::of).orElse(null), newSteps, fineTune.quarantined(), fineTune.modelVersionId().orElse(null),
                comparison.apply(fineTune.evaluationBeforeId()), comparison.apply(fineTune.evaluationAfterId()),
                fineTune.isActive() && fineTune.isStopRequested(), fineTune.error().orElse(null), fineTune.startedBy(),
                fineTune.createdAt(), fineTune.startedAt().orElse(null), fineTune.endedAt().orElse(null));
    }

    private FineTuneView view(FineTune fineTune) {
        return view(fineTune, evaluations, null);
    }

    @GET
    public FineTunePage list(@QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(fineTunes.newest(paging.before(), paging.limitAndOne()), FineTune::id, this::view, FineTunePage::new);
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(FineTuneOrder order, @Context SecurityContext caller) {
        FineTune fineTune = fineTunes.create(order.read(), caller.getUserPrincipal().getName());
        return Answers.accepted("fine-tunes", fineTune.id(), view(fineTune));
    }

    @GET
    @Path("{id}")
    public FineTuneView get(@PathParam("id") long id) {
        return view(fineTunes.get(id));
    }

    @GET
    @Path("{id}/losses")
    public StepPage losses(@PathParam("id") long id, @QueryParam("after") @DefaultValue("0") int after,
            @QueryParam("every") @DefaultValue("1") int every, @QueryParam("limit") @DefaultValue("1000") int limit) {
        List<StepJson> steps = fineTunes.steps(id, after, every, limit).stream().map(StepJson::of).toList();
        return new StepPage(steps, steps.size() < limit ? null : steps.get(limit - 1).step());
    }

    @GET
    @Path("{id}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void events(@PathParam("id") long id, @Context SseEventSink sink, @Context Sse sse) {
        fineTunes.get(id);
        events.follow(() -> fineTunes.get(id), new NewSteps(fineTunes, evaluations), sink, sse);
    }

    /** A fine-tune with the steps that were taken since it was asked last; the first time, with all. */
    private static final class NewSteps implements Function<FineTune, FineTuneView> {

        private final FineTuneService fineTunes;
        private final EvaluationService evaluations;
        private int told;

        /** The services themselves, since the request and its resource are gone by the second event. */
        NewSteps(FineTuneService fineTunes, EvaluationService evaluations) {
            this.fineTunes = fineTunes;
            this.evaluations = evaluations;
        }

        @Override
        public FineTuneView apply(FineTune fineTune) {
            int every = 1 + (fineTune.settings().steps() - 1) / PLOTTED;
            List<StepJson> steps = fineTunes.steps(fineTune.id(), told, every, PLOTTED).stream().map(StepJson::of).toList();
            if (!steps.isEmpty()) {
                told = steps.get(steps.size() - 1).step();
            } else if (fineTune.step() < told) {
                // Another server goes on from a checkpoint that is earlier.
                told = fineTune.step();
            }
            return view(fineTune, evaluations, steps);
        }
    }

    @POST
    @Path("{id}/stop")
    public Response stop(@PathParam("id") long id) {
        return Response.accepted(view(fineTunes.stop(id))).build();
    }

    @POST
    @Path("{id}/restart")
    public Response restart(@PathParam("id") long id) {
        return Response.accepted(view(fineTunes.restart(id))).build();
    }

    @GET
    @Path("{id}/quarantine")
    public QuarantinePage quarantine(@PathParam("id") long id, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(fineTunes.quarantined(id, paging.after(), paging.limitAndOne()),
                QuarantinedImage::imageId, QuarantineView::of, QuarantinePage::new);
    }
}
