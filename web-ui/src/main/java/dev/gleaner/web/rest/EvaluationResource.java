package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.evaluation.Mistake;
import dev.gleaner.evaluationrun.CategoryFigures;
import dev.gleaner.evaluationrun.Evaluation;
import dev.gleaner.evaluationrun.EvaluationExport;
import dev.gleaner.evaluationrun.EvaluationService;
import dev.gleaner.evaluationrun.EvaluationSettings;
import dev.gleaner.evaluationrun.Example;
import dev.gleaner.evaluationrun.MistakeExample;
import dev.gleaner.evaluationrun.NewEvaluation;
import dev.gleaner.evaluationrun.Timings;
import dev.gleaner.inference.Progress;
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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Batch jobs that measure a model version by what humans vouch for on a dataset. */
@Path("evaluations")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class EvaluationResource {

    public record EvaluationOrder(Long dataset, Long modelVersion, String protocol, List<PromptJson> prompts, String chunking,
            Integer detectionsPerImage, SplitJson split, List<Long> images) {
    }

    /** What detections depend on beside the weights; the last three are the model's own. */
    public record SettingsJson(String chunking, int detectionsPerImage, double minScore, double nmsIou, int detectionsPerChunk) {

        static SettingsJson of(EvaluationSettings settings) {
            return new SettingsJson(EvaluationOrders.label(settings.chunking()), settings.detectionsPerImage(), settings.minScore(),
                    settings.nmsIou(), settings.perChunk());
        }
    }

    /** What it was measured by; {@code listed} where somebody listed the images. */
    public record SnapshotJson(String sha256, int images, int boxes, SplitJson split, boolean listed) {

        static SnapshotJson of(Evaluation evaluation) {
            return new SnapshotJson(evaluation.snapshotSha256(), evaluation.total(), evaluation.gold(),
                    SplitJson.of(evaluation.subset().fraction(), evaluation.subset().seed()), evaluation.subset().images() != null);
        }
    }

    public record EvaluationView(long id, Evaluation.Status status, Long family, long dataset, long modelVersion, String protocol,
            List<PromptJson> prompts, SettingsJson settings, SnapshotJson snapshot, int done, int total, int quarantined,
            Double imagesPerSecond, Instant eta, boolean stopRequested, String error, FiguresJson figures, Timings timings,
            Double supervisedAp, String startedBy, Instant createdAt, Instant startedAt, Instant endedAt) {

        static EvaluationView of(Evaluation evaluation) {
            return of(evaluation, evaluation.prompts().stream().map(PromptJson::of).toList());
        }

        /** Where many are shown, or one again and again: without its prompts, of which there may be a thousand. */
        static EvaluationView brief(Evaluation evaluation) {
            return of(evaluation, null);
        }

        private static EvaluationView of(Evaluation evaluation, List<PromptJson> prompts) {
            Progress progress = evaluation.progress(Instant.now());
            return new EvaluationView(evaluation.id(), progress.status(), evaluation.familyId().orElse(null), evaluation.datasetId(),
                    evaluation.modelVersionId(), evaluation.protocol().label(), prompts,
                    SettingsJson.of(evaluation.settings()), SnapshotJson.of(evaluation),
                    progress.done(), progress.total(), progress.quarantined(), progress.imagesPerSecond(), progress.eta(),
                    evaluation.isActive() && evaluation.isStopRequested(), evaluation.error().orElse(null),
                    evaluation.figures().map(FiguresJson::of).orElse(null), evaluation.timings().orElse(null),
                    evaluation.supervisedAp().orElse(null), evaluation.startedBy(),
                    evaluation.createdAt(), evaluation.startedAt().orElse(null), evaluation.endedAt().orElse(null));
        }
    }

    public record EvaluationPage(List<EvaluationView> items, Long next) {
    }

    public record CategoryRow(long id, String category, int gold, int detections, FiguresJson figures, Map<Mistake.Kind, Integer> mistakes) {

        static CategoryRow of(CategoryFigures row) {
            return new CategoryRow(row.categoryId(), row.name(), row.gold(), row.detections(), FiguresJson.of(row.figures()), row.mistakes());
        }
    }

    public record CategoryPage(List<CategoryRow> items, Long next) {
    }

    /** Empty where there is nothing to find. */
    public record Curve(Long category, double iou, List<Double> recall, List<Double> precision) {
    }

    public record MistakeView(int id, Mistake.Kind kind, String category, long image, String fileName, int width, int height,
            Double score, List<Double> bbox, Long gold, String goldCategory, List<Double> goldBbox, double iou) {

        static MistakeView of(Example example) {
            MistakeExample mistake = example.mistake();
            return new MistakeView(mistake.ordinal(), mistake.kind(), example.category(), mistake.imageId(), example.image().fileName(),
                    example.image().width(), example.image().height(), mistake.score().orElse(null),
                    mistake.box().map(AnnotationJson::bbox).orElse(null), mistake.goldId().orElse(null), example.goldCategory(),
                    mistake.goldBox().map(AnnotationJson::bbox).orElse(null), mistake.iou());
        }
    }

    public record MistakePage(List<MistakeView> items, Long next) {
    }

    @Inject
    private EvaluationService evaluations;
    @Inject
    private EvaluationExport exports;
    @Inject
    private RunEvents events;

    @GET
    public EvaluationPage list(@QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(evaluations.newest(paging.before(), paging.limitAndOne()), Evaluation::id, EvaluationView::brief, EvaluationPage::new);
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(EvaluationOrder order, @Context SecurityContext caller) {
        Evaluation evaluation = evaluations.create(new NewEvaluation(order.dataset(), order.modelVersion(),
                EvaluationOrders.protocol(order.protocol()), PromptJson.read(order.prompts()), EvaluationOrders.chunking(order.chunking()),
                order.detectionsPerImage(), SplitJson.read(order.split()), order.images()), caller.getUserPrincipal().getName());
        return Answers.accepted("evaluations", evaluation.id(), EvaluationView.of(evaluation));
    }

    @GET
    @Path("{id}")
    public EvaluationView get(@PathParam("id") long id) {
        return EvaluationView.of(evaluations.get(id));
    }

    @GET
    @Path("{id}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void events(@PathParam("id") long id, @Context SseEventSink sink, @Context Sse sse) {
        evaluations.get(id);
        events.follow(() -> evaluations.get(id), EvaluationView::brief, sink, sse);
    }

    @POST
    @Path("{id}/stop")
    public Response stop(@PathParam("id") long id) {
        return Response.accepted(EvaluationView.of(evaluations.stop(id))).build();
    }

    @POST
    @Path("{id}/restart")
    public Response restart(@PathParam("id") long id) {
        return Response.accepted(EvaluationView.of(evaluations.restart(id))).build();
    }

    @GET
    @Path("{id}/quarantine")
    public QuarantinePage quarantine(@PathParam("id") long id, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(evaluations.quarantined(id, paging.after(), paging.limitAndOne()),
                QuarantinedImage::imageId, QuarantineView::of, QuarantinePage::new);
    }

    @GET
    @Path("{id}/categories")
    public CategoryPage categories(@PathParam("id") long id, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(evaluations.categories(id, paging.after(), paging.limitAndOne()),
                CategoryFigures::categoryId, CategoryRow::of, CategoryPage::new);
    }

    @GET
    @Path("{id}/curve")
    public Curve curve(@PathParam("id") long id, @QueryParam("category") Long category, @QueryParam("iou") @DefaultValue("0.5") double iou) {
        double[] precisions = evaluations.curve(id, category, percent(iou));
        double[] recalls = IntStream.range(0, precisions.length).mapToDouble(percent -> percent / 100.0).toArray();
        return new Curve(category, iou, boxed(recalls), boxed(precisions));
    }

    private static int percent(double iou) {
        double percent = iou * 100;
        if (!(percent > 49.9 && percent < 95.1) || Math.abs(percent / 5 - Math.rint(percent / 5)) > 1e-6) {
            throw new InvalidInput("iou", iou, "0.5, 0.55, ... 0.95");
        }
        return (int) Math.round(percent);
    }

    private static List<Double> boxed(double[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    @GET
    @Path("{id}/examples")
    public MistakePage examples(@PathParam("id") long id, @QueryParam("kind") String kind, @QueryParam("category") Long category,
            @QueryParam("after") @DefaultValue("0") long after, @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(evaluations.examples(id, kind(kind), category, paging.after(), paging.limitAndOne()),
                example -> example.mistake().ordinal(), MistakeView::of, MistakePage::new);
    }

    private static Mistake.Kind kind(String name) {
        return name == null ? null : Arrays.stream(Mistake.Kind.values()).filter(kind -> kind.name().equalsIgnoreCase(name)).findFirst()
                .orElseThrow(() -> new InvalidInput("kind", name, "one of " + Arrays.toString(Mistake.Kind.values())));
    }

    @GET
    @Path("{id}/gold")
    public Response gold(@PathParam("id") long id) {
        evaluations.get(id);
        return download(out -> exports.writeGold(id, out), "evaluation-" + id + "-gold.json");
    }

    @GET
    @Path("{id}/detections")
    public Response detections(@PathParam("id") long id) {
        evaluations.get(id);
        return download(out -> exports.writeDetections(id, out), "evaluation-" + id + "-detections.json");
    }

    private static Response download(StreamingOutput json, String name) {
        return Response.ok(json).header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + "\"").build();
    }
}
