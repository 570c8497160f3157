package dev.gleaner.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    void aDeviceThatIsNotThereEndsTheStartWithTheReason(GleanerServer server, @TempDir Path folder) throws Exception {
        Process start = server.launch(Map.of("GLEANER_HOME", folder.resolve("home").toString(), "GLEANER_DEVICE", "gpu:99",
                "GLEANER_HTTP_PORT", Integer.toString(GleanerServer.freePort()), "GLEANER_ADMIN_PORT", Integer.toString(GleanerServer.freePort())));
        assertThat(outputOf(start)).contains("the application does not deploy: GLEANER_DEVICE: \"gpu:99\" is not there, expected cpu");
        assertThat(start.exitValue()).isEqualTo(1);
    }

    @Test
    void aFirstStartThatIsKilledInTheMiddleIsDoneAgain(GleanerServer server, @TempDir Path folder) throws Exception {
        Path home = folder.resolve("home");
        Map<String, String> settings = Map.of("GLEANER_HOME", home.toString(), "GLEANER_HTTP_PORT", Integer.toString(GleanerServer.freePort()),
                "GLEANER_ADMIN_PORT", Integer.toString(GleanerServer.freePort()));

        Process makingTheDatabase = server.launch(settings);
        server.await("the database is being made", () -> Files.exists(home.resolve("postgres/data.new/global")));
        makingTheDatabase.destroyForcibly().waitFor();

        Process unpacking = server.launch(settings);
        assertThat(linesUntil(unpacking, "unpacking the server ...")).contains("starting PostgreSQL ...");
        server.await("the server is being unpacked", () -> Files.exists(home.resolve("server/unpacking/payara6/glassfish")));
        unpacking.destroyForcibly().waitFor();

        Process whole = server.launch(settings);
        assertThat(linesUntil(whole, "ready ")).contains("unpacking the server ...");
        whole.toHandle().destroy();
        assertThat(whole.waitFor(2, TimeUnit.MINUTES)).isTrue();
    }

    private static List<String> linesUntil(Process process, String start) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = process.inputReader().readLine(); line != null; line = process.inputReader().readLine()) {
            lines.add(line);
            if (line.startsWith(start)) {
                return lines;
            }
        }
        throw new AssertionError("the launcher ended before it printed '" + start + "':\n" + String.join("\n", lines));
    }

    private static String outputOf(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return output;
    }
}
