package dev.gleaner.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** One installation's life from its first start, with the demo, through the deaths of its parts to an orderly end. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SurvivalIT {

    @TempDir
    private static Path folder;
    private static GleanerServer server;

    @BeforeAll
    static void firstStart() {
        // A blank in the path, as homes have.
        server = GleanerServer.start(folder.resolve("data folder"), Map.of("GLEANER_ADMIN_TOKEN", "", "GLEANER_DEMO", "on"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    @Order(1)
    void theFirstStartMakesAndPrintsATokenAndLabelsTheDemoSet() {
        assertThat(server.printedToken()).isPresent();
        server.awaitLine("demo: " + server.baseUrl() + "/runs/");
        assertThat(server.output()).contains("labeling the demo set: completed, 32 of 32 images")
                .anyMatch(line -> line.startsWith("labeling the demo set: ") && line.contains(" of 32 images"));
        assertThat(demoRuns()).hasSize(1);
        JsonNode run = demoRuns().get(0);
        assertThat(run.path("status").asText()).isEqualTo("COMPLETED");
        JsonNode boxes = server.get("/api/datasets/" + run.path("dataset").asLong() + "/annotations?status=PROPOSED").expect(200).json();
        assertThat(boxes.path("items")).isNotEmpty();
    }

    @Test
    @Order(2)
    void theLaunchersOwnTokenIsTakenBack() {
        server.await("only the administrator's token is left",
                () -> ask("select string_agg(name, ' ') from api_tokens").equals("administrator"));
    }

    @Test
    @Order(2)
    void theDatabaseKeepsWhatItConfirms() {
        assertThat(ask("show fsync")).isEqualTo("on");
        assertThat(ask("show synchronous_commit")).isEqualTo("on");
        assertThat(ask("show full_page_writes")).isEqualTo("on");
    }

    @Test
    @Order(3)
    void onlyTheHttpPortOfTheServerListensAndOnlyOnLoopback() throws Exception {
        String loopback = "0000000000000000FFFF00000100007F";
        int admin = server.adminPort();
        assertThat(listeners(server.serverProcess())).containsExactlyInAnyOrder(
                "%s:%04X".formatted(loopback, server.baseUrl().getPort()), "%s:%04X".formatted(loopback, admin));
        assertThat(listeners(server.launcherProcess())).isEmpty();
    }

    @Test
    @Order(4)
    void aKilledServerIsBroughtBackAndTheDemoIsNotRepeated() {
        server.kill9();
        assertThat(demoRuns()).hasSize(1);
    }

    @Test
    @Order(5)
    void aKilledDatabaseIsBroughtBack() {
        server.kill9Database();
        assertThat(demoRuns()).hasSize(1);
    }

    @Test
    @Order(6)
    void theServerEndsWithAKilledLauncherAndTheNextStartGoesOn() {
        ProcessHandle orphan = server.serverProcess();
        server.kill9Launcher();
        server.start();
        assertThat(orphan.isAlive()).isFalse();
        assertThat(server.printedToken()).isEmpty();
        assertThat(demoRuns()).hasSize(1);
    }

    @Test
    @Order(7)
    void afterTheDeathOfEverythingTheNextStartGoesOn() {
        server.kill9Everything();
        server.start();
        assertThat(demoRuns()).hasSize(1);
    }

    @Test
    @Order(8)
    void theOrderlyEndLeavesNothingRunning() {
        ProcessHandle serverProcess = server.serverProcess();
        ProcessHandle database = server.databaseProcess();
        server.stop();
        assertThat(server.output()).endsWith("stopping: jobs at their checkpoint, the server, then the database ...", "stopped");
        assertThat(serverProcess.isAlive()).isFalse();
        server.await("the database is gone", () -> !database.isAlive());
        assertThat(server.home().resolve("postgres/data/postmaster.pid")).doesNotExist();
    }

    @Test
    @Order(9)
    void anEndThatIsAskedForWhileADeadPartIsBroughtBackComes() {
        server.start();
        ProcessHandle database = server.databaseProcess();
        server.kill9AndReturn();
        server.await("the server is brought back", () -> server.output().stream().filter("starting the server and deploying ..."::equals).count() == 2);
        server.stop();
        assertThat(server.output()).endsWith("stopping: jobs at their checkpoint, the server, then the database ...", "stopped");
        server.await("the database is gone", () -> !database.isAlive());
        assertThat(server.home().resolve("postgres/data/postmaster.pid")).doesNotExist();
    }

    private static List<JsonNode> demoRuns() {
        List<JsonNode> runs = new ArrayList<>();
        server.get("/api/labeling-runs").expect(200).json().path("items").forEach(runs::add);
        return runs;
    }

    /** The one value that a query on the product's own database gives. */
    private static String ask(String query) {
        try {
            Path data = server.home().resolve("postgres/data");
            String url = "jdbc:postgresql://localhost:" + Files.readAllLines(data.resolve("postmaster.pid")).get(3) + "/gleaner";
            try (Connection connection = DriverManager.getConnection(url, "gleaner", Files.readString(data.resolve("gleaner.password")));
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(query)) {
                row.next();
                return row.getString(1);
            }
        } catch (IOException | SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** The TCP sockets that a process listens on, as the kernel writes addresses. */
    private static List<String> listeners(ProcessHandle process) throws IOException {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        Set<String> inodes = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(proc.resolve("fd"))) {
            for (Path file : files) {
                String target = Files.readSymbolicLink(file).toString();
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        }
        List<String> listeners = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(proc.resolve("net").resolve(table))) {
                String[] columns = line.strip().split("\\s+");
                if (columns[3].equals("0A") && inodes.contains(columns[9])) {
                    listeners.add(columns[1]);
                }
            }
        }
        return listeners;
    }
}
