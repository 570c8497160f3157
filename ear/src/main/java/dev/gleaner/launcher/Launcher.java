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
import java.util.concurrent.CountDownLatch;
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

    private static final int INVALID_SETTING = 2;
    private static final int FAILURE = 1;
    private static final Duration STEADY = Duration.ofMinutes(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final LauncherSettings settings;
    private final Product product;
    private final Home home;
    private final URI base;
    private boolean readyTold;

    private Launcher(LauncherSettings settings, Product product, Home home) {
        this.settings = settings;
        this.product = product;
        this.home = home;
        this.base = URI.create("http://" + shownHost(settings.address()) + ":" + settings.httpPort());
    }

    public static void main(String[] args) {
        Thread main = Thread.currentThread();
        CountDownLatch done = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            main.interrupt();
            awaitUninterruptibly(done);
        }, "stop"));
        int exitCode = run();
        done.countDown();
        System.exit(exitCode);
    }

    private static int run() {
        try {
            LauncherSettings settings = LauncherSettings.read(System.getenv(), Path.of(System.getProperty("user.home")));
            Product product = Product.besideThisJar();
            try (Home home = Home.open(settings.home())) {
                logTo(home.folder("logs"));
                new Launcher(settings, product, home).keepRunning();
            }
            return 0;
        } catch (InvalidSetting e) {
            System.err.println(e.getMessage());
            return INVALID_SETTING;
        } catch (InterruptedException e) {
            say("stopped");
            return 0;
        } catch (StartFailure e) {
            System.err.println(e.getMessage());
            return FAILURE;
        } catch (IOException e) {
            e.printStackTrace();
            return FAILURE;
        }
    }

    private void keepRunning() throws IOException, InterruptedException {
        Path serverFolder = home.folder("server");
        Server.awaitEarlier(serverFolder, () -> say("waiting for the server of an earlier launcher to end ..."));
        checkPortIsFree();
        Duration pause = Duration.ofSeconds(1);
        while (true) {
            long started = System.nanoTime();
            String what = runUntilAPartDies(serverFolder);
            if (System.nanoTime() - started > STEADY.toNanos()) {
                pause = Duration.ofSeconds(1);
            }
            say(what + " ended on its own; starting again in " + pause.toSeconds() + " s");
            Thread.sleep(pause.toMillis());
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private String runUntilAPartDies(Path serverFolder) throws IOException, InterruptedException {
        if (settings.database().isPresent()) {
            DatabaseAccess database = settings.database().get();
            return serveUntilAPartDies(serverFolder, database, new CompletableFuture<>());
        }
        say("starting PostgreSQL ...");
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home.folder("postgres"))) {
            String dead = serveUntilAPartDies(serverFolder, database.access(), database.onExit());
            return dead;
        } finally {
            Thread.interrupted();
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
        say("starting the server and deploying ...");
        Path logs = home.folder("logs");
        PayaraDomain domain = PayaraDomain.prepare(serverFolder, product, settings.address(), settings.httpPort(), settings.adminPort(), logs);
        try (Server server = Server.start(domain, product, serverFolder, home.folder("djl"), logs, environment)) {
            try {
                server.awaitReady(base);
                if (!readyTold) {
                    System.out.println("ready " + base);
                    readyTold = true;
                } else {
                    say("serving again");
                }
                CompletableFuture.anyOf(server.onExit(), databaseExit).get();
                return server.onExit().isDone() ? "the server" : "PostgreSQL";
            } catch (ExecutionException e) {
                throw new IOException(e);
            } catch (InterruptedException e) {
                say("stopping: jobs at their checkpoint, the server, then the database ...");
                throw e;
            }
        }
    }

    private void checkPortIsFree() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(settings.address(), settings.httpPort()));
        } catch (BindException e) {
            throw new StartFailure("GLEANER_HTTP_PORT=%d: expected a port that is free on %s, and it is in use".formatted(settings.httpPort(),
                    settings.address().getHostAddress()), e);
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

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
