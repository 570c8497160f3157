package dev.gleaner.web.rest;

import dev.gleaner.web.rest.WebhookResource.WebhookDeliveryView;
import dev.gleaner.webhook.WebhookService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** What was sent to webhooks. */
@Path("webhook-deliveries")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class WebhookDeliveryResource {

    @Inject
    private WebhookService webhooks;

    /** Sends it again, whether it arrived or was given up. */
    @POST
    @Path("{id}/replay")
    public Response replay(@PathParam("id") long id) {
        return Response.accepted(WebhookDeliveryView.of(webhooks.replayDelivery(id))).build();
    }
}
