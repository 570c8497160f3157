package dev.gleaner.webhook;

import dev.gleaner.InvalidInput;
import dev.gleaner.remote.Distrust;
import dev.gleaner.remote.RefusedAddress;
import dev.gleaner.webhook.WebhookDelivery.Outcome;
import dev.gleaner.webhook.WebhookQueue.Due;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;

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
    private WebhookSettings settings;
    private CloseableHttpClient http;
    private ExecutorService calls;

    protected WebhookSender() {
    }

    WebhookSender(WebhookQueue queue, WebhookSettings settings) {
        this.queue = queue;
        this.settings = settings;
        open();
    }

    @PostConstruct
    void open() {
        http = settings.hosts().client(CONNECT, ANSWER, WebhookQueue.MOST_DUE);
        calls = Executors.newCachedThreadPool(call -> {
            Thread thread = new Thread(call, "gleaner-webhooks");
            thread.setDaemon(true);
            return thread;
        });
    }

    @PreDestroy
    void close() {
        calls.shutdownNow();
        http.close(CloseMode.IMMEDIATE);
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
        HttpPost request;
        try {
            request = request(due, begun.getEpochSecond());
        } catch (InvalidInput e) {
            return CompletableFuture.completedFuture(new Outcome(null, 0, e.getMessage()));
        }
        return CompletableFuture.supplyAsync(() -> status(request), calls).orTimeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS).handle((status, failure) -> {
            // Which nobody waits for any more, and of whose answer nothing is read: it may have no end.
            request.abort();
            int millis = (int) Duration.between(begun, Instant.now()).toMillis();
            Outcome outcome = failure != null ? new Outcome(null, millis, reason(failure))
                    : new Outcome(status, millis, status / 100 == 2 ? null : "it answers " + status);
            LOG.log(outcome.error() == null ? Level.DEBUG : Level.INFO,
                    () -> "delivery " + due.delivery() + " to webhook " + due.webhook() + ": " + (outcome.error() == null ? "arrived" : outcome.error()));
            return outcome;
        });
    }

    private int status(HttpPost request) {
        try {
            ClassicHttpResponse answer = http.executeOpen(RoutingSupport.determineHost(request), request, null);
            int status = answer.getCode();
            request.abort();
            Closer.closeQuietly(answer);
            return status;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (HttpException e) {
            throw new CompletionException(e);
        }
    }

    private HttpPost request(Due due, long timestamp) {
        URI address = URI.create(due.url());
        try {
            // The client looks at the addresses that the name leads to now.
            settings.hosts().checkName(address);
        } catch (RefusedAddress e) {
            throw new InvalidInput("url", address.getScheme() + "://" + address.getAuthority(), "an address on a host that the administrator allows; " + e.getMessage());
        }
        String secret = due.secret().orElseThrow(() -> new InvalidInput("secret", null, "one encrypted with this server's key; delete this webhook and add it again"));
        HttpPost request = new HttpPost(address);
        request.setEntity(new ByteArrayEntity(due.body().getBytes(StandardCharsets.UTF_8), ContentType.create("application/json")));
        request.setHeader("X-Gleaner-Event", due.type());
        request.setHeader("X-Gleaner-Delivery", Long.toString(due.delivery()));
        request.setHeader("X-Gleaner-Timestamp", Long.toString(timestamp));
        request.setHeader(WebhookSignature.BODY, WebhookSignature.of(secret, due.body()));
        request.setHeader(WebhookSignature.DELIVERY, WebhookSignature.ofDelivery(secret, due.delivery(), timestamp, due.body()));
        return request;
    }

    /** In words that hold no address of the receiver's, since addresses may hold secrets. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof UncheckedIOException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof RefusedAddress) {
            return cause.getMessage();
        } else if (cause instanceof TimeoutException || cause instanceof SocketTimeoutException) {
            return "it does not answer within " + ANSWER.toSeconds() + " seconds";
        } else if (cause instanceof UnknownHostException) {
            return "its host has no address";
        }
        Optional<String> distrust = Distrust.of(cause);
        if (distrust.isPresent()) {
            return distrust.get();
        }
        return cause instanceof ConnectException ? "nothing answers at its address" : "the call failed: " + cause.getClass().getSimpleName();
    }
}
