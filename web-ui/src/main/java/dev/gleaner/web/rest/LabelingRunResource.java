package dev.gleaner.web.rest;

import dev.gleaner.labeling.LabelingRun;
import dev.gleaner.labeling.LabelingRunService;
import dev.gleaner.labeling.NewLabelingRun;
import dev.gleaner.labeling.Progress;
import dev.gleaner.labeling.QuarantinedImage;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Batch jobs that label a dataset with a model version. */
@Path("labeling-runs")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Labeling runs")
public class LabelingRunResource {

    @Schema(name = "NewLabelingRun")
    public record NewRun(
            @Schema(description = "The dataset's id; it must be READY.", required = true) Long dataset,
            @Schema(description = "The model version's id; left out, the champion of the dataset's project.") Long modelVersion,
            @Schema(description = "What to look for.", required = true) List<PromptJson> prompts,
            @Schema(description = "The least final score that proposes a box, by category; `default` stands for all others and is 0.5.",
                    example = "{\"default\":0.5,\"raccoon\":0.4}") Map<String, Double> thresholds) {
    }

    @Schema(name = "LabelingRun")
    public record RunView(long id, LabelingRun.Status status,
            @Schema(description = "The dataset's id.") long dataset,
            @Schema(description = "The model version's id.") long modelVersion,
            List<PromptJson> prompts, Map<String, Double> thresholds,
            @Schema(description = "Images finished with, quarantined ones among them.") int done, int total,
            @Schema(description = "Images that could not be labeled.") int quarantined,
            @Schema(description = "Over the last minute; left out before the first chunk.") Double imagesPerSecond,
            @Schema(description = "When it will end at this speed; left out unless it is running.") Instant eta,
            @Schema(description = "It was asked to stop and comes to rest at its next checkpoint.") boolean stopRequested,
            @Schema(description = "Why it failed.") String error,
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

    @Schema(name = "LabelingRunPage")
    public record RunPage(List<RunView> items, Long next) {
    }

    @Schema(name = "QuarantinedImage")
    public record QuarantineView(long image, String fileName,
            @Schema(description = "Why it could not be labeled.") String reason, Instant at) {

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
    @Operation(summary = "List the labeling runs, newest first")
    public RunPage list(
            @Parameter(description = Paging.AFTER) @QueryParam("after") @DefaultValue("0") long after,
            @Parameter(description = Paging.LIMIT) @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(runs.newest(paging.before(), paging.limitAndOne()), LabelingRun::id, RunView::of, RunPage::new);
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Label a dataset", description = "Answers at once; a server takes the run up within a second or so.")
    public Response create(NewRun request) {
        LabelingRun run = runs.create(new NewLabelingRun(request.dataset(), request.modelVersion(),
                PromptJson.read(request.prompts()), PromptJson.thresholds(request.thresholds())));
        return Answers.accepted("labeling-runs", run.id(), RunView.of(run));
    }

    @GET
    @Path("{id}")
    @Operation(summary = "Show a labeling run and how far it has come")
    public RunView get(@PathParam("id") long id) {
        return RunView.of(runs.get(id));
    }

    @GET
    @Path("{id}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(summary = "Follow a labeling run", description = """
            Server-sent events: `progress` every second while the run is active, with the run as data; then `end`, with the run \
            at rest, and the stream closes.""")
    public void events(@PathParam("id") long id, @Context SseEventSink sink, @Context Sse sse) {
        runs.get(id);
        events.follow(id, sink, sse);
    }

    @POST
    @Path("{id}/stop")
    @Operation(summary = "Stop a labeling run at its next checkpoint")
    public Response stop(@PathParam("id") long id) {
        return Response.accepted(RunView.of(runs.stop(id))).build();
    }

    @POST
    @Path("{id}/restart")
    @Operation(summary = "Let a labeling run at rest go on where it was", description = "Its quarantined images are tried again.")
    public Response restart(@PathParam("id") long id) {
        return Response.accepted(RunView.of(runs.restart(id))).build();
    }

    @GET
    @Path("{id}/quarantine")
    @Operation(summary = "List the images a labeling run could not label, and why")
    public QuarantinePage quarantine(@PathParam("id") long id,
            @Parameter(description = Paging.AFTER) @QueryParam("after") @DefaultValue("0") long after,
            @Parameter(description = Paging.LIMIT) @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(runs.quarantined(id, paging.after(), paging.limitAndOne()),
                QuarantinedImage::imageId, QuarantineView::of, QuarantinePage::new);
    }
}
