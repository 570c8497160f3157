package dev.gleaner.launcher;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Starts the database and the server with the application, stays in the foreground, and ends them in order: the server, whose jobs stop at a
 * checkpoint, then the database. When a part dies alone, everything is started again; runs go on from their checkpoint.
 */
public final class Launcher {

    private static final int FAILURE = 1;
    private static final int INVALID_SETTING = 2;
    private static final Duration STEADY = Duration.ofMinutes(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final LauncherSettings settings;
    private final Product product;
    private final Home home;
    private final URI base;
    /** Done when an end is asked for: the interrupt that says so, too, can get lost in a library that was being waited for. */
    private final CompletableFuture<Void> stop;
    private boolean readyTold;

    private Launcher(LauncherSettings settings, Product product, Home home, CompletableFuture<Void> stop) {
        this.settings = settings;
        this.product = product;
        this.home = home;
        this.stop = stop;
        this.base = URI.create("http://" + shownHost(settings.address()) + ":" + settings.httpPort());
    }

    public static void main(String[] args) {
        Thread main = Thread.currentThread();
        CompletableFuture<Void> stop = new CompletableFuture<>();
        CompletableFuture<Void> end = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (!end.isDone()) {
                say("stopping: jobs at their checkpoint, the server, then the database ...");
                stop.complete(null);
                main.interrupt();
                end.join();
                say("stopped");
            }
        }, "stop"));
        int exitCode = run(stop);
        end.complete(null);
        System.exit(exitCode);
    }

    private static int run(CompletableFuture<Void> stop) {
        try {
            LauncherSettings settings = LauncherSettings.read(System.getenv(), Path.of(System.getProperty("user.home")));
            Product product = Product.besideThisJar();
            try (Home home = Home.open(settings.home())) {
                logTo(home.folder("logs"));
                new Launcher(settings, product, home, stop).keepRunning();
            }
            return 0;
        } catch (InterruptedException e) {
            return 0;
        } catch (InvalidSetting e) {
            System.err.println(e.getMessage());
            return INVALID_SETTING;
        } catch (IOException e) {
            if (!Thread.interrupted()) {
                tell(e);
            }
            return FAILURE;
        }
    }

    private static void tell(IOException e) {
        System.err.println(e.getMessage());
        if (!(e instanceof StartFailure)) {
            e.printStackTrace();
        }
    }

    private void keepRunning() throws IOException, InterruptedException {
        Path serverFolder = home.folder("server");
        Server.awaitEarlier(serverFolder, () -> say("waiting for the server of an earlier launcher to end ..."));
        checkPortIsFree("GLEANER_HTTP_PORT", new InetSocketAddress(settings.address(), settings.httpPort()));
        if (settings.cvat().isPresent()) {
            checkPortIsFree("GLEANER_CVAT_PORT", settings.cvat().get());
        }
        Duration pause = Duration.ofSeconds(1);
        while (true) {
            long started = System.nanoTime();
            String why = runUntilAPartDies(serverFolder);
            if (System.nanoTime() - started > STEADY.toNanos()) {
                pause = Duration.ofSeconds(1);
            }
            requireNoStop();
            say(why + "; starting again in " + pause.toSeconds() + " s");
            Thread.sleep(pause.toMillis());
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** @return which part died, in words; a start that fails counts as one once a start has succeeded */
    private String runUntilAPartDies(Path serverFolder) throws IOException, InterruptedException {
        try {
            if (settings.database().isPresent()) {
                return serveUntilAPartDies(serverFolder, settings.database().get(), new CompletableFuture<>());
            }
            say("starting PostgreSQL ...");
            try (EmbeddedDatabase database = EmbeddedDatabase.start(home.folder("postgres"))) {
                return serveUntilAPartDies(serverFolder, database.access(), database.onExit());
            }
        } catch (IOException e) {
            if (!readyTold || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return e.getMessage();
        }
    }

    private String serveUntilAPartDies(Path serverFolder, DatabaseAccess database, CompletableFuture<?> databaseExit)
            throws IOException, InterruptedException {
        Schema schema = new Schema(database);
        int migrations = schema.migrate();
        if (migrations > 0) {
            say(migrations + " migrations of the tables done");
        }
        Map<String, String> environment = new HashMap<>(settings.merged());
        environment.putAll(database.environment());
        if (settings.adminToken().isEmpty() && !schema.hasAdministrator()) {
            String token = Secrets.random();
            environment.put("GLEANER_ADMIN_TOKEN", token);
            say("administrator's token, shown this once: " + token);
        }
        if (!PayaraDomain.isUnpacked(serverFolder, product.serverZip())) {
            say("unpacking the server ...");
            PayaraDomain.unpack(serverFolder, product.serverZip());
        }
        Folders.delete(home.path("uploads"));
        requireNoStop();
        say("starting the server and deploying ...");
        Path logs = home.folder("logs");
        PayaraDomain domain = PayaraDomain.prepare(serverFolder, product, settings.address(), settings.httpPort(), settings.adminPort(), settings.trusted(), logs);
        try (Server server = Server.start(domain, product, serverFolder, home.folder("djl"), logs, environment)) {
            server.awaitReady(base);
            if (readyTold) {
                say("serving again");
            } else {
                say("ready " + base);
                readyTold = true;
            }
            CompletableFuture<?> death = CompletableFuture.anyOf(server.onExit(), databaseExit, stop);
            Thread demo = new Thread(() -> showDemo(schema, death), "demo");
            if (settings.demo()) {
                demo.start();
            }
            try {
                death.get();
            } finally {
                demo.interrupt();
            }
            requireNoStop();
            if (databaseExit.isDone()) {
                // Without it no orderly end is possible.
                server.kill();
                return "PostgreSQL ended on its own";
            }
            return "the server ended on its own";
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }

    private void requireNoStop() throws InterruptedException {
        if (stop.isDone()) {
            throw new InterruptedException("an end was asked for");
        }
    }

    private void showDemo(Schema schema, CompletableFuture<?> death) {
        try {
            Path scenes = home.path("demo").resolve("scenes.json");
            String token = schema.lendToken();
            try {
                new Demo(base, token, Launcher::say).run(scenes);
            } finally {
                schema.takeBackToken();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // A part that is about to be noticed as dead is reason enough.
            if (!Ends.await(death, Duration.ofSeconds(2)) && !Thread.currentThread().isInterrupted()) {
                say("the demo does not run: " + e.getMessage());
            }
        }
    }

    private static void checkPortIsFree(String setting, InetSocketAddress address) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (BindException e) {
            throw new StartFailure("%s=%d: expected a port that is free on %s, and it is in use".formatted(setting, address.getPort(),
                    address.getAddress().getHostAddress()), e);
        }
    }

    private static String shownHost(InetAddress address) {
        return address.isLoopbackAddress() || address.isAnyLocalAddress() ? "localhost" : address.getHostAddress();
    }

    private static void logTo(Path logs) throws IOException {
        LogManager.getLogManager().reset();
        Handler file = new FileHandler(logs.resolve("launcher.log").toString(), 1_000_000, 2, true);
        file.setFormatter(new SimpleFormatter());
        Logger.getLogger("").addHandler(file);
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
