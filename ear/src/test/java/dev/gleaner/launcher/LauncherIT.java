package dev.gleaner.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a person at the terminal sees. */
@ExtendWith(GleanerServerExtension.class)
class LauncherIT {

    @Test
    void pagesOpenOnceTheReadyLineIsPrinted(GleanerServer server) {
        assertThat(server.send(server.anonymousRequest("/")).status()).isEqualTo(200);
        assertThat(server.output()).containsOnlyOnce("ready " + server.baseUrl());
    }

    @Test
    void showsWhatItWaitsFor(GleanerServer server) {
        assertThat(server.output()).contains("starting PostgreSQL ...", "unpacking the server ...", "starting the server and deploying ...");
    }

    @Test
    void aTokenFromTheSettingsIsNotPrinted(GleanerServer server) {
        assertThat(server.output()).noneMatch(line -> line.contains(server.token()));
    }

    @Test
    void anUnusableSettingEndsTheStartBeforeAnythingRuns(GleanerServer server, @TempDir Path folder) throws Exception {
        Path home = folder.resolve("home");
        Process second = server.launch(Map.of("GLEANER_HOME", home.toString(), "GLEANER_DEMO", "perhaps"));
        assertThat(outputOf(second)).contains("GLEANER_DEMO=perhaps: expected on or off");
        assertThat(second.exitValue()).isEqualTo(2);
        assertThat(home).doesNotExist();
    }

    @Test
    void aPortInUseIsSaidPlainlyAndNothingElseIsStarted(GleanerServer server, @TempDir Path folder) throws Exception {
        Path home = folder.resolve("home");
        Process second = server.launch(Map.of("GLEANER_HOME", home.toString()));
        assertThat(outputOf(second)).contains("GLEANER_HTTP_PORT=" + server.baseUrl().getPort() + ": expected a port that is free on 127.0.0.1, and it is in use");
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(home.resolve("postgres")).doesNotExist();
    }

    @Test
    void aSecondLauncherOnTheSameFolderIsRefused(GleanerServer server) throws Exception {
        Process second = server.launch(Map.of("GLEANER_HTTP_PORT", Integer.toString(GleanerServer.freePort())));
        assertThat(outputOf(second)).contains("GLEANER_HOME=" + server.home() + ": another launcher is running on this folder");
        assertThat(second.exitValue()).isEqualTo(1);
    }

    private static String outputOf(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return output;
    }
}
