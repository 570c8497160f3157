package dev.gleaner.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LauncherSettingsTest {

    @TempDir
    private Path userHome;

    @Test
    void defaultsAreSafe() throws Exception {
        LauncherSettings settings = read(Map.of("PATH", "/bin"));
        assertThat(settings.home()).isEqualTo(userHome.resolve(".gleaner"));
        assertThat(settings.httpPort()).isEqualTo(8080);
        assertThat(settings.address().isLoopbackAddress()).isTrue();
        assertThat(settings.adminPort()).isEmpty();
        assertThat(settings.adminToken()).isEmpty();
        assertThat(settings.database()).isEmpty();
        assertThat(settings.demo()).isTrue();
        assertThat(settings.merged()).containsOnly(Map.entry("GLEANER_HOME", userHome.resolve(".gleaner").toString()));
    }

    @Test
    void theEnvironmentWinsOverTheFile() throws Exception {
        Path home = Files.createDirectory(userHome.resolve("data"));
        Files.writeString(home.resolve("gleaner.properties"), "GLEANER_HTTP_PORT = 9000\nGLEANER_DEMO = off\n");
        LauncherSettings settings = read(Map.of("GLEANER_HOME", home.toString(), "GLEANER_HTTP_PORT", "9001"));
        assertThat(settings.httpPort()).isEqualTo(9001);
        assertThat(settings.demo()).isFalse();
        assertThat(settings.merged()).containsEntry("GLEANER_HTTP_PORT", "9001").containsEntry("GLEANER_DEMO", "off");
    }

    @Test
    void secretsOfImagesElsewhereAreNotShown() {
        for (Map<String, String> wrong : List.of(Map.of("GLEANER_REMOTE_CREDENTIALS", "a.example:secret"), Map.of("GLEANER_S3_ENDPOINT", "https://me:secret@a.example"),
                Map.of("GLEANER_S3_SECRET_KEY", "secret"), Map.of("GLEANER_S3_REGION", "eu", "GLEANER_S3_SECRET_KEY", "secret"))) {
            assertThatThrownBy(() -> read(wrong)).as(wrong.toString()).isInstanceOf(InvalidSetting.class).hasMessageNotContaining("secret");
        }
    }

    @Test
    void whatImagesElsewhereNeedIsTaken() throws Exception {
        Map<String, String> settings = Map.of("GLEANER_REMOTE_HOSTS", "a.example, *.b.example:8443,[::1]:80,bücher.example,*", "GLEANER_REMOTE_PRIVATE", "on",
                "GLEANER_REMOTE_CREDENTIALS", "a.example=bearer:x b.example:8443=basic:me:y:z", "GLEANER_S3_ENDPOINT", "http://127.0.0.1:9000",
                "GLEANER_S3_ACCESS_KEY", "x", "GLEANER_S3_SECRET_KEY", "y", "GLEANER_S3_PATH_STYLE", "off");
        assertThat(read(settings).merged()).containsAllEntriesOf(settings);
    }

    @Test
    void aBlankValueCountsAsUnset() throws Exception {
        assertThat(read(Map.of("GLEANER_HTTP_PORT", " ")).httpPort()).isEqualTo(8080);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "GLEANER_HTTP_PORT    | 0             | a port from 1 to 65535",
            "GLEANER_HTTP_PORT    | 65536         | a port from 1 to 65535",
            "GLEANER_HTTP_PORT    | eighty        | a port from 1 to 65535",
            "GLEANER_CVAT_PORT    | 99999         | a port from 1 to 65535",
            "GLEANER_CVAT_PORT    | 8080          | another port than GLEANER_HTTP_PORT",
            "GLEANER_DEMO         | no            | on or off",
            "GLEANER_DEVICE       | cuda          | cpu, gpu or gpu:N",
            "GLEANER_DATABASE_URL | postgres://db | jdbc:postgresql://HOST:PORT/DATABASE",
            "GLEANER_IMPORT_ROOTS | pictures      | absolute paths of existing folders",
            "GLEANER_PUBLIC_URL   | gleaner.org   | http://HOST or https://HOST",
            "GLEANER_WEBHOOK_LOG_DAYS | 0         | a whole number above 0",
            "GLEANER_OIDC_ROLES   | admins        | CLAIM:GROUP=ROLE",
            "GLEANER_OIDC_ROLES   | groups:a=king | CLAIM:GROUP=ROLE",
            "GLEANER_REMOTE_HOSTS | http://a      | HOST, HOST:PORT, *.DOMAIN",
            "GLEANER_WEBHOOK_HOSTS | a, *.b       | HOST or HOST:PORT",
            "GLEANER_REMOTE_PRIVATE | yes         | on or off",
            "GLEANER_CACHE_BYTES  | 10G           | a whole number above 0",
            "GLEANER_S3_REGION    | eu central    | the name of a region",
            "GLEANER_TRUSTED_CERTIFICATES | /nowhere.pem | the path of a file with certificates as PEM",
            "GLEANER_TRUSTED_CERTIFICATES | /dev/null | and there is none",
            "GLEANER_PORT         | 8080          | one of GLEANER_HOME, GLEANER_HTTP_PORT"
    })
    void anUnusableSettingIsNamedWithItsValueAndWhatWasExpected(String name, String value, String expected) {
        assertThatThrownBy(() -> read(Map.of(name, value)))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(name + "=" + value + ": expected ")
                .hasMessageContaining(expected);
    }

    @Test
    void cvatIsAnsweredOnLoopbackUnlessAnAddressIsSet() throws Exception {
        assertThat(read(Map.of()).cvat()).isEmpty();
        assertThat(read(Map.of("GLEANER_CVAT_PORT", "8070")).cvat()).contains(new InetSocketAddress("127.0.0.1", 8070));
        assertThat(read(Map.of("GLEANER_CVAT_PORT", "8070", "GLEANER_CVAT_ADDRESS", "0.0.0.0")).cvat()).contains(new InetSocketAddress("0.0.0.0", 8070));
        assertThatThrownBy(() -> read(Map.of("GLEANER_CVAT_ADDRESS", "0.0.0.0")))
                .isInstanceOf(InvalidSetting.class).hasMessageStartingWith("GLEANER_CVAT_PORT=: expected a value");
    }

    @Test
    void anUnknownNameInTheFileIsRefused() throws Exception {
        Path home = Files.createDirectory(userHome.resolve(".gleaner"));
        Files.writeString(home.resolve("gleaner.properties"), "HTTP_PORT=9000\n");
        assertThatThrownBy(() -> read(Map.of())).isInstanceOf(InvalidSetting.class).hasMessageStartingWith("HTTP_PORT=9000: expected in " + home);
    }

    @Test
    void anExternalDatabaseNeedsItsUser() {
        Map<String, String> url = Map.of("GLEANER_DATABASE_URL", "jdbc:postgresql://db:5432/gleaner");
        assertThatThrownBy(() -> read(url)).isInstanceOf(InvalidSetting.class).hasMessageStartingWith("GLEANER_DATABASE_USER=");
    }

    @Test
    void credentialsWithoutAnAddressAreRefused() {
        assertThatThrownBy(() -> read(Map.of("GLEANER_DATABASE_USER", "me")))
                .isInstanceOf(InvalidSetting.class).hasMessageStartingWith("GLEANER_DATABASE_URL=: expected a value");
    }

    @Test
    void anExternalDatabaseIsTakenAsItIs() throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("GLEANER_DATABASE_URL", "jdbc:postgresql://db:5432/gleaner?sslmode=require");
        environment.put("GLEANER_DATABASE_USER", "me");
        environment.put("GLEANER_DATABASE_PASSWORD", "secret");
        assertThat(read(environment).database())
                .contains(new DatabaseAccess("jdbc:postgresql://db:5432/gleaner?sslmode=require", "me", "secret"));
    }

    @Test
    void anIdentityProviderNeedsAClientAndAWayThatNobodyListensOn() throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of("GLEANER_OIDC_ISSUER", "http://id.example.org", "GLEANER_OIDC_CLIENT_ID", "gleaner"));
        assertThatThrownBy(() -> read(settings)).isInstanceOf(InvalidSetting.class).hasMessageStartingWith("GLEANER_OIDC_CLIENT_SECRET=: expected a value");
        settings.put("GLEANER_OIDC_CLIENT_SECRET", "secret");
        assertThatThrownBy(() -> read(settings)).isInstanceOf(InvalidSetting.class).hasMessageContaining("expected https://");
        for (String issuer : List.of("https://id.example.org/realms/us", "http://localhost:9000")) {
            settings.put("GLEANER_OIDC_ISSUER", issuer);
            settings.put("GLEANER_OIDC_ROLES", "groups:ml=engineer, *=viewer");
            assertThat(read(settings).merged()).containsEntry("GLEANER_OIDC_ISSUER", issuer);
        }
    }

    @Test
    void aDataFolderThatIsAFileIsRefused() throws Exception {
        Path file = Files.createFile(userHome.resolve("file"));
        assertThatThrownBy(() -> read(Map.of("GLEANER_HOME", file.toString())))
                .isInstanceOf(InvalidSetting.class).hasMessage("GLEANER_HOME=" + file + ": expected a folder");
    }

    private LauncherSettings read(Map<String, String> environment) throws Exception {
        return LauncherSettings.read(environment, userHome);
    }
}
