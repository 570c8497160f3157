package dev.gleaner.web.rest;

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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;

/** Boxes from a file for a dataset that is there: first the difference, then what becomes of it. */
@Path("datasets/{id}/updates")
@RequestScoped
@Consumes(MediaType.APPLICATION_JSON)
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

    /** One difference. */
    public record DifferenceJson(String fileName, String kind, Long annotation, String status, boolean againstDecision, PlaceJson was, PlaceJson becomes) {

        private static DifferenceJson of(DatasetDifference.Sample sample) {
            return new DifferenceJson(sample.fileName(), sample.kind(), sample.annotation(), sample.status() == null ? null : sample.status().name(),
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
    @Context
    private SecurityContext caller;
    @Context
    private HttpHeaders headers;

    /** Changes nothing. */
    @POST
    @Path("preview")
    public DifferenceView preview(@PathParam("id") long id, UpdatePreview order) {
        return DifferenceView.of(updates.difference(id, order.source() == null ? null : order.source().read()));
    }

    @POST
    public UpdateView follow(@PathParam("id") long id, UpdateOrder order) {
        DatasetUpdateService.Update update = updates.follow(id, order.source() == null ? null : order.source().read(), order.token(),
                Boolean.TRUE.equals(order.overDecisions()), order.requestId(), ReviewItemResource.origin(headers), caller.getUserPrincipal().getName());
        return new UpdateView(update.followed(), update.kept());
    }
}
