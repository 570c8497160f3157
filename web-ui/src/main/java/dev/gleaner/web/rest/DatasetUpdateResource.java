package dev.gleaner.web.rest;

import dev.gleaner.Settings;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.Preflight;
import dev.gleaner.glip.Box;
import dev.gleaner.transfer.DatasetDifference;
import dev.gleaner.transfer.DatasetUpdateService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityPart;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;

/** Boxes from a file for a dataset that is there: first the difference, then what becomes of it. */
@Path("datasets/{id}/updates")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class DatasetUpdateResource {

    public record UpdatePreview(DatasetResource.Source source) {
    }

    /** @param overDecisions null for false */
    public record UpdateOrder(DatasetResource.Source source, String token, Boolean overDecisions, String requestId) {
    }

    /** How many differences were followed, and how many were kept as a human decided. */
    public record UpdateView(int followed, int kept) {
    }

    /** A box under a category. */
    public record PlaceJson(String category, List<Double> bbox) {

        private static PlaceJson of(DatasetDifference.Place place) {
            if (place == null) {
                return null;
            }
            Box box = place.box();
            return new PlaceJson(place.category(), List.of(box.x(), box.y(), box.width(), box.height()));
        }
    }

    /** One difference. @param width of the image, in pixels as it is shown */
    public record DifferenceJson(long image, String fileName, int width, int height, String kind, Long annotation, String status, boolean againstDecision, PlaceJson was, PlaceJson becomes) {

        private static DifferenceJson of(DatasetDifference.Sample sample) {
            Image image = sample.image();
            return new DifferenceJson(image.id(), image.fileName(), image.width(), image.height(), sample.kind(), sample.annotation(), sample.status() == null ? null : sample.status().name(),
                    sample.againstDecision(), PlaceJson.of(sample.was()), PlaceJson.of(sample.becomes()));
        }
    }

    /** What a source has otherwise than the dataset. */
    public record DifferenceView(int images, int unknownImages, int added, int moved, int relabelled, int removed, int differences, int againstDecisions,
            List<DifferenceJson> samples, Preflight preflight, String token) {

        private static DifferenceView of(DatasetDifference difference) {
            return new DifferenceView(difference.images(), difference.unknownImages(), difference.added(), difference.moved(), difference.relabelled(),
                    difference.removed(), difference.differences(), difference.againstDecisions(),
                    difference.samples().stream().map(DifferenceJson::of).toList(), difference.preflight(), difference.token());
        }
    }

    @Inject
    private DatasetUpdateService updates;
    @Inject
    private Settings settings;
    @Context
    private SecurityContext caller;
    @Context
    private HttpHeaders headers;

    /** Changes nothing. */
    @POST
    @Path("preview")
    @Consumes(MediaType.APPLICATION_JSON)
    public DifferenceView preview(@PathParam("id") long id, UpdatePreview order) {
        return DifferenceView.of(updates.difference(id, order.source() == null ? null : order.source().read()));
    }

    /** The same of a file that comes with the request. */
    @POST
    @Path("preview")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public DifferenceView preview(@PathParam("id") long id, List<EntityPart> parts) {
        Form form = new Form(parts, "type", "file");
        try (UploadFolder folder = new UploadFolder(settings.home())) {
            return DifferenceView.of(updates.difference(id, form.text("type"), form.file("file", folder)));
        }
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public UpdateView follow(@PathParam("id") long id, UpdateOrder order) {
        DatasetUpdateService.Update update = updates.follow(id, order.source() == null ? null : order.source().read(), order.token(),
                Boolean.TRUE.equals(order.overDecisions()), order.requestId(), ReviewItemResource.origin(headers), caller.getUserPrincipal().getName());
        return new UpdateView(update.followed(), update.kept());
    }

    /** The same of a file that comes with the request. */
    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public UpdateView follow(@PathParam("id") long id, List<EntityPart> parts) {
        Form form = new Form(parts, "type", "file", "token", "overDecisions", "requestId");
        try (UploadFolder folder = new UploadFolder(settings.home())) {
            DatasetUpdateService.Update update = updates.follow(id, form.text("type"), form.file("file", folder), form.text("token"),
                    "true".equals(form.text("overDecisions")), form.text("requestId"), ReviewItemResource.origin(headers), caller.getUserPrincipal().getName());
            return new UpdateView(update.followed(), update.kept());
        }
    }
}
