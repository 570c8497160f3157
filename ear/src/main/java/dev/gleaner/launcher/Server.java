package dev.gleaner.launcher;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The application server as a process of its own, with the application deployed. */
final class Server implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int LAST_LINES = 12;
    private static final Duration FAREWELL = Duration.ofSeconds(75);

    /** By its number the server knows batch executions and timers of an earlier deployment as the application's own. */
    private static final String SAME_APPLICATION = "org.glassfish.ejb.container.application_unique_id=1";

    private final Process process;
    private final Path console;

    private Server(Process process, Path console) {
        this.process = process;
        this.console = console;
    }

    /** @param environment settings for the server process beside the inherited ones */
    static Server start(PayaraDomain domain, Product product, Path folder, Path djlCache, Path logs, Map<String, String> environment)
            throws IOException {
        Path commands = domain.instanceRoot().resolve("config/deploy.asadmin");
        Files.writeString(commands, "deploy --name gleaner --contextroot / --properties " + SAME_APPLICATION + " '" + product.archive() + "'\n");
        Path console = logs.resolve("server-console.log");

        List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' HUP INT TERM; exec \"$@\"", "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(domain.jvmOptions());
        command.addAll(List.of("-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true", "-DDJL_CACHE_DIR=" + djlCache,
                "-XX:+ExitOnOutOfMemoryError", "-XX:ErrorFile=" + logs.resolve("server-crash-%p.log"),
                "-cp", product.serverMain() + ":" + domain.installRoot().resolve("modules/glassfish.jar"),
                ServerMain.class.getName(), lockFile(folder).toString(),
                "-domainname", "gleaner", "-domaindir", domain.instanceRoot().toString(), "-instancename", "server", "-type", "DAS",
                "-postbootcommandfile", commands.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(console.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("GLEANER_"));
        builder.environment().putAll(environment);
        // PyTorch's waiting threads would otherwise spin, which starves whatever else the machine does.
        builder.environment().putIfAbsent("OMP_WAIT_POLICY", "passive");
        return new Server(builder.start(), console);
    }

    private static Path lockFile(Path folder) {
        return folder.resolve("lock");
    }

    /** Waits until a server that a killed launcher left behind has come to its orderly end. */
    static void awaitEarlier(Path folder, Runnable whenItRuns) throws IOException, InterruptedException {
        try (FileChannel lockFile = FileChannel.open(lockFile(folder), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            boolean told = false;
            long deadline = System.nanoTime() + FAREWELL.toNanos();
            while (true) {
                try (FileLock lock = lockFile.tryLock()) {
                    if (lock != null) {
                        return;
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new StartFailure("a server that was left behind does not end; it holds " + lockFile(folder));
                }
                if (!told) {
                    whenItRuns.run();
                    told = true;
                }
                Thread.sleep(200);
            }
        }
    }

    /** Waits until the application's first page opens. */
    void awaitReady(URI base) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!answers(http, base.resolve("/")) || !answers(http, base.resolve("/health/ready"))) {
            if (!process.isAlive()) {
                throw failure("the server ended with exit code " + process.exitValue() + " while it started");
            }
            if (Files.readString(console).contains("Boot Command deploy failed")) {
                throw deploymentFailure();
            }
            if (System.nanoTime() > deadline) {
                throw failure("the application does not answer at " + base + " after " + PATIENCE.toSeconds() + " s");
            }
            Thread.sleep(200);
        }
    }

    /** The innermost cause is what a person can mend; where the server names none, its last lines must do. */
    private StartFailure deploymentFailure() throws IOException {
        try (Stream<String> lines = Files.lines(console)) {
            Optional<String> cause = lines.filter(line -> line.startsWith("Caused by: ")).reduce((earlier, later) -> later);
            return cause.isEmpty() ? failure("the application does not deploy")
                    : new StartFailure("the application does not deploy: %s%nMore is in %s".formatted(
                            cause.get().replaceFirst("Caused by: (?:[\\w.$]+: )?", ""), console.getParent()));
        }
    }

    private StartFailure failure(String what) throws IOException {
        List<String> lines;
        try (Stream<String> all = Files.lines(console)) {
            lines = all.filter(line -> !line.isBlank() && !line.startsWith("\tat ")).toList();
        }
        String last = String.join("\n  ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        return new StartFailure("%s; it said last:%n  %s%nMore is in %s".formatted(what, last, console.getParent()));
    }

    private static boolean answers(HttpClient http, URI page) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(10)).build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    CompletableFuture<?> onExit() {
        return process.onExit();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Asks the server to end, which stops running jobs at their next checkpoint; kills it if it does not. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        if (!Ends.await(process.onExit(), FAREWELL)) {
            process.destroyForcibly();
            Ends.await(process.onExit(), FAREWELL);
        }
    }
}
