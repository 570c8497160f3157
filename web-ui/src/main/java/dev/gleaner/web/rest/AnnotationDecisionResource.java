package dev.gleaner.web.rest;

import dev.gleaner.review.GalleryService;
import dev.gleaner.web.rest.ReviewItemResource.BoxDecisionJson;
import dev.gleaner.web.rest.ReviewItemView.ReviewBoxJson;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;

/** Decisions about many boxes at once, on any images of a project. */
@Path("annotations/decisions")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class AnnotationDecisionResource {

    public record BulkOrder(String requestId, List<BoxDecisionJson> boxes, Double seconds) {
    }

    /** @param undoes the {@code requestId} of what is to be taken back */
    public record BulkUndo(String requestId, String undoes) {
    }

    /** What was done, by image, and boxes that were left because they are not what was seen. */
    public record BulkOutcome(List<DecisionView> decisions, List<ReviewBoxJson> stale) {

        private static BulkOutcome of(GalleryService.Outcome outcome) {
            return new BulkOutcome(outcome.decisions().stream().map(decision -> DecisionView.of(decision, outcome.categories())).toList(),
                    outcome.stale().stream().map(box -> ReviewBoxJson.of(box, outcome.categories())).toList());
        }
    }

    @Inject
    private GalleryService gallery;
    @Context
    private SecurityContext caller;
    @Context
    private HttpHeaders headers;

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public BulkOutcome decide(BulkOrder order) {
        return BulkOutcome.of(gallery.decide(BoxDecisionJson.read(order.boxes()), order.seconds(), order.requestId(), ReviewItemResource.origin(headers),
                caller.getUserPrincipal().getName()));
    }

    @POST
    @Path("undo")
    @Consumes(MediaType.APPLICATION_JSON)
    public BulkOutcome undo(BulkUndo order) {
        return BulkOutcome.of(gallery.undo(order.undoes(), order.requestId(), ReviewItemResource.origin(headers), caller.getUserPrincipal().getName()));
    }
}
