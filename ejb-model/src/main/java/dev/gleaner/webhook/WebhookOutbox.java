package dev.gleaner.webhook;

import dev.gleaner.event.GleanerEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** Writes down what webhooks are to be told, in the transaction in which it happens: either both are there or neither. */
@ApplicationScoped
public class WebhookOutbox {

    @Inject
    private WebhookRepository webhooks;

    protected WebhookOutbox() {
    }

    WebhookOutbox(WebhookRepository webhooks) {
        this.webhooks = webhooks;
    }

    void happened(@Observes GleanerEvent event) {
        UUID id = UUID.randomUUID();
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        webhooks.add(event.project(), id, event.type().label(), WebhookBody.of(id, event, now), now);
    }
}
