package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.gleaner.platform.PlatformAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LabelStudioClientTest {

    private static final byte[] PICTURE = "a picture".getBytes(StandardCharsets.UTF_8);

    private final LabelStudioClient client = new LabelStudioClient();
    private final List<String> elsewhereAsked = new CopyOnWriteArrayList<>();
    private StandInLabelStudio labelStudio;
    private HttpServer elsewhere;

    @BeforeEach
    void start() throws IOException {
        labelStudio = new StandInLabelStudio();
        elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext("/", exchange -> {
            elsewhereAsked.add(exchange.getRequestURI().getPath() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            if (exchange.getRequestURI().getPath().equals("/away")) {
                exchange.getResponseHeaders().set("Location", labelStudio.address() + "/data/upload/1/x.png");
                exchange.sendResponseHeaders(302, -1);
            } else {
                exchange.sendResponseHeaders(200, PICTURE.length);
                exchange.getResponseBody().write(PICTURE);
            }
            exchange.close();
        });
        elsewhere.start();
    }

    @AfterEach
    void stop() {
        labelStudio.close();
        elsewhere.stop(0);
    }

    private PlatformAccess access(String token) {
        return new PlatformAccess(Optional.of(labelStudio.address()), Optional.of(token));
    }

    private String elsewhere(String path) {
        return "http://127.0.0.1:" + elsewhere.getAddress().getPort() + path;
    }

    @Test
    void fetchesUploadsAndLocalFilesWithALegacyToken() throws IOException {
        labelStudio.image("/data/upload/1/d7cdc430-shape 3é.png", PICTURE);
        labelStudio.image("/data/local-files/?d=images/shape_1.png", PICTURE);

        assertThat(client.image(access(StandInLabelStudio.LEGACY), 3, "/data/upload/1/d7cdc430-shape 3é.png")).isEqualTo(PICTURE);
        assertThat(client.image(access(StandInLabelStudio.LEGACY), 7, "/data/local-files/?d=images/shape_1.png")).isEqualTo(PICTURE);
        assertThat(labelStudio.authorizations()).containsOnly("Token " + StandInLabelStudio.LEGACY);
    }

    @Test
    void exchangesAPersonalTokenOnce() throws IOException {
        labelStudio.image("/a.png", PICTURE);

        client.image(access(StandInLabelStudio.PERSONAL), 1, "/a.png");
        client.image(access(StandInLabelStudio.PERSONAL), 1, "/a.png");

        assertThat(labelStudio.calls()).containsExactly("POST /api/token/refresh/", "GET /a.png", "GET /a.png");
        assertThat(labelStudio.authorizations()).containsExactly("", "Bearer access-token-1", "Bearer access-token-1");
    }

    @Test
    void anotherHostNeverGetsTheToken() throws IOException {
        assertThat(client.image(access(StandInLabelStudio.LEGACY), 1, elsewhere("/shape_1.png"))).isEqualTo(PICTURE);
        assertThat(elsewhereAsked).containsExactly("/shape_1.png null");
    }

    @Test
    void aRedirectIsFollowedWithWhatItsHostMayKnow() throws IOException {
        labelStudio.image("/data/upload/1/x.png", PICTURE);

        assertThat(client.image(access(StandInLabelStudio.LEGACY), 1, elsewhere("/away"))).isEqualTo(PICTURE);

        assertThat(elsewhereAsked).containsExactly("/away null");
        assertThat(labelStudio.authorizations()).containsExactly("Token " + StandInLabelStudio.LEGACY);
    }

    @Test
    void saysWhyThereIsNoImage() {
        assertThatThrownBy(() -> client.image(access("wrong"), 1, "/a.png")).isInstanceOf(IOException.class).hasMessageContaining("answers 401")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> client.image(access(StandInLabelStudio.LEGACY), 1, "/gone.png")).hasMessageContaining("/gone.png answers 404");
        assertThatThrownBy(() -> client.image(access(StandInLabelStudio.LEGACY), 1, "ftp://example.org/a.png")).hasMessageContaining("no address of the web");
        assertThatThrownBy(() -> client.image(access(StandInLabelStudio.LEGACY), 1, "picture.png")).hasMessageContaining("no address of an image");
        assertThatThrownBy(() -> client.image(access(StandInLabelStudio.LEGACY), 1, "http://169.254.169.254/latest/meta-data")).isInstanceOf(IOException.class)
                .hasMessageContaining("network card");
        assertThatThrownBy(() -> client.image(new PlatformAccess(Optional.empty(), Optional.empty()), 1, "/a.png")).hasMessageContaining("nobody told where");
    }
}
