package dev.gleaner.launcher;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * PostgreSQL as a child of the launcher, its data kept from start to start.
 *
 * <p>The folder {@code data} appears by one rename after it was filled as {@code data.new}: whatever a crash leaves half made is thrown away.
 * Only a random port on loopback listens, and only for the password inside the data folder.
 */
final class EmbeddedDatabase implements AutoCloseable {

    private static final String NAME = "gleaner";
    private static final String PASSWORD_FILE = "gleaner.password";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EmbeddedPostgres postgres;
    private final Path data;
    private final String password;
    private final ProcessHandle postmaster;

    private EmbeddedDatabase(EmbeddedPostgres postgres, Path data, String password) throws IOException {
        this.postgres = postgres;
        this.data = data;
        this.password = password;
        this.postmaster = postmaster(data);
    }

    /** @param folder holds the binaries and the data */
    static EmbeddedDatabase start(Path folder) throws IOException {
        Path binaries = Files.createDirectories(folder.resolve("binaries"));
        System.setProperty("ot.epg.working-dir", binaries.toString());
        discardHalfUnpacked(binaries);
        Path data = folder.resolve("data");
        if (!Files.exists(data)) {
            create(folder.resolve("data.new"), data);
        }
        stopLeftovers(data);
        String password = Files.readString(data.resolve(PASSWORD_FILE));
        return new EmbeddedDatabase(open(data, password), data, password);
    }

    private static void create(Path fresh, Path data) throws IOException {
        stopLeftovers(fresh);
        Folders.delete(fresh);
        String password = Secrets.random();
        try (EmbeddedPostgres postgres = open(fresh, password);
                Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("alter user postgres password '" + password + "'");
            statement.execute("create user " + NAME + " password '" + password + "'");
            statement.execute("create database " + NAME + " owner " + NAME);
        } catch (SQLException e) {
            throw new IOException("cannot prepare the database in " + fresh, e);
        } finally {
            stopLeftovers(fresh);
        }
        Files.writeString(fresh.resolve("pg_hba.conf"), "host all all localhost scram-sha-256\n");
        Path passwordFile = Files.createFile(fresh.resolve(PASSWORD_FILE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passwordFile, password);
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private static EmbeddedPostgres open(Path data, String password) throws IOException {
        try {
            return EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(PATIENCE)
                    .setConnectConfig("password", password)
                    .setLocaleConfig("locale", "C")
                    // The library's own defaults trade durability for speed.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("max_connections", "100")
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("logging_collector", "on")
                    .setServerConfig("log_directory", "../../logs")
                    .setServerConfig("log_filename", "postgres-%a.log")
                    .setServerConfig("log_rotation_age", "1d")
                    .setServerConfig("log_truncate_on_rotation", "on")
                    .start();
        } catch (RuntimeException e) {
            throw new IOException("PostgreSQL does not start in " + data + ": " + e.getMessage(), e);
        }
    }

    /** The archive of the binaries is unpacked file by file, and the last thing written is the mark {@code .exists}. */
    private static void discardHalfUnpacked(Path binaries) throws IOException {
        try (var versions = Files.newDirectoryStream(binaries)) {
            for (Path version : versions) {
                if (!Files.exists(version.resolve(".exists"))) {
                    Folders.delete(version);
                }
            }
        }
    }

    DatabaseAccess access() {
        return new DatabaseAccess("jdbc:postgresql://localhost:" + postgres.getPort() + "/" + NAME, NAME, password);
    }

    /** Completes when the database is gone, whoever ended it. */
    CompletableFuture<?> onExit() {
        return postmaster.onExit();
    }

    @Override
    public void close() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            postgres.close();
            stopLeftovers(data);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static ProcessHandle postmaster(Path data) throws IOException {
        long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
        return ProcessHandle.of(pid).orElseThrow(() -> new IOException("PostgreSQL ended while it started"));
    }

    /**
     * Ends what a killed launcher left running on a data folder: the postmaster is asked for a fast shutdown, and processes
     * of a killed postmaster notice its death themselves.
     */
    private static void stopLeftovers(Path data) throws IOException {
        // Repeated, because a tool that makes or starts a database may begin another process meanwhile.
        for (List<ProcessHandle> found = processesOn(data); !found.isEmpty(); found = processesOn(data)) {
            stop(found);
        }
    }

    private static void stop(List<ProcessHandle> leftovers) throws IOException {
        for (ProcessHandle process : leftovers) {
            if (process.parent().map(parent -> !leftovers.contains(parent)).orElse(true)) {
                new ProcessBuilder("sh", "-c", "kill -INT " + process.pid()).start();
            }
        }
        for (ProcessHandle process : leftovers) {
            if (!Ends.await(process.onExit(), PATIENCE)) {
                process.destroyForcibly();
                Ends.await(process.onExit(), PATIENCE);
            }
        }
    }

    /** PostgreSQL's own processes work in their data folder; {@code initdb} and {@code pg_ctl} name it. */
    private static List<ProcessHandle> processesOn(Path data) {
        return ProcessHandle.allProcesses().filter(process -> {
            Path proc = Path.of("/proc", Long.toString(process.pid()));
            try {
                return Files.readSymbolicLink(proc.resolve("cwd")).equals(data)
                        || Files.readString(proc.resolve("cmdline"), StandardCharsets.ISO_8859_1).contains("\0-D\0" + latin1(data) + "\0");
            } catch (IOException e) {
                // Another user's, or gone.
                return false;
            }
        }).toList();
    }

    /** The path's bytes, each as a character: no other bytes can be in the way. */
    private static String latin1(Path path) {
        return new String(path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
