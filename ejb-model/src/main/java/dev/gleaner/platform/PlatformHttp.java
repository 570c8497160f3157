package dev.gleaner.platform;

import dev.gleaner.remote.Distrust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls of platforms: an answer is there as a whole within its time and is no longer than it may be, or the call fails. No redirect is followed.
 */
public final class PlatformHttp {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SHORTEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    /** Before an answer's own time there may be changes that are not to be seen yet: those of transactions that had not ended. */
    private static final Duration UNSEEN = Duration.ofMinutes(2);

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NEVER).build();
    private final Duration within;
    private final int mostBytes;

    /** @param within in which an answer has to be there to its last byte */
    public PlatformHttp(Duration within, int mostBytes) {
        this.within = within;
        this.mostBytes = mostBytes;
    }

    /** What a platform answers. */
    public record Answer(int status, HttpHeaders headers, byte[] body) {

        public boolean isGood() {
            return status / 100 == 2;
        }

        /** Until when its changes are in this answer, by the platform's own clock; empty if it does not tell the time. */
        public Optional<Instant> seenUntil() {
            return headers.firstValue("Date").flatMap(PlatformHttp::date).map(at -> at.minus(UNSEEN));
        }

        /** Whether it is a page for people, of a proxy or of a sign-in, which may come with any status. */
        public boolean isPage() {
            return headers.firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT).contains("html");
        }
    }

    /** For streams that do not end. */
    public HttpClient client() {
        return http;
    }

    /**
     * @param shown the address without what may be secret in it
     * @throws PlatformBusy if it asks not to be asked for a while
     * @throws IOException  if it does not answer
     */
    public Answer send(HttpRequest request, String shown) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> sent = http.sendAsync(request, head -> new Limited(mostBytes, shown));
        HttpResponse<byte[]> answer;
        try {
            answer = sent.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + shown, e);
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw new IOException(shown + " does not answer within " + within.toSeconds() + " seconds", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof TooLong tooLong ? tooLong : new IOException(failure(e.getCause(), shown), e.getCause());
        }
        Optional<Duration> pause = answer.headers().firstValue("Retry-After").flatMap(PlatformHttp::pause);
        if (answer.statusCode() == 429 || answer.statusCode() == 503 && pause.isPresent()) {
            throw new PlatformBusy(shown + " answers " + answer.statusCode(), pause.orElse(SHORTEST_PAUSE));
        }
        return new Answer(answer.statusCode(), answer.headers(), answer.body());
    }

    /** Why a call came to nothing, for people. */
    public static String failure(Throwable cause, String shown) {
        return Distrust.of(cause).map(distrust -> shown + " is not asked: " + distrust).orElseGet(() -> shown + " does not answer: " + cause);
    }

    /** Seconds, or a time. */
    private static Optional<Duration> pause(String retryAfter) {
        Optional<Duration> told = retryAfter.strip().matches("[0-9]{1,9}") ? Optional.of(Duration.ofSeconds(Long.parseLong(retryAfter.strip())))
                : date(retryAfter).map(at -> Duration.between(Instant.now(), at));
        return told.map(pause -> pause.isNegative() ? Duration.ZERO : pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
    }

    private static Optional<Instant> date(String header) {
        try {
            return Optional.of(ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static final class TooLong extends IOException {

        private static final long serialVersionUID = 1;

        TooLong(String message) {
            super(message);
        }
    }

    /** Keeps a body that is not too long. */
    private static final class Limited implements BodySubscriber<byte[]> {

        private final int most;
        private final String shown;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private Flow.Subscription subscription;

        Limited(int most, String shown) {
            this.most = most;
            this.shown = shown;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> some) {
            for (ByteBuffer one : some) {
                if (kept.size() + (long) one.remaining() > most) {
                    subscription.cancel();
                    body.completeExceptionally(new TooLong(shown + " has more than " + most + " bytes"));
                    return;
                }
                byte[] bytes = new byte[one.remaining()];
                one.get(bytes);
                kept.writeBytes(bytes);
            }
        }

        @Override
        public void onError(Throwable broken) {
            body.completeExceptionally(broken);
        }

        @Override
        public void onComplete() {
            body.complete(kept.toByteArray());
        }
    }
}
