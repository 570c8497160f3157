package dev.gleaner.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.format.RemoteAddress;
import dev.gleaner.format.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is fetched is text here: nothing decodes it. */
class RemoteImagesTest {

    private static final Patience SHORT = new Patience(1000, Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(120), 3,
            Duration.ofMillis(1));
    private static final byte[] PHOTO = bytes("photo");

    @TempDir
    private Path home;
    private StandInHost host;
    private RemoteImages images;

    @BeforeEach
    void start() throws IOException {
        host = new StandInHost();
        images = images(Map.of());
    }

    @AfterEach
    void stop() throws IOException {
        images.close();
        host.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private RemoteImages waiting(Duration silence, Duration attempt) {
        return new RemoteImages(home, RemoteSettings.of(Map.of("GLEANER_REMOTE_HOSTS", host.host(), "GLEANER_REMOTE_PRIVATE", "on")),
                new Patience(1000, SHORT.connect(), silence, attempt, SHORT.image(), 2, SHORT.pause()), 1000);
    }

    private RemoteImages images(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("GLEANER_REMOTE_HOSTS", host.host(), "GLEANER_REMOTE_PRIVATE", "on"));
        all.putAll(settings);
        return new RemoteImages(home, RemoteSettings.of(all), SHORT, 1000);
    }

    private RemoteAddress at(String path) {
        return new RemoteAddress(host.url(path));
    }

    private Path cached(byte[] image) {
        String sha256 = Sha256.of(image);
        return home.resolve("cache/images").resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("cache/images"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void anImageIsFetchedOnceAndKeptUnderItsDigest() throws IOException {
        host.put("/a.jpg", PHOTO);

        assertThat(images.fetch(at("/a.jpg"))).isEqualTo(cached(PHOTO)).hasBinaryContent(PHOTO);
        assertThat(images.file(at("/a.jpg"), Sha256.of(PHOTO))).isEqualTo(cached(PHOTO));
        assertThat(images.bytes(at("/a.jpg"), Sha256.of(PHOTO))).isEqualTo(PHOTO);
        assertThat(host.asked("/a.jpg")).isEqualTo(1);
        assertThat(kept()).containsExactly(cached(PHOTO));
    }

    @Test
    void anotherImageUnderTheAddressIsAnError() throws IOException {
        host.put("/a.jpg", bytes("another"));

        assertThatThrownBy(() -> images.bytes(new RemoteAddress(host.url("/a.jpg") + "?X-Amz-Signature=secret"), Sha256.of(PHOTO)))
                .hasMessage("changed since it was imported: " + host.url("/a.jpg"));
        assertThat(kept()).isEmpty();
    }

    @Test
    void whatADiskDamagedIsFetchedAgain() throws IOException {
        host.put("/a.jpg", PHOTO);
        images.fetch(at("/a.jpg"));
        Files.write(cached(PHOTO), bytes("damaged"));

        assertThat(images.bytes(at("/a.jpg"), Sha256.of(PHOTO))).isEqualTo(PHOTO);
        assertThat(host.asked("/a.jpg")).isEqualTo(2);
    }

    @Test
    void manyWhoAskForOneImageFetchItOnce() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        host.put("/a.jpg", exchange -> {
            asked.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            StandInHost.image("image/jpeg", PHOTO).to(exchange);
        });
        RemoteImages patient = new RemoteImages(home, RemoteSettings.of(Map.of("GLEANER_REMOTE_HOSTS", host.host(), "GLEANER_REMOTE_PRIVATE", "on")), Patience.DEFAULT, 1000);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<byte[]>> answers = new ArrayList<>();
            Callable<byte[]> ask = () -> patient.bytes(at("/a.jpg"), Sha256.of(PHOTO));
            for (int i = 0; i < 8; i++) {
                answers.add(threads.submit(ask));
            }
            asked.await();
            go.countDown();
            for (Future<byte[]> answer : answers) {
                assertThat(answer.get()).isEqualTo(PHOTO);
            }
        } finally {
            threads.shutdownNow();
            patient.close();
        }
        assertThat(host.asked("/a.jpg")).isEqualTo(1);
    }

    @Test
    void whatACrashLeftHalfWrittenIsThrownAway() throws IOException {
        Path half = home.resolve("cache/images/unfinished/image7");
        Files.createDirectories(half.getParent());
        Files.writeString(half, "pho");
        host.put("/a.jpg", PHOTO);

        images.fetch(at("/a.jpg"));

        assertThat(kept()).containsExactly(cached(PHOTO));
    }

    @Test
    void thoseThatNobodyUsedForLongestGoFirst() throws IOException {
        images = images(Map.of("GLEANER_CACHE_BYTES", "250"));
        List<byte[]> all = Stream.of("a", "b", "c").map(letter -> bytes(letter.repeat(100))).toList();
        for (int i = 0; i < 3; i++) {
            host.put("/" + i, all.get(i));
        }
        images.fetch(at("/0"));
        images.fetch(at("/1"));
        // A day ago, the second one later than the first; then the first was used.
        long day = System.currentTimeMillis() - Duration.ofDays(1).toMillis();
        cached(all.get(0)).toFile().setLastModified(day);
        cached(all.get(1)).toFile().setLastModified(day + 60_000);
        images.file(at("/0"), Sha256.of(all.get(0)));

        images.fetch(at("/2"));

        assertThat(kept()).containsExactlyInAnyOrder(cached(all.get(0)), cached(all.get(2)));
    }

    @Test
    void busyHostsAreAskedAgain() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        host.put("/a.jpg", exchange -> (switch (asked.incrementAndGet()) {
            case 1 -> StandInHost.status(503);
            case 2 -> StandInHost.status(429);
            default -> StandInHost.image("image/jpeg", PHOTO);
        }).to(exchange));

        assertThat(images.fetch(at("/a.jpg"))).hasBinaryContent(PHOTO);
        assertThat(asked).hasValue(3);
    }

    @Test
    void aHostThatStaysBusyIsGivenUpAndThenAskedOnce() throws IOException {
        host.put("/a.jpg", StandInHost.status(503));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> images.fetch(at("/a.jpg"))).isInstanceOf(UnreachableImage.class).hasMessage(host.url("/a.jpg") + " answers 503, asked 3 times");
        }
        assertThat(host.asked("/a.jpg")).isEqualTo(9);

        assertThatThrownBy(() -> images.fetch(at("/a.jpg"))).hasMessage(host.url("/a.jpg") + " answers 503");
        assertThat(host.asked("/a.jpg")).isEqualTo(10);

        host.put("/b.jpg", PHOTO);
        images.fetch(at("/b.jpg"));
        assertThatThrownBy(() -> images.fetch(at("/a.jpg"))).hasMessageEndingWith("asked 3 times");
    }

    @Test
    void whatIsNotThereIsNotAskedForAgain() {
        assertThatThrownBy(() -> images.fetch(at("/gone.jpg"))).hasMessage(host.url("/gone.jpg") + " answers 404");
        assertThat(host.asked("/gone.jpg")).isEqualTo(1);
    }

    @Test
    void aSilentHostAndOneThatTricklesAreLeft() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        host.put("/silent.jpg", exchange -> await(end));
        host.put("/trickle.jpg", exchange -> {
            exchange.sendResponseHeaders(200, 900);
            for (int i = 0; i < 900 && end.getCount() > 0; i++) {
                exchange.getResponseBody().write(1);
                exchange.getResponseBody().flush();
                await(end, 100);
            }
        });
        try {
            assertThatThrownBy(() -> waiting(Duration.ofMillis(300), SHORT.attempt()).fetch(at("/silent.jpg"))).isInstanceOf(UnreachableImage.class)
                    .hasMessageContaining("does not answer: SocketTimeoutException").hasMessageEndingWith("asked 2 times");
            assertThatThrownBy(() -> waiting(SHORT.silence(), Duration.ofSeconds(1)).fetch(at("/trickle.jpg"))).isInstanceOf(UnreachableImage.class)
                    .hasMessageContaining("does not answer: it took too long");
        } finally {
            end.countDown();
        }
        assertThat(kept()).isEmpty();
    }

    private static void await(CountDownLatch end, long... milliseconds) throws IOException {
        try {
            if (milliseconds.length == 0) {
                end.await();
            } else {
                end.await(milliseconds[0], TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatIsTooLongIsLeft() {
        host.put("/told.jpg", new byte[1001]);
        host.put("/untold.jpg", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[1001]);
        });
        assertThatThrownBy(() -> images.fetch(at("/told.jpg"))).hasMessage(host.url("/told.jpg") + " has 1001 bytes; expected at most 1000");
        assertThatThrownBy(() -> images.fetch(at("/untold.jpg"))).hasMessage(host.url("/untold.jpg") + " has more than 1000 bytes");
    }

    @Test
    void aPageIsNoImage() {
        host.put("/page", StandInHost.image("text/html; charset=utf-8", bytes("<html>")));
        assertThatThrownBy(() -> images.fetch(at("/page"))).hasMessage(host.url("/page") + " answers with text/html; expected an image");
    }

    @Test
    void redirectsAreFollowedWithinTheListAndNotForEver() throws IOException {
        host.put("/1", StandInHost.redirect("/2?x=y"));
        host.put("/2", StandInHost.redirect(host.url("/3")));
        host.put("/3", PHOTO);
        assertThat(images.fetch(at("/1"))).hasBinaryContent(PHOTO);

        host.put("/round", StandInHost.redirect("/round"));
        assertThatThrownBy(() -> images.fetch(at("/round"))).hasMessage(host.url("/round") + " leads from one address to another more than 5 times");
        assertThat(host.asked("/round")).isEqualTo(6);
    }

    @Test
    void redirectsDoNotLeaveEncryption() throws IOException {
        URI open = URI.create("http://b.example/x?token=secret");
        URI secret = URI.create("HTTPS://a.example/x?token=secret");
        assertThatThrownBy(() -> WebImages.encrypted(secret, open)).isInstanceOf(UnreachableImage.class)
                .hasMessage("HTTPS://a.example/x leads to http://b.example/x, which is not encrypted; expected https");
        assertThat(WebImages.encrypted(open, secret)).isEqualTo(secret);
        assertThat(WebImages.encrypted(open, open)).isEqualTo(open);
    }

    @Test
    void redirectsLeadToNoHostThatMayNotBeAsked() throws IOException {
        try (StandInHost other = new StandInHost()) {
            other.put("/x", PHOTO);
            host.put("/away", StandInHost.redirect(other.url("/x")));
            host.put("/metadata", StandInHost.redirect("http://169.254.169.254/latest/meta-data/"));
            host.put("/file", StandInHost.redirect("file:///etc/passwd"));
            host.put("/named", StandInHost.redirect("http://me:secret@" + host.host() + "/x"));
            assertThatThrownBy(() -> images.fetch(at("/away"))).isInstanceOf(RefusedAddress.class);
            assertThat(other.asked("/x")).isZero();
            for (String path : List.of("/metadata", "/file", "/named")) {
                assertThatThrownBy(() -> images.fetch(at(path))).as(path).isInstanceOf(RefusedAddress.class).hasMessageNotContaining("secret");
            }
        }
    }

    /** The host is on the list, and its name leads to this machine. */
    @Test
    void privateAddressesAreNotAskedUnlessTheyMayBe() {
        host.put("/a.jpg", PHOTO);
        RemoteImages careful = new RemoteImages(home, RemoteSettings.of(Map.of("GLEANER_REMOTE_HOSTS", host.host() + ",localhost:" + host.port())), SHORT, 1000);
        assertThatThrownBy(() -> careful.fetch(at("/a.jpg"))).isInstanceOf(RefusedAddress.class).hasMessageContaining("GLEANER_REMOTE_PRIVATE");
        assertThatThrownBy(() -> careful.fetch(new RemoteAddress("http://localhost:" + host.port() + "/a.jpg"))).isInstanceOf(RefusedAddress.class);
        assertThat(host.asked("/a.jpg")).isZero();
    }

    @Test
    void credentialsGoToTheirHostAloneAndIntoNoMessage() throws IOException {
        try (StandInHost other = new StandInHost()) {
            RemoteSettings settings = RemoteSettings.of(Map.of("GLEANER_REMOTE_HOSTS", host.host() + ", " + other.host(), "GLEANER_REMOTE_PRIVATE", "on",
                    "GLEANER_REMOTE_CREDENTIALS", host.host() + "=bearer:a-secret elsewhere.example=basic:me:another:secret"));
            RemoteImages known = new RemoteImages(home, settings, SHORT, 1000);
            other.put("/x", PHOTO);
            host.put("/away", StandInHost.redirect(other.url("/x")));
            known.fetch(at("/away"));
            assertThatThrownBy(() -> known.fetch(at("/gone"))).hasMessageNotContaining("secret");
            assertThat(host.authorizations()).containsExactly("Bearer a-secret", "Bearer a-secret");
            assertThat(other.authorizations()).containsExactly("null");
            assertThat(settings.toString()).doesNotContain("secret");
            // me:another:secret, from base64.
            assertThat(settings.authorization(URI.create("https://elsewhere.example/x"))).contains("Basic bWU6YW5vdGhlcjpzZWNyZXQ=");
            assertThat(settings.authorization(URI.create("https://elsewhere.example:8443/x"))).isEmpty();
            known.close();
        }
    }

    @Test
    void secretsAreNotSentInTheOpen() {
        RemoteSettings settings = RemoteSettings.of(Map.of("GLEANER_REMOTE_HOSTS", "a.example", "GLEANER_REMOTE_CREDENTIALS", "a.example=bearer:secret"));
        assertThat(settings.authorization(URI.create("https://a.example/x"))).contains("Bearer secret");
        assertThat(settings.authorization(URI.create("http://a.example/x"))).isEmpty();
    }

    @Test
    void credentialsThatAreNoneAreNotShown() {
        assertThatThrownBy(() -> RemoteSettings.of(Map.of("GLEANER_REMOTE_CREDENTIALS", "a.example:secret"))).hasMessageNotContaining("secret");
    }

    @Test
    void withoutAStoreThereIsNone() {
        assertThatThrownBy(() -> images.fetch(new RemoteAddress("s3://pictures/a.jpg")))
                .hasMessage("no S3-compatible store is known here; expected GLEANER_S3_ENDPOINT or GLEANER_S3_REGION");
    }
}
