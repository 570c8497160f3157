package dev.gleaner.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import dev.gleaner.platform.PlatformHttp.Answer;
import dev.gleaner.remote.StandInAuthority;
import dev.gleaner.remote.StandInHost;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlatformHttpTest {

    private final StandInServer server = new StandInServer() {
        @Override
        protected void serve(HttpExchange exchange, byte[] body) throws IOException {
            send(exchange, 200, "{\"a\":1}");
        }
    };

    @AfterEach
    void close() {
        server.close();
    }

    private Answer get(PlatformHttp http) throws IOException {
        return http.send(HttpRequest.newBuilder(URI.create(server.address() + "/a?token=secret")).build(), "http://platform/a");
    }

    private Duration pauseOf(int status, Map<String, String> headers) {
        server.answer("GET /a", status, headers, "{}");
        return catchThrowableOfType(PlatformBusy.class, () -> get(new PlatformHttp(Duration.ofSeconds(20), 100))).pause();
    }

    @Test
    void anAnswerIsThereAsAWhole() throws IOException {
        Answer answer = get(new PlatformHttp(Duration.ofSeconds(20), 7));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).hasSize(7);
        assertThat(answer.isPage()).isFalse();
        assertThat(answer.seenUntil().orElseThrow()).isBefore(Instant.now().minusSeconds(60)).isAfter(Instant.now().minusSeconds(600));
    }

    @Test
    void aCertificateThatIsNotTrustedIsToldInWords(@TempDir Path folder) throws IOException {
        StandInAuthority authority = new StandInAuthority(folder, "ip:127.0.0.1");
        try (StandInHost host = new StandInHost(authority.host())) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(host.url("/a"))).build();
            assertThatThrownBy(() -> new PlatformHttp(Duration.ofSeconds(20), 100).send(request, "https://platform/a")).isInstanceOf(IOException.class)
                    .hasMessage("https://platform/a is not asked: its certificate is from no authority that is trusted here; expected one that Java knows,"
                            + " or that GLEANER_TRUSTED_CERTIFICATES names");
            assertThat(host.asked("/a")).isZero();
        }
    }

    @Test
    void anAnswerThatDoesNotEndOrIsTooLongIsNone() {
        assertThatThrownBy(() -> get(new PlatformHttp(Duration.ofSeconds(20), 6))).isInstanceOf(IOException.class).hasMessage("http://platform/a has more than 6 bytes");
        server.stall("GET /a");
        assertThatThrownBy(() -> get(new PlatformHttp(Duration.ofSeconds(1), 5000))).isInstanceOf(IOException.class)
                .hasMessage("http://platform/a does not answer within 1 seconds");
    }

    @Test
    void whatAsksNotToBeAskedIsBusyForAsLongAsItSays() throws IOException {
        assertThat(pauseOf(429, Map.of("Retry-After", "7"))).isEqualTo(Duration.ofSeconds(7));
        assertThat(pauseOf(429, Map.of())).isEqualTo(Duration.ofMinutes(1));
        assertThat(pauseOf(503, Map.of("Retry-After", "99999999"))).as("no longer than this").isEqualTo(Duration.ofHours(1));
        assertThat(pauseOf(503, Map.of("Retry-After", DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.now().plusSeconds(1200).atOffset(ZoneOffset.UTC)))))
                .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(20));
        assertThat(pauseOf(429, Map.of("Retry-After", "soon"))).isEqualTo(Duration.ofMinutes(1));
        server.answer("GET /a", 503, Map.of(), "{}");
        assertThat(get(new PlatformHttp(Duration.ofSeconds(20), 100)).status()).isEqualTo(503);
    }

    @Test
    void aPageForPeopleIsToldFromAnInterface() throws IOException {
        server.answer("GET /a", 200, Map.of("Content-Type", "Text/HTML; charset=utf-8"), "<html>sign in</html>");
        assertThat(get(new PlatformHttp(Duration.ofSeconds(20), 100)).isPage()).isTrue();
    }
}
