package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.evaluation.PairedBootstrap;
import dev.gleaner.evaluationrun.EvaluationService;
import dev.gleaner.evaluationrun.GoldBox;
import dev.gleaner.finetune.FineTune;
import dev.gleaner.finetune.FineTuneService;
import dev.gleaner.finetune.GroundedCaption;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.round.CategorySelection;
import dev.gleaner.round.Gate;
import dev.gleaner.round.RoundBox;
import dev.gleaner.round.RoundImage;
import dev.gleaner.round.RoundPhase;
import dev.gleaner.round.RoundSettings;
import dev.gleaner.round.SliceFigures;
import dev.gleaner.round.SliceFigures.SliceChange;
import dev.gleaner.round.TrainingRound;
import dev.gleaner.round.TrainingRoundService;
import dev.gleaner.web.rest.EvaluationOrders.SplitJson;
import dev.gleaner.web.rest.FineTuneResource.ComparisonJson;
import dev.gleaner.web.rest.FineTuneResource.StepJson;
import dev.gleaner.web.rest.FineTuneResource.StepPage;
import dev.gleaner.web.rest.LabelingRunResource.QuarantinePage;
import dev.gleaner.web.rest.LabelingRunResource.QuarantineView;
import dev.gleaner.web.rest.TrainingRoundOrder.RoundGateJson;
import dev.gleaner.web.rest.TrainingRoundOrder.RoundTeacherJson;
import dev.gleaner.web.rest.TrainingRoundOrder.SelectionJson;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Self-training rounds: the champion labels, a student learns from the best of it, a gate decides. */
@Path("training-rounds")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class TrainingRoundResource {

    /** How many steps an event tells of at most; of longer trainings it leaves some out. */
    private static final int PLOTTED = 2000;

    /** How a round goes, the defaults filled in; {@code training} is in the fine-tune once that is ordered. */
    public record RoundSettingsJson(SplitJson split, Long gold, Long outOfDomain, List<Long> unlabelled, RoundTeacherJson teacher,
            List<SelectionJson> selection, double pseudoWeight, String rejected, boolean captions, RoundGateJson gate, boolean promote) {

        static RoundSettingsJson of(RoundSettings settings) {
            return new RoundSettingsJson(settings.split() == null ? null : SplitJson.of(settings.split().fraction(), settings.split().seed()),
                    settings.gold(), settings.outOfDomain(), settings.unlabelled(), RoundTeacherJson.of(settings.teacher()),
                    settings.selection().stream().map(SelectionJson::of).toList(), settings.pseudoWeight(), RoundSettings.label(settings.rejected()),
                    settings.captions(), RoundGateJson.of(settings.gate()), settings.promote());
        }
    }

    /** What humans had said when it began; without a digest until then. */
    public record RoundSnapshotJson(String sha256, int gold, int goldBoxes, int heldOut, int unlabelled, int judged, int captioned,
            int grounded) {

        static RoundSnapshotJson of(TrainingRound round) {
            return new RoundSnapshotJson(round.snapshotSha256().orElse(null), round.gold(), round.goldBoxes(), round.heldOut(), round.unlabelled(),
                    round.judged(), round.captioned(), round.grounded());
        }
    }

    public record RoundPhaseJson(TrainingRound.Phase phase, Instant beganAt, Instant endedAt, Integer done, Integer total) {
    }

    /** A threshold of a strategy's; {@code source} tells what it was learnt from. */
    public record ThresholdJson(String strategy, double least, String source) {

        static ThresholdJson of(CategorySelection.Chosen chosen) {
            return new ThresholdJson(chosen.strategy(), chosen.least(), RoundSettings.label(chosen.source()));
        }
    }

    public record CategorySelectionJson(long category, String name, int found, int selected, Map<String, Integer> dropped, List<ThresholdJson> thresholds) {

        static CategorySelectionJson of(CategorySelection selection) {
            return new CategorySelectionJson(selection.category(), selection.name(), selection.found(), selection.selected(), selection.dropped(),
                    selection.thresholds().stream().map(ThresholdJson::of).toList());
        }
    }

    /** @param fate what became of a guarded one */
    public record SliceJson(String slice, String kind, String name, int gold, Double before, Double after, double low, double high, boolean guarded,
            String fate) {

        static SliceJson of(SliceChange slice, Map<String, Gate.Fate> fates) {
            return new SliceJson(slice.label(), RoundSettings.label(slice.kind()), slice.name(), slice.gold(), known(slice.before()),
                    known(slice.after()), slice.change().low(), slice.change().high(), slice.guarded(),
                    slice.guarded() ? RoundSettings.label(fates.get(slice.label())) : null);
        }
    }

    public record RoundComparisonJson(Double before, Double after, double low, double high, double confidence, List<SliceJson> slices) {

        static RoundComparisonJson of(SliceFigures figures, Gate gate) {
            PairedBootstrap change = figures.change();
            Map<String, Gate.Fate> fates = figures.fates(gate);
            return new RoundComparisonJson(known(figures.before()), known(figures.after()), change.low(), change.high(), change.confidence(),
                    figures.slices().stream().map(slice -> SliceJson.of(slice, fates)).toList());
        }
    }

    private static Double known(double ap) {
        return ap < 0 ? null : ap;
    }

    public record TrainingRoundView(long id, String name, TrainingRound.Status status, TrainingRound.Phase phase, long project, long dataset,
            long champion, List<PromptJson> prompts, RoundSettingsJson settings, RoundSnapshotJson snapshot, List<RoundPhaseJson> phases,
            int quarantined, Double imagesPerSecond, Instant eta, List<CategorySelectionJson> selection, Long fineTune, StepJson firstStep,
            StepJson latestStep, List<StepJson> newSteps, ComparisonJson before, ComparisonJson after, ComparisonJson guardBefore,
            ComparisonJson guardAfter, RoundComparisonJson comparison, TrainingRound.Decision decision, List<String> reasons, Instant decidedAt,
            Long candidate, String trigger, boolean stopRequested, String error, String startedBy, Instant createdAt, Instant startedAt,
            Instant endedAt) {
    }

    public record TrainingRoundPage(List<TrainingRoundView> items, Long next) {
    }

    /** A box of the teacher's; {@code droppedBy} tells why the student does not learn from it. */
    public record RoundBoxJson(long category, String name, List<Double> bbox, double score, double agreement, Boolean selected, String droppedBy) {

        static RoundBoxJson of(RoundBox box, Map<Long, String> names) {
            return new RoundBoxJson(box.categoryId(), names.get(box.categoryId()), numbers(box.box().x(), box.box().y(), box.box().width(), box.box().height()),
                    box.score(), box.agreement(), box.selected().orElse(null), box.droppedBy().orElse(null));
        }
    }

    /** A box that a human decided about. */
    public record DecidedBoxJson(long category, String name, List<Double> bbox) {

        static DecidedBoxJson of(GoldBox box, Map<Long, String> names) {
            return new DecidedBoxJson(box.category(), names.get(box.category()), numbers(box.x(), box.y(), box.width(), box.height()));
        }
    }

    private static List<Double> numbers(double x, double y, double width, double height) {
        return List.of(x, y, width, height);
    }

    /** A box that the teacher found for a phrase of a caption; with weight 0 nothing is learnt from where it is. */
    public record GroundedBoxJson(String phrase, List<Double> bbox, double weight) {

        static GroundedBoxJson of(GroundedCaption caption, GroundedCaption.PhraseBox box) {
            return new GroundedBoxJson(caption.text(box.phrase()), numbers(box.x(), box.y(), box.width(), box.height()), box.weight());
        }
    }

    public record SampleJson(ImageJson image, List<RoundBoxJson> boxes, List<DecidedBoxJson> gold, List<DecidedBoxJson> rejected, String caption,
            List<GroundedBoxJson> grounded) {

        static SampleJson of(TrainingRoundService.Sample sample, Map<Long, String> names) {
            return new SampleJson(ImageJson.of(sample.image()), sample.boxes().stream().map(box -> RoundBoxJson.of(box, names)).toList(),
                    sample.frozen().gold().stream().map(box -> DecidedBoxJson.of(box, names)).toList(),
                    sample.frozen().rejected().stream().map(box -> DecidedBoxJson.of(box, names)).toList(), sample.frozen().caption().orElse(null),
                    sample.frozen().grounding().map(caption -> caption.boxes().stream().map(box -> GroundedBoxJson.of(caption, box)).toList()).orElse(null));
        }
    }

    /** An image of the round: what it is there for, and what humans had said of it when the round began. */
    public record MemberJson(ImageJson image, String role, List<DecidedBoxJson> gold, List<DecidedBoxJson> rejected, String caption) {

        static MemberJson of(TrainingRoundService.Member member, Map<Long, String> names) {
            return new MemberJson(ImageJson.of(member.image()), RoundSettings.label(member.frozen().role()),
                    member.frozen().gold().stream().map(box -> DecidedBoxJson.of(box, names)).toList(),
                    member.frozen().rejected().stream().map(box -> DecidedBoxJson.of(box, names)).toList(), member.frozen().caption().orElse(null));
        }
    }

    public record MemberPage(List<MemberJson> items, Long next) {
    }

    public record SamplePage(List<SampleJson> items, Long next) {
    }

    @Inject
    private TrainingRoundService rounds;
    @Inject
    private FineTuneService fineTunes;
    @Inject
    private EvaluationService evaluations;
    @Inject
    private RunEvents events;

    /** Shows rounds; it outlives the request. */
    private static final class Viewer {

        private final TrainingRoundService rounds;
        private final FineTuneService fineTunes;
        private final EvaluationService evaluations;

        Viewer(TrainingRoundService rounds, FineTuneService fineTunes, EvaluationService evaluations) {
            this.rounds = rounds;
            this.fineTunes = fineTunes;
            this.evaluations = evaluations;
        }

        TrainingRoundView view(TrainingRound round, List<StepJson> newSteps) {
            Optional<FineTune> student = round.fineTuneId().map(fineTunes::get);
            Function<Optional<Long>, ComparisonJson> comparison = id -> id.map(evaluations::get).map(ComparisonJson::of).orElse(null);
            ComparisonJson after = comparison.apply(round.evaluationAfterId().or(() -> student.flatMap(FineTune::evaluationAfterId)));
            return new TrainingRoundView(round.id(), round.name(), round.status(), round.phase(), round.projectId(), round.datasetId(),
                    round.championId(), round.prompts().stream().map(PromptJson::of).toList(), RoundSettingsJson.of(round.settings()),
                    RoundSnapshotJson.of(round), rounds.phases(round.id()).stream().map(phase -> phase(phase, round, student, after)).toList(),
                    round.quarantined(), round.imagesPerSecond().orElse(null), round.eta(Instant.now()).orElse(null),
                    round.selection().stream().map(CategorySelectionJson::of).toList(), round.fineTuneId().orElse(null),
                    student.flatMap(FineTune::firstStep).map(StepJson::of).orElse(null),
                    student.flatMap(FineTune::latestStep).map(StepJson::of).orElse(null), newSteps, comparison.apply(round.evaluationBeforeId()), after,
                    comparison.apply(round.guardBeforeId()), comparison.apply(round.guardAfterId()),
                    round.comparison().map(figures -> RoundComparisonJson.of(figures, round.settings().gate())).orElse(null),
                    round.decision().orElse(null), round.reasons(), round.decidedAt().orElse(null), round.candidateId().orElse(null),
                    round.trigger(), round.isActive() && round.isStopRequested(), round.error().orElse(null), round.startedBy(), round.createdAt(), round.startedAt().orElse(null), round.endedAt().orElse(null));
        }

        private static RoundPhaseJson phase(RoundPhase phase, TrainingRound round, Optional<FineTune> student, ComparisonJson after) {
            Integer done = null;
            Integer total = null;
            switch (phase.phase()) {
                case TEACHING -> {
                    done = round.taught();
                    total = round.forTeacher();
                }
                case SELECTING -> {
                    done = round.selectedImages();
                    total = round.unlabelled();
                }
                case TRAINING -> {
                    done = student.map(FineTune::step).orElse(null);
                    total = student.map(fineTune -> fineTune.settings().steps()).orElse(null);
                }
                case EVALUATING -> {
                    done = after == null ? null : after.done();
                    total = after == null ? null : after.total();
                }
                case GATING -> {
                    done = round.toAudit() == 0 ? null : round.audited();
                    total = round.toAudit() == 0 ? null : round.toAudit();
                }
                default -> {
                    // Over in a moment.
                }
            }
            return new RoundPhaseJson(phase.phase(), phase.beganAt(), phase.endedAt().orElse(null), done, total);
        }
    }

    private TrainingRoundView view(TrainingRound round) {
        return new Viewer(rounds, fineTunes, evaluations).view(round, null);
    }

    @GET
    public TrainingRoundPage list(@QueryParam("project") Long project, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(rounds.newest(project, paging.before(), paging.limitAndOne()), TrainingRound::id, this::view, TrainingRoundPage::new);
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(TrainingRoundOrder order, @Context SecurityContext caller) {
        TrainingRound round = rounds.create(order.read(), TrainingRoundService.ORDERED, caller.getUserPrincipal().getName());
        return Answers.accepted("training-rounds", round.id(), view(round));
    }

    @GET
    @Path("{id}")
    public TrainingRoundView get(@PathParam("id") long id) {
        return view(rounds.get(id));
    }

    @GET
    @Path("{id}/steps")
    public StepPage steps(@PathParam("id") long id, @QueryParam("after") @DefaultValue("0") int after,
            @QueryParam("every") @DefaultValue("1") int every, @QueryParam("limit") @DefaultValue("1000") int limit) {
        Optional<Long> fineTune = rounds.get(id).fineTuneId();
        if (fineTune.isEmpty()) {
            return new StepPage(List.of(), null);
        }
        List<StepJson> steps = fineTunes.steps(fineTune.get(), after, every, limit).stream().map(StepJson::of).toList();
        return new StepPage(steps, steps.size() < limit ? null : steps.get(limit - 1).step());
    }

    @GET
    @Path("{id}/samples")
    public SamplePage samples(@PathParam("id") long id, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        Map<Long, String> names = rounds.categories(rounds.get(id));
        return paging.page(rounds.samples(id, paging.after(), paging.limitAndOne()), sample -> sample.image().id(),
                sample -> SampleJson.of(sample, names), SamplePage::new);
    }

    @GET
    @Path("{id}/images")
    public MemberPage images(@PathParam("id") long id, @QueryParam("role") String role, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        RoundImage.Role wanted = role(role);
        Map<Long, String> names = rounds.categories(rounds.get(id));
        return paging.page(rounds.members(id, wanted, paging.after(), paging.limitAndOne()), member -> member.image().id(),
                member -> MemberJson.of(member, names), MemberPage::new);
    }

    private static RoundImage.Role role(String label) {
        return label == null ? null : Arrays.stream(RoundImage.Role.values()).filter(role -> RoundSettings.label(role).equals(label)).findFirst()
                .orElseThrow(() -> new InvalidInput("role", label, "gold or held-out or unlabelled"));
    }

    @GET
    @Path("{id}/quarantine")
    public QuarantinePage quarantine(@PathParam("id") long id, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(rounds.quarantined(id, paging.after(), paging.limitAndOne()),
                QuarantinedImage::imageId, QuarantineView::of, QuarantinePage::new);
    }

    @GET
    @Path("{id}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void events(@PathParam("id") long id, @Context SseEventSink sink, @Context Sse sse) {
        rounds.get(id);
        events.follow(() -> rounds.get(id), new NewSteps(new Viewer(rounds, fineTunes, evaluations)), sink, sse);
    }

    /** A round with the steps that its student took since it was asked last; the first time, with all. */
    private static final class NewSteps implements Function<TrainingRound, TrainingRoundView> {

        private final Viewer viewer;
        private int told;

        NewSteps(Viewer viewer) {
            this.viewer = viewer;
        }

        @Override
        public TrainingRoundView apply(TrainingRound round) {
            List<StepJson> steps = List.of();
            if (round.fineTuneId().isPresent()) {
                FineTune student = viewer.fineTunes.get(round.fineTuneId().get());
                int every = 1 + (student.settings().steps() - 1) / PLOTTED;
                steps = viewer.fineTunes.steps(student.id(), told, every, PLOTTED).stream().map(StepJson::of).toList();
                if (!steps.isEmpty()) {
                    told = steps.get(steps.size() - 1).step();
                } else if (student.step() < told) {
                    // Another server goes on from a checkpoint that is earlier.
                    told = student.step();
                }
            }
            return viewer.view(round, steps);
        }
    }

    @POST
    @Path("{id}/stop")
    public Response stop(@PathParam("id") long id) {
        return Response.accepted(view(rounds.stop(id))).build();
    }

    @POST
    @Path("{id}/restart")
    public Response restart(@PathParam("id") long id) {
        return Response.accepted(view(rounds.restart(id))).build();
    }
}
