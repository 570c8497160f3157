package dev.gleaner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The product as its users start it, from the packaged files, on a data folder of its own; and a small HTTP client for its REST interface.
 * Tests that do not kill it share one: see {@link GleanerServerExtension}.
 */
public final class GleanerServer implements AutoCloseable {

    private static final int LOWEST_PORT = 16_000;
    private static final int PORTS = 16_000;
    /** Tests of several working copies begin at different ones. */
    private static final AtomicInteger PORT = new AtomicInteger(new Random().nextInt(PORTS));

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;
    private final Map<String, String> settings;
    private final List<String> output = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private String token;
    private Process launcher;
    private Thread reader;

    private GleanerServer(Path home, Map<String, String> settings) {
        this.home = home;
        this.settings = settings;
        this.token = settings.get("GLEANER_ADMIN_TOKEN");
    }

    /**
     * Starts the launcher and waits until pages can be opened. The demo is off unless the settings say otherwise.
     *
     * @param home     the data folder; made when missing, kept afterwards
     * @param settings {@code GLEANER_*} that differ from the tests' own; a blank {@code GLEANER_ADMIN_TOKEN} has the launcher make one
     */
    public static GleanerServer start(Path home, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "GLEANER_HTTP_PORT", Integer.toString(freePort()),
                "GLEANER_ADMIN_PORT", Integer.toString(freePort()),
                "GLEANER_ADMIN_TOKEN", "token-of-the-integration-tests",
                "GLEANER_IMPORT_ROOTS", "/",
                "GLEANER_WEBHOOK_HOSTS", "127.0.0.1",
                "GLEANER_DEMO", "off"));
        all.putAll(settings);
        GleanerServer server = new GleanerServer(home.toAbsolutePath(), all);
        server.start();
        return server;
    }

    /**
     * A port that nobody listens on, another one each time: the system itself gives the same one twice now and then, and to outgoing calls, too, so these are
     * below those that it gives.
     */
    public static int freePort() {
        while (true) {
            int port = LOWEST_PORT + PORT.getAndUpdate(last -> (last + 1) % PORTS);
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                continue;
            }
        }
    }

    /** Starts the launcher again on the same data folder and port, after {@link #stop()} or {@link #kill9Everything()}. */
    public void start() {
        synchronized (output) {
            output.clear();
        }
        launcher = launch(Map.of());
        reader = new Thread(() -> collect(launcher), "launcher-output");
        reader.setDaemon(true);
        reader.start();
        awaitLine("ready " + baseUrl());
        printedToken().ifPresent(printed -> token = printed);
    }

    /** Starts another launcher with this one's settings, but for some. */
    public Process launch(Map<String, String> different) {
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar", Path.of(System.getProperty("gleaner.product", "target/gleaner"), "gleaner-launcher.jar").toString()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("GLEANER_"));
        // Short lives: compiling less starts the server in two thirds of the time.
        builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        builder.environment().put("GLEANER_HOME", home.toString());
        builder.environment().putAll(settings);
        if (!different.isEmpty()) {
            // That port may be taken: this one's server listens there.
            builder.environment().remove("GLEANER_CVAT_PORT");
        }
        builder.environment().putAll(different);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The administrator's token that the launcher has made and printed. */
    public Optional<String> printedToken() {
        String intro = "administrator's token, shown this once: ";
        return output().stream().filter(line -> line.startsWith(intro)).map(line -> line.substring(intro.length())).findFirst();
    }

    private void collect(Process from) {
        try (BufferedReader lines = from.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    output.add(line);
                }
            }
        } catch (IOException e) {
            synchronized (output) {
                output.add("(the launcher's output broke: " + e + ")");
            }
        }
    }

    /** What the launcher has printed so far. */
    public List<String> output() {
        synchronized (output) {
            return List.copyOf(output);
        }
    }

    /** Waits until the launcher has printed a line that starts so. */
    public void awaitLine(String start) {
        await("the launcher prints '" + start + "'", () -> {
            if (output().stream().anyMatch(line -> line.startsWith(start))) {
                return true;
            }
            if (!launcher.isAlive()) {
                throw new AssertionError("the launcher ended with exit code " + launcher.exitValue() + ":\n" + String.join("\n", output()));
            }
            return false;
        });
    }

    /** Waits up to ten minutes, looking five times a second. */
    public void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE.toMinutes() + " minutes: " + what + "\n" + String.join("\n", output()));
            }
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting until " + what, e);
            }
        }
    }

    /** Without a slash at its end. */
    public URI baseUrl() {
        return URI.create("http://localhost:" + settings.get("GLEANER_HTTP_PORT"));
    }

    public int adminPort() {
        return Integer.parseInt(settings.get("GLEANER_ADMIN_PORT"));
    }

    /** What the server was started with. */
    public String setting(String name) {
        return settings.get(name);
    }

    /** The administrator's. */
    public String token() {
        return token;
    }

    public Path home() {
        return home;
    }

    public ProcessHandle launcherProcess() {
        return launcher.toHandle();
    }

    /** The application server's process, a child of the launcher. */
    public ProcessHandle serverProcess() {
        return launcher.toHandle().children()
                .filter(child -> child.info().command().map(command -> command.endsWith("/java")).orElse(false))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no server process:\n" + String.join("\n", output())));
    }

    /** The embedded database's first process. */
    public ProcessHandle databaseProcess() {
        try {
            long pid = Long.parseLong(Files.readAllLines(home.resolve("postgres/data/postmaster.pid")).get(0).strip());
            return ProcessHandle.of(pid).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the application server with signal 9 and waits until the launcher has brought it back. */
    public void kill9() {
        kill9AndReturn();
        awaitLine("serving again");
    }

    /** Kills the embedded database's first process with signal 9 and waits until the launcher has brought everything back. */
    public void kill9Database() {
        forgetThatItServesAgain();
        kill(databaseProcess());
        awaitLine("serving again");
    }

    /** Kills the launcher with signal 9; the server ends by itself, the database stays. */
    public void kill9Launcher() {
        kill(launcher.toHandle());
    }

    /** Kills the application server with signal 9; the launcher is about to bring it back. */
    public void kill9AndReturn() {
        forgetThatItServesAgain();
        kill(serverProcess());
    }

    private void forgetThatItServesAgain() {
        synchronized (output) {
            output.removeIf(line -> line.startsWith("serving again"));
        }
    }

    /** Kills launcher, server and database with signal 9, in this order. */
    public void kill9Everything() {
        ProcessHandle server = serverProcess();
        ProcessHandle database = databaseProcess();
        kill(launcher.toHandle());
        kill(server);
        kill(database);
    }

    private static void kill(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Stops as Ctrl-C does, and waits for the end. */
    public void stop() {
        // Process.destroy() would close the launcher's output, too.
        launcher.toHandle().destroy();
        try {
            if (!launcher.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the launcher does not stop:\n" + String.join("\n", output()));
            }
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public void restart() {
        stop();
        start();
    }

    @Override
    public void close() {
        if (launcher.isAlive()) {
            stop();
        }
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer delete(String path) {
        return send(request(path).DELETE());
    }

    /** @param body anything Jackson writes: maps, lists, records */
    public Answer post(String path, Object body) {
        return send(request(path).header("Content-Type", "application/json").POST(json(body)));
    }

    /** @param body anything Jackson writes: maps, lists, records */
    public Answer put(String path, Object body) {
        return send(request(path).header("Content-Type", "application/json").PUT(json(body)));
    }

    /** @param parts by name: a {@link Path} is sent as a file, anything else as text */
    public Answer postMultipart(String path, Map<String, Object> parts) {
        String boundary = "part-of-a-gleaner-test";
        try {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (Map.Entry<String, Object> part : parts.entrySet()) {
                body.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + part.getKey() + "\"").getBytes(StandardCharsets.UTF_8));
                if (part.getValue() instanceof Path file) {
                    body.writeBytes(("; filename=\"" + file.getFileName() + "\"\r\nContent-Type: application/octet-stream\r\n\r\n").getBytes(StandardCharsets.UTF_8));
                    body.writeBytes(Files.readAllBytes(file));
                } else {
                    body.writeBytes(("\r\n\r\n" + part.getValue()).getBytes(StandardCharsets.UTF_8));
                }
                body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
            }
            body.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
            return send(request(path).header("Content-Type", "multipart/form-data; boundary=" + boundary)
                    .POST(BodyPublishers.ofByteArray(body.toByteArray())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A request with the administrator's token, to be finished and given to {@link #send}. */
    public HttpRequest.Builder request(String path) {
        return anonymousRequest(path).header("Authorization", "Bearer " + token);
    }

    public HttpRequest.Builder anonymousRequest(String path) {
        return HttpRequest.newBuilder(baseUrl().resolve(path)).timeout(Duration.ofMinutes(2));
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted during a request", e);
        }
    }

    private static BodyPublisher json(Object body) {
        try {
            return BodyPublishers.ofString(JSON.writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
