package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Settings;
import dev.gleaner.platform.PlatformAccess;
import dev.gleaner.remote.RemoteImages;
import dev.gleaner.remote.RemoteSettings;
import dev.gleaner.remote.StandInHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelStudioClientTest {

    private static final byte[] PICTURE = "a picture".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path home;
    private LabelStudioClient client;
    private StandInLabelStudio labelStudio;
    private StandInHost elsewhere;

    @BeforeEach
    void start() throws IOException {
        labelStudio = new StandInLabelStudio();
        elsewhere = new StandInHost();
        elsewhere.put("/shape_1.png", PICTURE);
        client = client(Map.of());
    }

    @AfterEach
    void stop() {
        labelStudio.close();
        elsewhere.close();
    }

    /** @param settings of images that are not Label Studio's own */
    private LabelStudioClient client(Map<String, String> settings) {
        return new LabelStudioClient(new RemoteImages(new Settings(home, "cpu", List.of(), Optional.empty(), false), RemoteSettings.of(settings)));
    }

    private LabelStudioClient allowed(String hosts) {
        return client(Map.of("GLEANER_REMOTE_HOSTS", hosts, "GLEANER_REMOTE_PRIVATE", "on"));
    }

    private PlatformAccess access(String token) {
        return new PlatformAccess(Optional.of(labelStudio.address()), Optional.of(token));
    }

    private PlatformAccess legacy() {
        return access(StandInLabelStudio.LEGACY);
    }

    @Test
    void fetchesUploadsAndLocalFilesWithALegacyToken() throws IOException {
        labelStudio.image("/data/upload/1/d7cdc430-shape 3é.png", PICTURE);
        labelStudio.image("/data/local-files/?d=images/shape_1.png", PICTURE);

        assertThat(client.image(legacy(), 3, "/data/upload/1/d7cdc430-shape 3é.png")).isEqualTo(PICTURE);
        assertThat(client.image(legacy(), 7, "/data/local-files/?d=images/shape_1.png")).isEqualTo(PICTURE);
        assertThat(client.image(legacy(), 3, labelStudio.address() + "/data/upload/1/d7cdc430-shape 3é.png")).as("by its whole address").isEqualTo(PICTURE);
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
    void anotherHostIsAskedWhereTheSettingsAllowItAndNeverGetsTheToken() throws IOException {
        String address = elsewhere.url("/shape_1.png");
        assertThatThrownBy(() -> client.image(legacy(), 1, address)).isInstanceOf(IOException.class)
                .hasMessage(elsewhere.host() + " is no host that may be asked; expected one of GLEANER_REMOTE_HOSTS, which names none");
        LabelStudioClient careful = client(Map.of("GLEANER_REMOTE_HOSTS", elsewhere.host()));
        assertThatThrownBy(() -> careful.image(legacy(), 1, address)).isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1 leads to 127.0.0.1").hasMessageContaining("GLEANER_REMOTE_PRIVATE=on");
        PlatformAccess nobody = new PlatformAccess(Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> client.image(nobody, 1, address)).as("a call of a project that nobody knows").hasMessageContaining("GLEANER_REMOTE_HOSTS");
        assertThat(elsewhere.authorizations()).as("nothing was asked").isEmpty();

        assertThat(allowed(elsewhere.host()).image(legacy(), 1, address)).isEqualTo(PICTURE);
        assertThat(allowed(elsewhere.host()).image(nobody, 1, address)).isEqualTo(PICTURE);
        assertThat(elsewhere.authorizations()).containsOnly("null");
    }

    @Test
    void whereLabelStudioLeadsIsCheckedAtEachStep() throws IOException {
        labelStudio.answer("GET /tasks/7/presign/", 303, Map.of("Location", elsewhere.url("/signed?X-Amz-Signature=secret")), "");
        elsewhere.put("/signed", PICTURE);
        assertThatThrownBy(() -> client.image(legacy(), 7, "s3://pictures/a.png")).hasMessageContaining(elsewhere.host() + " is no host that may be asked")
                .hasMessageNotContaining("secret");
        assertThat(elsewhere.asked("/signed")).isZero();
        assertThat(allowed(elsewhere.host()).image(legacy(), 7, "s3://pictures/a.png")).isEqualTo(PICTURE);
        assertThat(elsewhere.authorizations()).containsExactly("null");

        try (StandInHost third = new StandInHost()) {
            third.put("/a.png", PICTURE);
            elsewhere.put("/signed", StandInHost.redirect(third.url("/a.png")));
            assertThatThrownBy(() -> allowed(elsewhere.host()).image(legacy(), 7, "s3://pictures/a.png")).hasMessageContaining(third.host() + " is no host that may be asked");
            assertThat(third.asked("/a.png")).isZero();
        }
    }

    @Test
    void theStoreOfTheSettingsIsNotOpenToTasks() throws IOException {
        LabelStudioClient client = client(Map.of("GLEANER_REMOTE_HOSTS", elsewhere.host(), "GLEANER_REMOTE_PRIVATE", "on", "GLEANER_S3_ENDPOINT", elsewhere.url("")));
        elsewhere.put("/pictures/a.png", PICTURE);
        labelStudio.answer("GET /tasks/7/presign/", 303, Map.of("Location", "s3://pictures/a.png"), "");

        for (String image : List.of("s3://pictures/a.png", "S3://pictures/a.png")) {
            assertThatThrownBy(() -> client.image(legacy(), 7, image)).isInstanceOf(IOException.class).hasMessageContaining("no address of the web");
        }
        assertThat(labelStudio.calls()).as("Label Studio is asked where it is").containsExactly("GET /tasks/7/presign/", "GET /tasks/7/presign/");
        assertThat(elsewhere.authorizations()).isEmpty();
    }

    @Test
    void whereLabelStudioLeadsWithinItselfItIsFollowedWithItsToken() throws IOException {
        labelStudio.image("/data/upload/1/x.png", PICTURE);
        labelStudio.answer("GET /old.png", 302, Map.of("Location", "/data/upload/1/x.png"), "");

        assertThat(client.image(legacy(), 1, "/old.png")).isEqualTo(PICTURE);
        assertThat(labelStudio.authorizations()).containsExactly("Token " + StandInLabelStudio.LEGACY, "Token " + StandInLabelStudio.LEGACY);
        labelStudio.answer("GET /round.png", 302, Map.of("Location", "/round.png"), "");
        assertThatThrownBy(() -> client.image(legacy(), 1, "/round.png")).hasMessageContaining("more than 5 times");
    }

    @Test
    void anotherHostCannotHaveTheTokenUsed() {
        labelStudio.image("/data/upload/1/x.png", PICTURE);
        elsewhere.put("/away", StandInHost.redirect(labelStudio.address() + "/data/upload/1/x.png"));

        assertThatThrownBy(() -> allowed(elsewhere.host()).image(legacy(), 1, elsewhere.url("/away"))).hasMessageContaining("is no host that may be asked");
        assertThatThrownBy(() -> allowed("127.0.0.1:" + elsewhere.port() + "," + labelStudio.address().substring("http://".length())).image(legacy(), 1, elsewhere.url("/away")))
                .hasMessageContaining("/x.png answers 401");
        assertThat(labelStudio.authorizations()).containsExactly("");
    }

    @Test
    void anInterfaceThatIsElsewhereIsNotAsked() {
        labelStudio.answer("GET /api/projects/1", 301, Map.of("Location", elsewhere.url("/api/projects/1")), "");

        assertThatThrownBy(() -> client.project(legacy(), 1)).hasMessageContaining("leads to " + elsewhere.url("/api/projects/1")).hasMessageContaining("to be connected by");
        assertThat(elsewhere.authorizations()).isEmpty();
    }

    @Test
    void saysWhyThereIsNoImage() {
        assertThatThrownBy(() -> client.image(access("wrong"), 1, "/a.png")).isInstanceOf(IOException.class).hasMessageContaining("answers 401")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> client.image(legacy(), 1, "/gone.png")).hasMessageContaining("/gone.png answers 404");
        assertThatThrownBy(() -> client.image(legacy(), 1, "ftp://example.org/a.png")).hasMessageContaining("no address of the web");
        assertThatThrownBy(() -> client.image(legacy(), 1, "picture.png")).hasMessageContaining("no address of an image");
        assertThatThrownBy(() -> client.image(new PlatformAccess(Optional.empty(), Optional.empty()), 1, "/a.png")).hasMessageContaining("nobody who may connect it told where");
    }

    @Test
    void addressesWhereCloudsGiveOutCredentialsAreNeverAsked() {
        assertThatThrownBy(() -> allowed("*").image(legacy(), 1, "http://169.254.169.254/latest/meta-data")).isInstanceOf(IOException.class)
                .hasMessageContaining("never asked");
        for (String host : List.of("169.254.169.254", "[fd00:ec2::254]", "100.100.100.200")) {
            PlatformAccess there = new PlatformAccess(Optional.of("http://" + host), Optional.empty());
            assertThatThrownBy(() -> client.image(there, 1, "/latest/meta-data")).as(host).isInstanceOf(IOException.class).hasMessageContaining("never asked");
        }
    }
}
