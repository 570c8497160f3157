package dev.gleaner.remote;

import dev.gleaner.format.RemoteAddress;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;

/**
 * Fetches images of the web. A host that is busy or silent is asked again, with pauses that double; after three images in a row that it did not
 * give, it is asked once for each, until it gives one.
 */
final class WebImages implements AutoCloseable {

    private static final int MOST_REDIRECTS = 5;
    private static final int PATIENT = 3;
    private static final long LONGEST_PAUSE = 10_000;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> AGAIN = Set.of(408, 425, 429, 500, 502, 503, 504);

    private final RemoteSettings settings;
    private final Patience patience;
    private final CloseableHttpClient http;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "gleaner-image-deadlines");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();

    WebImages(RemoteSettings settings, Patience patience) {
        this.settings = settings;
        this.patience = patience;
        this.http = settings.hosts().client(patience.connect(), patience.silence());
    }

    /** Asking again may help. */
    private static final class Busy extends UnreachableImage {

        private static final long serialVersionUID = 1;
        private final long pause;

        Busy(String message, long pause, Throwable cause) {
            super(message, cause);
            this.pause = pause;
        }
    }

    /**
     * Fetches an image into a file, which may be there already and is written anew.
     *
     * @throws RefusedAddress   if this server asks nothing of the host
     * @throws UnreachableImage if the host does not give it
     */
    void fetch(RemoteAddress address, Path target) throws IOException {
        URI uri = address.uri();
        String host = uri.getRawAuthority();
        Instant end = Instant.now().plus(patience.image());
        int attempts = failures.getOrDefault(host, 0) >= PATIENT ? 1 : patience.attempts();
        for (int attempt = 1; ; attempt++) {
            try {
                follow(uri, target, end);
                failures.remove(host);
                return;
            } catch (Busy e) {
                long pause = Math.min(LONGEST_PAUSE, Math.max(e.pause, (patience.pause().toMillis() << attempt - 1) + ThreadLocalRandom.current().nextLong(100)));
                if (attempt == attempts || Instant.now().plusMillis(pause).isAfter(end)) {
                    failures.merge(host, 1, Integer::sum);
                    throw new UnreachableImage(e.getMessage() + (attempt > 1 ? ", asked " + attempt + " times" : ""), e);
                }
                pause(pause, uri);
            }
        }
    }

    private static void pause(long milliseconds, URI uri) throws UnreachableImage {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableImage("interrupted while waiting for " + RemoteAddress.shown(uri), e);
        }
    }

    private void follow(URI uri, Path target, Instant end) throws IOException {
        URI at = uri;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            settings.hosts().checkName(at);
            Optional<URI> next = once(at, target, end);
            if (next.isEmpty()) {
                return;
            }
            at = encrypted(at, next.get());
        }
        throw new UnreachableImage(RemoteAddress.shown(uri) + " leads from one address to another more than " + MOST_REDIRECTS + " times");
    }

    /** What was asked for in secret is not asked for in the open. @return the second */
    static URI encrypted(URI from, URI to) throws UnreachableImage {
        if ("https".equalsIgnoreCase(from.getScheme()) && "http".equalsIgnoreCase(to.getScheme())) {
            throw new UnreachableImage(RemoteAddress.shown(from) + " leads to " + RemoteAddress.shown(to) + ", which is not encrypted; expected https");
        }
        return to;
    }

    /** @return where the image is instead */
    private Optional<URI> once(URI uri, Path target, Instant end) throws IOException {
        HttpGet request = new HttpGet(uri);
        request.setHeader("Accept", "image/*, application/octet-stream;q=0.5");
        settings.authorization(uri).ifPresent(value -> request.setHeader("Authorization", value));
        Duration left = Duration.between(Instant.now(), end);
        // Silence is measured between bytes; a host that sends one now and then is stopped here.
        AtomicBoolean late = new AtomicBoolean();
        Future<?> deadline = clock.schedule(() -> {
            late.set(true);
            request.abort();
        }, Math.max(1, Math.min(left.toMillis(), patience.attempt().toMillis())), TimeUnit.MILLISECONDS);
        try {
            return asked(uri, request, target);
        } catch (UnreachableImage | RefusedAddress e) {
            throw e;
        } catch (UnknownHostException e) {
            // Or the server of names does not answer: nothing tells.
            throw new Busy(uri.getHost() + " has no address", 0, e);
        } catch (IOException | HttpException e) {
            Optional<String> distrust = Distrust.of(e);
            if (distrust.isPresent()) {
                throw new UnreachableImage(RemoteAddress.shown(uri) + " is not asked: " + distrust.get(), e);
            }
            throw new Busy(RemoteAddress.shown(uri) + " does not answer: " + (late.get() ? "it took too long" : e.getClass().getSimpleName() + ": " + e.getMessage()), 0, e);
        } finally {
            deadline.cancel(false);
        }
    }

    private Optional<URI> asked(URI uri, HttpGet request, Path target) throws IOException, HttpException {
        ClassicHttpResponse answer = http.executeOpen(RoutingSupport.determineHost(request), request, null);
        boolean read = false;
        try {
            Optional<URI> next = answered(uri, answer, target);
            read = next.isEmpty();
            return next;
        } finally {
            if (!read) {
                // Closing an answer reads the rest of it, of which there may be no end.
                request.abort();
            }
            Closer.closeQuietly(answer);
        }
    }

    private Optional<URI> answered(URI uri, ClassicHttpResponse answer, Path target) throws IOException {
        String shown = RemoteAddress.shown(uri);
        int status = answer.getCode();
        Header location = answer.getFirstHeader("Location");
        if (REDIRECTS.contains(status) && location != null) {
            return Optional.of(resolved(uri, location.getValue()));
        }
        if (status != 200 || answer.getEntity() == null) {
            throw AGAIN.contains(status) ? new Busy(shown + " answers " + status, retryAfter(answer), null) : new UnreachableImage(shown + " answers " + status);
        }
        HttpEntity body = answer.getEntity();
        String type = String.valueOf(body.getContentType()).toLowerCase(Locale.ROOT).replaceFirst(";.*", "").strip();
        if (!type.equals("null") && !type.startsWith("image/") && !type.endsWith("/octet-stream")) {
            throw new UnreachableImage(shown + " answers with " + type + "; expected an image");
        }
        if (body.getContentLength() > patience.bytes()) {
            throw new UnreachableImage(shown + " has " + body.getContentLength() + " bytes; expected at most " + patience.bytes());
        }
        BoundedCopy.copy(body.getContent(), target, patience.bytes(), shown);
        return Optional.empty();
    }

    private static URI resolved(URI from, String location) throws UnreachableImage {
        Optional<URI> absolute = RemoteAddress.web(location);
        try {
            return absolute.orElseGet(() -> from.resolve(location));
        } catch (IllegalArgumentException e) {
            throw new UnreachableImage(RemoteAddress.shown(from) + " leads to what is no address", e);
        }
    }

    /** In milliseconds; 0 where nothing is said, or in another way than in seconds. */
    private static long retryAfter(ClassicHttpResponse answer) {
        Header header = answer.getFirstHeader("Retry-After");
        return header != null && header.getValue().matches("[0-9]{1,4}") ? Long.parseLong(header.getValue()) * 1000 : 0;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        http.close(CloseMode.GRACEFUL);
    }
}
