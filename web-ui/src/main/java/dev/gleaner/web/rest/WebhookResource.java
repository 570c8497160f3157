package dev.gleaner.web.rest;

import dev.gleaner.event.EventType;
import dev.gleaner.webhook.Webhook;
import dev.gleaner.webhook.WebhookDelivery;
import dev.gleaner.webhook.WebhookDelivery.Status;
import dev.gleaner.webhook.WebhookService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
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
import java.util.List;
import java.util.Map;

/** Who is told of a project's events. */
@Path("webhooks")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class WebhookResource {

    /**
     * @param project the project's name; the default project if it is left out
     * @param secret  made here if it is left out
     * @param types   all of them if they are left out
     */
    public record NewWebhook(String project, String url, String secret, List<String> types) {

        /** Without the secret. */
        @Override
        public String toString() {
            return "NewWebhook[" + project + ", " + url + "]";
        }
    }

    /** What is left out stays. */
    public record WebhookChange(String url, List<String> types, Boolean paused) {
    }

    /**
     * @param waiting how many deliveries wait
     * @param dead    how many were given up
     * @param dueAt   nothing is sent before, after a delivery that failed
     */
    public record WebhookView(long id, long project, String url, List<String> types, boolean paused, long waiting, long dead, Instant dueAt, String createdBy,
            Instant createdAt) {
    }

    /** @param secret is not told again */
    public record AddedWebhook(long id, String secret, WebhookView webhook) {
    }

    /** @param types all that there are */
    public record WebhookList(List<WebhookView> items, List<String> types) {
    }

    /**
     * @param answer the HTTP status that came back last
     * @param millis how long the last attempt took
     */
    public record WebhookDeliveryView(long id, String event, String type, Status status, int attempts, Instant attemptedAt, Integer answer, Integer millis,
            String error, String body, Instant createdAt) {

        static WebhookDeliveryView of(WebhookDelivery delivery) {
            return new WebhookDeliveryView(delivery.id(), delivery.eventId().toString(), delivery.type(), delivery.status(), delivery.attempts(),
                    delivery.attemptedAt().orElse(null), delivery.answer().orElse(null), delivery.millis().orElse(null), delivery.error().orElse(null),
                    delivery.body(), delivery.createdAt());
        }
    }

    public record WebhookDeliveryPage(List<WebhookDeliveryView> items, Long next) {
    }

    /** How many deliveries are sent again. */
    public record ReplayedDeliveries(int deliveries) {
    }

    @Inject
    private WebhookService webhooks;

    @GET
    public WebhookList list() {
        return new WebhookList(webhooks.all().stream().map(this::view).toList(), EventType.labels());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response add(NewWebhook order, @Context SecurityContext caller) {
        WebhookService.Added added = webhooks.add(order.project(), order.url(), order.secret(), order.types(), caller.getUserPrincipal().getName());
        return Answers.created("webhooks", added.webhook().id(), new AddedWebhook(added.webhook().id(), added.secret(), view(added.webhook())));
    }

    @GET
    @Path("{id}")
    public WebhookView get(@PathParam("id") long id) {
        return view(webhooks.get(id));
    }

    @PATCH
    @Path("{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public WebhookView change(@PathParam("id") long id, WebhookChange change) {
        return view(webhooks.change(id, change.url(), change.types(), change.paused()));
    }

    @DELETE
    @Path("{id}")
    public void delete(@PathParam("id") long id) {
        webhooks.delete(id);
    }

    /** Sends a test event. */
    @POST
    @Path("{id}/test")
    public Response test(@PathParam("id") long id) {
        webhooks.test(id);
        return Response.accepted(view(webhooks.get(id))).build();
    }

    /** Sends again what was given up. */
    @POST
    @Path("{id}/replay")
    public Response replay(@PathParam("id") long id) {
        return Response.accepted(new ReplayedDeliveries(webhooks.replay(id))).build();
    }

    @GET
    @Path("{id}/deliveries")
    public WebhookDeliveryPage deliveries(@PathParam("id") long id, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(webhooks.deliveries(id, paging.before(), paging.limitAndOne()), WebhookDelivery::id, WebhookDeliveryView::of, WebhookDeliveryPage::new);
    }

    private WebhookView view(Webhook one) {
        Map<Status, Long> counts = webhooks.counts(one.id());
        return new WebhookView(one.id(), one.projectId(), one.url(), one.types(), one.isPaused(), counts.getOrDefault(Status.PENDING, 0L),
                counts.getOrDefault(Status.DEAD, 0L), one.dueAt(), one.createdBy(), one.createdAt());
    }
}
