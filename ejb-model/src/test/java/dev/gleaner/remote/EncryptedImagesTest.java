package dev.gleaner.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.format.RemoteAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images by https, from hosts whose certificates are not of the authorities that Java knows. */
class EncryptedImagesTest {

    private static final byte[] PHOTO = {1, 2, 3};
    private static final String EXPECTED = "expected one that Java knows, or that GLEANER_TRUSTED_CERTIFICATES names";

    @TempDir
    private Path folder;

    private RemoteImages images(StandInHost host) {
        Map<String, String> settings = Map.of("GLEANER_REMOTE_HOSTS", host.host(), "GLEANER_REMOTE_PRIVATE", "on", "GLEANER_S3_ENDPOINT", host.url(""));
        return new RemoteImages(folder, RemoteSettings.of(settings), Patience.DEFAULT, 1000);
    }

    private static void fetch(RemoteImages images, String address) throws IOException {
        assertThat(images.fetch(new RemoteAddress(address))).hasBinaryContent(PHOTO);
    }

    @Test
    void anAuthorityThatNobodyTrustsIsToldAndOneThatIsTrustedWorks() throws Exception {
        StandInAuthority authority = new StandInAuthority(folder.resolve("authority"), "ip:127.0.0.1");
        try (StandInHost host = new StandInHost(authority.host())) {
            host.put("/a.jpg", PHOTO);
            RemoteImages careful = images(host);
            assertThatThrownBy(() -> fetch(careful, host.url("/a.jpg?token=secret"))).isInstanceOf(UnreachableImage.class)
                    .hasMessage(host.url("/a.jpg") + " is not asked: its certificate is from no authority that is trusted here; " + EXPECTED);
            assertThatThrownBy(() -> fetch(careful, "s3://pictures/a.jpg")).isInstanceOf(UnreachableImage.class).hasMessageEndingWith(EXPECTED);
            careful.close();
            assertThat(host.asked("/a.jpg")).isZero();

            try (AutoCloseable trusted = authority.trusted()) {
                RemoteImages trusting = images(host);
                fetch(trusting, host.url("/a.jpg"));
                trusting.close();
            }
        }
    }

    @Test
    void aCertificateOfAnotherHostIsTold() throws Exception {
        StandInAuthority authority = new StandInAuthority(folder.resolve("authority"), "dns:other.example");
        try (StandInHost host = new StandInHost(authority.host()); AutoCloseable trusted = authority.trusted()) {
            host.put("/a.jpg", PHOTO);
            RemoteImages trusting = images(host);
            assertThatThrownBy(() -> fetch(trusting, host.url("/a.jpg"))).isInstanceOf(UnreachableImage.class)
                    .hasMessage(host.url("/a.jpg") + " is not asked: its certificate is not this host's, or no good; expected one for its name");
            assertThat(host.asked("/a.jpg")).isZero();
            trusting.close();
        }
    }
}
