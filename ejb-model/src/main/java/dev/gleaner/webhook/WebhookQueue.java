package dev.gleaner.webhook;

import dev.gleaner.platform.TokenVault;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What there is to send. A webhook is one server's at a time, and its deliveries go out by id. */
@Stateless
public class WebhookQueue {

    /** Longer than a call may take: only of a server that died is a webhook taken over. */
    static final Duration TAKEN = Duration.ofMinutes(1);

    /** How many are sent at a time. */
    static final int MOST_DUE = 20;

    @Inject
    private WebhookRepository webhooks;
    @Inject
    private TokenVault vault;

    protected WebhookQueue() {
    }

    public WebhookQueue(WebhookRepository webhooks, TokenVault vault) {
        this.webhooks = webhooks;
        this.vault = vault;
    }

    /**
     * A delivery to be sent now.
     *
     * @param secret  empty if it was encrypted with another key than this server's
     * @param attempt counted from 1
     */
    public record Due(long webhook, long delivery, String url, Optional<String> secret, String type, String body, int attempt) {

        /** Without the secret. */
        @Override
        public String toString() {
            return "Due[" + webhook + ", " + delivery + ", " + type + "]";
        }
    }

    /** Takes the next delivery of each webhook that has any, so that no other server sends it meanwhile. */
    public List<Due> take() {
        Instant now = Instant.now();
        return webhooks.due(now, MOST_DUE).stream().flatMap(webhook -> webhooks.head(webhook.id()).map(delivery -> {
            webhook.takenUntil(now.plus(TAKEN));
            delivery.begin(now);
            return new Due(webhook.id(), delivery.id(), webhook.url(), vault.decrypt(webhook.encryptedSecret()), delivery.type(), delivery.body(), delivery.attempts());
        }).stream()).toList();
    }

    /** Notes what came of it. If another server has taken the delivery over since, its word counts. */
    public void ended(Due due, WebhookDelivery.Outcome outcome) {
        Instant now = Instant.now();
        Optional<Webhook> webhook = webhooks.lock(due.webhook());
        if (webhook.isEmpty()) {
            return;
        }
        webhooks.delivery(due.delivery()).filter(delivery -> delivery.status() == WebhookDelivery.Status.PENDING && delivery.attempts() == due.attempt())
                .ifPresent(delivery -> {
                    delivery.ended(outcome);
                    webhook.get().released();
                    if (delivery.status() == WebhookDelivery.Status.PENDING) {
                        webhook.get().failed(due.attempt(), now);
                    } else {
                        webhook.get().goOn(now);
                    }
                });
    }

    /** Forgets what happened before then. @return how many deliveries */
    public int prune(Instant then) {
        return webhooks.prune(then);
    }
}
