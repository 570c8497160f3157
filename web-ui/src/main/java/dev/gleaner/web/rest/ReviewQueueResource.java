package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.review.QueueCounts;
import dev.gleaner.review.QueuePreview;
import dev.gleaner.review.ReviewItem;
import dev.gleaner.review.ReviewQualityService;
import dev.gleaner.review.ReviewQueue;
import dev.gleaner.review.ReviewQueueService;
import dev.gleaner.review.ReviewService;
import dev.gleaner.review.ShownItem;
import dev.gleaner.review.StaleItem;
import dev.gleaner.web.rest.ReviewQueueOrder.ReviewFilterJson;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Images that wait for a human, in the order in which they are handed out. */
@Path("review-queues")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ReviewQueueResource {

    /** Each is counted, so a page of them is not as long as others. */
    private static final String QUEUES = "25";

    /** {@code dataset} is null of a queue of all datasets of the project. */
    public record ReviewQueueView(long id, String name, long project, Long dataset, String order, String among, ReviewFilterJson filter, double checks, int consensus,
            double consensusShare, long seed, ReviewQueue.Status status, int images, int items, QueueCounts counts, String createdBy, Instant createdAt,
            Instant closedAt) {
    }

    public record ReviewQueuePage(List<ReviewQueueView> items, Long next) {
    }

    public record CategoryPreview(String category, int images, int boxes) {
    }

    /** What a queue would hold; {@code more} says that {@code found} and {@code boxes} are only the least there is. */
    public record ReviewQueuePreview(int items, int images, int found, int boxes, boolean more, int checks, int opinions, List<CategoryPreview> categories) {

        static ReviewQueuePreview of(QueuePreview preview) {
            return new ReviewQueuePreview(preview.items(), preview.images(), preview.found(), preview.boxes(), preview.more(), preview.checks(),
                    preview.opinions(), preview.categories().stream().map(of -> new CategoryPreview(of.category(), of.images(), of.boxes())).toList());
        }
    }

    /** An item as a list shows it; {@code comment} is what its reviewer wrote, null where that was taken back. */
    public record ReviewItemRow(long id, int place, long image, ReviewItem.Status status, int version, String reason, Double worth, String reviewer,
            Instant decidedAt, String skipReason, String comment) {

        static ReviewItemRow of(ReviewItem item, String comment) {
            return new ReviewItemRow(item.id(), item.place(), item.imageId(), item.status(), item.version(), item.reason(), item.worth().orElse(null),
                    item.reviewer().orElse(null), item.decidedAt().orElse(null), item.skipReason().orElse(null), comment);
        }
    }

    public record ReviewItemPage(List<ReviewItemRow> items, Long next) {
    }

    /** @param count 1 to 10; one if it is left out */
    public record ClaimOrder(Integer count) {
    }

    /** @param image about which the reviewers of the queue differ */
    public record RulingOrder(Long image) {
    }

    public record ClaimedItems(List<ReviewItemView> items) {
    }

    @Inject
    private ReviewQueueService queues;
    @Inject
    private ReviewService reviews;
    @Inject
    private ReviewQualityService quality;

    @GET
    public ReviewQueuePage list(@QueryParam("project") Long project, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(QUEUES) int limit) {
        Paging paging = new Paging(after, limit);
        List<ReviewQueue> found = queues.newest(project, paging.before(), paging.limitAndOne());
        Map<Long, QueueCounts> counts = queues.counts(found);
        return paging.page(found, ReviewQueue::id, queue -> view(queue, counts.get(queue.id())), ReviewQueuePage::new);
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(ReviewQueueOrder order, @Context SecurityContext caller) {
        ReviewQueue queue = queues.create(order.read(), caller.getUserPrincipal().getName());
        return Answers.created("review-queues", queue.id(), view(queue));
    }

    /** What a queue would hold; nothing is made. */
    @POST
    @Path("preview")
    @Consumes(MediaType.APPLICATION_JSON)
    public ReviewQueuePreview preview(ReviewQueueOrder order) {
        return ReviewQueuePreview.of(queues.preview(order.read()));
    }

    @GET
    @Path("{id}")
    public ReviewQueueView get(@PathParam("id") long id) {
        return view(queues.get(id));
    }

    @DELETE
    @Path("{id}")
    public void remove(@PathParam("id") long id) {
        queues.remove(id);
    }

    @POST
    @Path("{id}/close")
    public ReviewQueueView close(@PathParam("id") long id) {
        return view(queues.close(id));
    }

    /** Items by place; {@code after} is the place of the last one before. */
    @GET
    @Path("{id}/items")
    public ReviewItemPage items(@PathParam("id") long id, @QueryParam("status") List<String> status, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        int place = (int) Math.min(Integer.MAX_VALUE, paging.after());
        List<ReviewItem> items = queues.items(id, statuses(status), place, paging.limitAndOne());
        Map<Long, String> comments = quality.comments(items.stream().map(ReviewItem::id).toList());
        return paging.page(items, ReviewItem::place, item -> ReviewItemRow.of(item, comments.get(item.id())), ReviewItemPage::new);
    }

    private static Set<ReviewItem.Status> statuses(List<String> names) {
        EnumSet<ReviewItem.Status> statuses = names.isEmpty() ? EnumSet.allOf(ReviewItem.Status.class) : EnumSet.noneOf(ReviewItem.Status.class);
        for (String name : names) {
            statuses.add(Arrays.stream(ReviewItem.Status.values()).filter(status -> status.name().equalsIgnoreCase(name)).findFirst()
                    .orElseThrow(() -> new InvalidInput("status", name, "one of " + EnumSet.allOf(ReviewItem.Status.class))));
        }
        return statuses;
    }

    /** The next items for the caller. */
    @POST
    @Path("{id}/claim")
    @Consumes(MediaType.APPLICATION_JSON)
    public ClaimedItems claim(@PathParam("id") long id, ClaimOrder order, @Context SecurityContext caller) {
        return claimed(id, reviews.claim(id, order.count() == null ? 1 : order.count(), caller.getUserPrincipal().getName()));
    }

    /** What the caller holds. */
    @GET
    @Path("{id}/claim")
    public ClaimedItems held(@PathParam("id") long id, @Context SecurityContext caller) {
        return claimed(id, reviews.held(id, caller.getUserPrincipal().getName()));
    }

    /** An image about which the reviewers differ, for the caller to have the last word. */
    @POST
    @Path("{id}/rulings")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response rule(@PathParam("id") long id, RulingOrder order, @Context SecurityContext caller) {
        String reviewer = caller.getUserPrincipal().getName();
        try {
            return Response.ok(ReviewItemView.of(reviews.rule(id, order.image(), reviewer), reviews.categories(id))).build();
        } catch (StaleItem stale) {
            return Problem.of(stale, ReviewItemView.of(reviews.item(stale.item(), reviewer), reviews.categories(id))).toResponse();
        }
    }

    private ClaimedItems claimed(long queue, List<ShownItem> items) {
        Map<Long, String> categories = reviews.categories(queue);
        return new ClaimedItems(items.stream().map(item -> ReviewItemView.of(item, categories)).toList());
    }

    private ReviewQueueView view(ReviewQueue queue) {
        return view(queue, queues.counts(List.of(queue)).get(queue.id()));
    }

    private ReviewQueueView view(ReviewQueue queue, QueueCounts counts) {
        return new ReviewQueueView(queue.id(), queue.name(), queue.projectId(), queue.datasetId().orElse(null), ReviewQueueOrder.label(queue.ordering()),
                ReviewQueueOrder.label(queue.among()),
                ReviewFilterJson.of(queue.filter(), queue.filter().categories().isEmpty() ? Map.of() : reviews.categories(queue.id())), queue.checks(),
                queue.consensus(), queue.consensusShare(), queue.seed(), queue.status(), queue.images(), queue.items(), counts, queue.createdBy(),
                queue.createdAt(), queue.closedAt().orElse(null));
    }
}
