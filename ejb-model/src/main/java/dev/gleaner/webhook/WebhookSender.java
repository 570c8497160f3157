package dev.gleaner.webhook;

import dev.gleaner.InvalidInput;
import dev.gleaner.webhook.WebhookDelivery.Outcome;
import dev.gleaner.webhook.WebhookQueue.Due;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Sends deliveries. Whatever is not answered with a status of 200 to 299 within {@link #ANSWER} has failed; redirects are not followed, and of answers
 * nothing is read but the status. Neither secrets nor bodies are written to the log.
 */
@ApplicationScoped
public class WebhookSender {

    static final Duration ANSWER = Duration.ofSeconds(15);

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final System.Logger LOG = System.getLogger(WebhookSender.class.getName());

    @Inject
    private WebhookQueue queue;
    @Inject
    private OutgoingAddresses addresses;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NEVER).version(HttpClient.Version.HTTP_1_1)
            .build();

    protected WebhookSender() {
    }

    WebhookSender(WebhookQueue queue, OutgoingAddresses addresses) {
        this.queue = queue;
        this.addresses = addresses;
    }

    /** Sends what is due, one delivery of each webhook, all at the same time. @return how many */
    int send() {
        List<Due> due = queue.take();
        List<CompletableFuture<Outcome>> answers = due.stream().map(this::send).toList();
        for (int i = 0; i < due.size(); i++) {
            queue.ended(due.get(i), answers.get(i).join());
        }
        return due.size();
    }

    private CompletableFuture<Outcome> send(Due due) {
        Instant begun = Instant.now();
        HttpRequest request;
        try {
            request = request(due, begun.getEpochSecond());
        } catch (InvalidInput e) {
            return CompletableFuture.completedFuture(new Outcome(null, 0, e.getMessage()));
        }
        // The body is not read: it may have no end.
        return http.sendAsync(request, BodyHandlers.ofInputStream()).thenApply(WebhookSender::statusOf).handle((status, failure) -> {
            int millis = (int) Duration.between(begun, Instant.now()).toMillis();
            Outcome outcome = failure != null ? new Outcome(null, millis, reason(failure))
                    : new Outcome(status, millis, status / 100 == 2 ? null : "it answers " + status);
            LOG.log(outcome.error() == null ? Level.DEBUG : Level.INFO,
                    () -> "delivery " + due.delivery() + " to webhook " + due.webhook() + ": " + (outcome.error() == null ? "arrived" : outcome.error()));
            return outcome;
        });
    }

    private static int statusOf(HttpResponse<InputStream> answer) {
        try (InputStream body = answer.body()) {
            return answer.statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpRequest request(Due due, long timestamp) {
        URI address = URI.create(due.url());
        addresses.check(address);
        String secret = due.secret().orElseThrow(() -> new InvalidInput("secret", null, "one encrypted with this server's key; delete this webhook and add it again"));
        return HttpRequest.newBuilder(address).timeout(ANSWER).POST(BodyPublishers.ofString(due.body()))
                .header("Content-Type", "application/json").header("User-Agent", "Gleaner")
                .header("X-Gleaner-Event", due.type())
                .header("X-Gleaner-Delivery", Long.toString(due.delivery()))
                .header("X-Gleaner-Timestamp", Long.toString(timestamp))
                .header(WebhookSignature.BODY, WebhookSignature.of(secret, due.body()))
                .header(WebhookSignature.DELIVERY, WebhookSignature.ofDelivery(secret, due.delivery(), timestamp, due.body()))
                .build();
    }

    /** In words that hold no address, since addresses may hold secrets. */
    private static String reason(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ConnectException) {
            return "nothing answers at its address";
        }
        return cause instanceof HttpTimeoutException ? "it does not answer within " + ANSWER.toSeconds() + " seconds" : "the call failed: " + cause.getClass().getSimpleName();
    }
}
