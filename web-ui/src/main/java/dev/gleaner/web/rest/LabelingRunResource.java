package dev.gleaner.web.rest;

import dev.gleaner.inference.Progress;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.labeling.LabelingRun;
import dev.gleaner.labeling.LabelingRunService;
import dev.gleaner.labeling.NewLabelingRun;
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
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Batch jobs that label a dataset with a model version. */
@Path("labeling-runs")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class LabelingRunResource {

    public record NewRun(Long dataset, Long modelVersion, List<PromptJson> prompts, Map<String, Double> thresholds) {
    }

    public record RunView(long id, LabelingRun.Status status, long dataset, long modelVersion,
            List<PromptJson> prompts, Map<String, Double> thresholds, int done, int total, int quarantined,
            Double imagesPerSecond, Instant eta, boolean stopRequested, String error,
            Instant createdAt, Instant startedAt, Instant endedAt) {

        static RunView of(LabelingRun run) {
            Progress progress = run.progress(Instant.now());
            return new RunView(run.id(), progress.status(), run.datasetId(), run.modelVersionId(),
                    run.prompts().stream().map(PromptJson::of).toList(), PromptJson.write(run.thresholds()),
                    progress.done(), progress.total(), progress.quarantined(), progress.imagesPerSecond(), progress.eta(),
                    run.isActive() && run.isStopRequested(), run.error().orElse(null),
                    run.createdAt(), run.startedAt().orElse(null), run.endedAt().orElse(null));
        }
    }

    public record RunPage(List<RunView> items, Long next) {
    }

    public record QuarantineView(long image, String fileName, String reason, Instant at) {

        static QuarantineView of(QuarantinedImage image) {
            return new QuarantineView(image.imageId(), image.fileName(), image.reason(), image.at());
        }
    }

    public record QuarantinePage(List<QuarantineView> items, Long next) {
    }

    @Inject
    private LabelingRunService runs;
    @Inject
    private RunEvents events;

    @GET
    public RunPage list(@QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(runs.newest(paging.before(), paging.limitAndOne()), LabelingRun::id, RunView::of, RunPage::new);
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(NewRun request) {
        LabelingRun run = runs.create(new NewLabelingRun(request.dataset(), request.modelVersion(),
                PromptJson.read(request.prompts()), PromptJson.thresholds(request.thresholds())));
        return Answers.accepted("labeling-runs", run.id(), RunView.of(run));
    }

    @GET
    @Path("{id}")
    public RunView get(@PathParam("id") long id) {
        return RunView.of(runs.get(id));
    }

    @GET
    @Path("{id}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void events(@PathParam("id") long id, @Context SseEventSink sink, @Context Sse sse) {
        runs.get(id);
        events.follow(() -> runs.get(id), RunView::of, sink, sse);
    }

    @POST
    @Path("{id}/stop")
    public Response stop(@PathParam("id") long id) {
        return Response.accepted(RunView.of(runs.stop(id))).build();
    }

    @POST
    @Path("{id}/restart")
    public Response restart(@PathParam("id") long id) {
        return Response.accepted(RunView.of(runs.restart(id))).build();
    }

    @GET
    @Path("{id}/quarantine")
    public QuarantinePage quarantine(@PathParam("id") long id,
            @QueryParam("after") @DefaultValue("0") long after, @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(runs.quarantined(id, paging.after(), paging.limitAndOne()),
                QuarantinedImage::imageId, QuarantineView::of, QuarantinePage::new);
    }

    /** @param images ids; all of the quarantine if they are left out */
    public record RetryOrder(List<Long> images) {
    }

    @POST
    @Path("{id}/quarantine/retry")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response retry(@PathParam("id") long id, RetryOrder order) {
        return Response.accepted(RunView.of(runs.retry(id, order.images()))).build();
    }
}
