package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.review.DecidedBox;
import dev.gleaner.review.LoggedDecision;
import dev.gleaner.review.NewDecision;
import dev.gleaner.review.NewDecision.BoxDecision;
import dev.gleaner.review.NewSkip;
import dev.gleaner.review.ReviewDecision.Origin;
import dev.gleaner.review.ReviewService;
import dev.gleaner.review.ShownItem;
import dev.gleaner.review.StaleItem;
import dev.gleaner.web.TokenAuthentication;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Items of review queues, and what reviewers decide about them. */
@Path("review-items/{id}")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ReviewItemResource {

    public record DecisionOrder(Integer version, String requestId, List<BoxDecisionJson> boxes, Double seconds, String comment) {

        NewDecision read(Origin origin) {
            return new NewDecision(version, requestId, BoxDecisionJson.read(boxes), seconds, comment, origin);
        }
    }

    public record BoxDecisionJson(Long annotation, Integer version, String action, String category, List<Double> bbox) {

        /** @return null for null: whether boxes are needed, the service says */
        static List<BoxDecision> read(List<BoxDecisionJson> boxes) {
            return boxes == null ? null : IntStream.range(0, boxes.size()).mapToObj(i -> read(boxes.get(i), i)).toList();
        }

        private static BoxDecision read(BoxDecisionJson box, int index) {
            String action = box == null ? null : box.action;
            return new BoxDecision(box == null ? null : box.annotation, box == null ? null : box.version,
                    Stream.of(DecidedBox.Action.values()).filter(choice -> choice != DecidedBox.Action.RESTORE && ReviewQueueOrder.label(choice).equals(action))
                            .findFirst().orElseThrow(() -> new InvalidInput("boxes[" + index + "].action", action,
                                    "accept, reject, relabel, move, draw or keep")), box.category, box.bbox);
        }
    }

    public record SkipOrder(Integer version, String requestId, String reason, Double seconds, String comment) {

        NewSkip read(Origin origin) {
            return new NewSkip(version, requestId, reason, seconds, comment, origin);
        }
    }

    public record UndoOrder(String requestId) {
    }

    @Inject
    private ReviewService reviews;
    @Context
    private SecurityContext caller;
    @Context
    private HttpHeaders headers;

    @GET
    public ReviewItemView get(@PathParam("id") long id) {
        return view(reviews.item(id, reviewer()));
    }

    @PUT
    @Path("decision")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response decide(@PathParam("id") long id, DecisionOrder order) {
        NewDecision decision = order.read(origin());
        return logged(id, () -> reviews.decide(id, decision, reviewer()));
    }

    @POST
    @Path("skip")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response skip(@PathParam("id") long id, SkipOrder order) {
        return logged(id, () -> reviews.skip(id, order.read(origin()), reviewer()));
    }

    @POST
    @Path("undo")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response undo(@PathParam("id") long id, UndoOrder order) {
        return logged(id, () -> reviews.undo(id, order.requestId(), origin(), reviewer()));
    }

    @POST
    @Path("release")
    public Response release(@PathParam("id") long id) {
        return answer(() -> view(reviews.release(id, reviewer())));
    }

    private Response logged(long id, Supplier<LoggedDecision> call) {
        return answer(() -> {
            LoggedDecision logged = call.get();
            return DecisionView.of(logged, reviews.categories(reviews.item(id, reviewer()).item().queueId()));
        });
    }

    private Response answer(Supplier<Object> call) {
        try {
            return Response.ok(call.get()).build();
        } catch (StaleItem stale) {
            return Problem.of(stale, view(reviews.item(stale.item(), reviewer()))).toResponse();
        }
    }

    private ReviewItemView view(ShownItem shown) {
        return ReviewItemView.of(shown, reviews.categories(shown.item().queueId()));
    }

    private String reviewer() {
        return caller.getUserPrincipal().getName();
    }

    private Origin origin() {
        return origin(headers);
    }

    /** Only the console sends its header. */
    static Origin origin(HttpHeaders headers) {
        return headers.getHeaderString(TokenAuthentication.CONSOLE_HEADER) == null ? Origin.API : Origin.CONSOLE;
    }
}
