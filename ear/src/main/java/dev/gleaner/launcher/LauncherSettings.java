package dev.gleaner.launcher;

import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What the environment and {@code $GLEANER_HOME/gleaner.properties} say; the environment wins, a blank value counts as unset.
 *
 * @param home     the data folder
 * @param address  the interface that the HTTP port listens on
 * @param adminPort the server's administration port on loopback, for tests and diagnosis; none by default
 * @param cvat     where CVAT's server is answered; empty if it is not
 * @param database the external database; empty for the embedded one
 * @param trusted  certificates of authorities that are trusted beside those that Java trusts
 * @param merged   every setting that has a value, by name, as the server process gets it
 */
record LauncherSettings(Path home, InetAddress address, int httpPort, Optional<Integer> adminPort, Optional<InetSocketAddress> cvat, Optional<String> adminToken,
        boolean demo, Optional<DatabaseAccess> database, List<X509Certificate> trusted, Map<String, String> merged) {

    static final String FILE_NAME = "gleaner.properties";

    private static final List<String> NAMES = List.of("GLEANER_HOME", "GLEANER_HTTP_PORT", "GLEANER_HTTP_ADDRESS", "GLEANER_ADMIN_TOKEN",
            "GLEANER_ADMIN_PORT", "GLEANER_DEMO", "GLEANER_DATABASE_URL", "GLEANER_DATABASE_USER", "GLEANER_DATABASE_PASSWORD",
            "GLEANER_DEVICE", "GLEANER_IMPORT_ROOTS", "GLEANER_PUBLIC_URL", "GLEANER_OIDC_ISSUER", "GLEANER_OIDC_CLIENT_ID", "GLEANER_OIDC_CLIENT_SECRET",
            "GLEANER_OIDC_ROLES", "GLEANER_ARCHIVE_BYTES", "GLEANER_ARCHIVE_FILES", "GLEANER_ARCHIVE_RATIO", "GLEANER_WEBHOOK_HOSTS",
            "GLEANER_WEBHOOK_LOG_DAYS", "GLEANER_CVAT_PORT", "GLEANER_CVAT_ADDRESS", "GLEANER_REMOTE_HOSTS",
            "GLEANER_REMOTE_PRIVATE", "GLEANER_REMOTE_CREDENTIALS", "GLEANER_CACHE_BYTES", "GLEANER_S3_ENDPOINT", "GLEANER_S3_REGION", "GLEANER_S3_ACCESS_KEY",
            "GLEANER_S3_SECRET_KEY", "GLEANER_S3_PATH_STYLE", TrustedAuthorities.SETTING);

    /**
     * @param environment as {@link System#getenv()} gives it
     * @throws InvalidSetting naming the first setting that is unknown or unusable
     */
    static LauncherSettings read(Map<String, String> environment, Path userHome) throws InvalidSetting, IOException {
        Path home = home(environment, userHome);
        Map<String, String> merged = new TreeMap<>(ofFile(home.resolve(FILE_NAME)));
        for (Map.Entry<String, String> entry : environment.entrySet()) {
            if (entry.getKey().startsWith("GLEANER_")) {
                put(merged, entry.getKey(), entry.getValue(), "one of " + String.join(", ", NAMES));
            }
        }
        merged.put("GLEANER_HOME", home.toString());
        checkDevice(merged.get("GLEANER_DEVICE"));
        checkImportRoots(merged.get("GLEANER_IMPORT_ROOTS"));
        checkPublicUrl(merged.get("GLEANER_PUBLIC_URL"));
        checkOpenId(merged);
        for (String limit : List.of("GLEANER_ARCHIVE_BYTES", "GLEANER_ARCHIVE_FILES", "GLEANER_ARCHIVE_RATIO", "GLEANER_WEBHOOK_LOG_DAYS",
                "GLEANER_CACHE_BYTES")) {
            checkAboveNothing(limit, merged.get(limit));
        }
        RemoteSettingsCheck.check(merged);
        int httpPort = port(merged, "GLEANER_HTTP_PORT").orElse(8080);
        return new LauncherSettings(home, address(merged, "GLEANER_HTTP_ADDRESS"), httpPort, port(merged, "GLEANER_ADMIN_PORT"), cvat(merged, httpPort),
                adminToken(merged), isOn(merged, "GLEANER_DEMO", true), database(merged), TrustedAuthorities.named(merged), Map.copyOf(merged));
    }

    private static Path home(Map<String, String> environment, Path userHome) throws InvalidSetting {
        String value = environment.getOrDefault("GLEANER_HOME", "").strip();
        try {
            Path home = value.isEmpty() ? userHome.resolve(".gleaner") : Path.of(value);
            if (Files.exists(home) && !Files.isDirectory(home)) {
                throw new InvalidSetting("GLEANER_HOME", value, "a folder");
            }
            return home.toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new InvalidSetting("GLEANER_HOME", value, "the path of a folder");
        }
    }

    private static Map<String, String> ofFile(Path file) throws InvalidSetting, IOException {
        if (!Files.exists(file)) {
            return Map.of();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, String> settings = new LinkedHashMap<>();
        for (String name : properties.stringPropertyNames()) {
            if (name.equals("GLEANER_HOME")) {
                throw new InvalidSetting(name, properties.getProperty(name), "nothing in " + file + ", which it leads to: set it in the environment");
            }
            put(settings, name, properties.getProperty(name), "in " + file + " one of " + String.join(", ", NAMES));
        }
        return settings;
    }

    private static void put(Map<String, String> settings, String name, String value, String expected) throws InvalidSetting {
        if (!NAMES.contains(name)) {
            throw new InvalidSetting(name, value, expected);
        }
        if (!value.isBlank()) {
            settings.put(name, value.strip());
        }
    }

    private static InetAddress address(Map<String, String> settings, String name) throws InvalidSetting {
        String value = settings.getOrDefault(name, "127.0.0.1");
        try {
            return InetAddress.getByName(value);
        } catch (UnknownHostException e) {
            throw new InvalidSetting(name, value, "an address of this machine, such as 127.0.0.1 or 0.0.0.0");
        }
    }

    private static Optional<Integer> port(Map<String, String> settings, String name) throws InvalidSetting {
        String value = settings.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value.matches("[0-9]{1,5}") && Integer.parseInt(value) >= 1 && Integer.parseInt(value) <= 65535) {
            return Optional.of(Integer.valueOf(value));
        }
        throw new InvalidSetting(name, value, "a port from 1 to 65535");
    }

    private static Optional<InetSocketAddress> cvat(Map<String, String> settings, int httpPort) throws InvalidSetting {
        Optional<Integer> port = port(settings, "GLEANER_CVAT_PORT");
        if (port.isEmpty() && settings.containsKey("GLEANER_CVAT_ADDRESS")) {
            throw new InvalidSetting("GLEANER_CVAT_PORT", "", "a value, because GLEANER_CVAT_ADDRESS is set");
        }
        if (port.isPresent() && port.get() == httpPort) {
            throw new InvalidSetting("GLEANER_CVAT_PORT", port.get().toString(), "another port than GLEANER_HTTP_PORT's");
        }
        InetAddress address = address(settings, "GLEANER_CVAT_ADDRESS");
        return port.map(number -> new InetSocketAddress(address, number));
    }

    private static Optional<String> adminToken(Map<String, String> settings) throws InvalidSetting {
        String value = settings.get("GLEANER_ADMIN_TOKEN");
        if (value != null && !value.matches("[!-~]+")) {
            throw new InvalidSetting("GLEANER_ADMIN_TOKEN", "(not shown)", "printable ASCII characters without blanks, better 16 or more of them");
        }
        return Optional.ofNullable(value);
    }

    static boolean isOn(Map<String, String> settings, String name, boolean usual) throws InvalidSetting {
        String value = settings.getOrDefault(name, usual ? "on" : "off");
        return switch (value) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new InvalidSetting(name, value, "on or off");
        };
    }

    private static Optional<DatabaseAccess> database(Map<String, String> settings) throws InvalidSetting {
        String url = settings.get("GLEANER_DATABASE_URL");
        for (String name : List.of("GLEANER_DATABASE_USER", "GLEANER_DATABASE_PASSWORD")) {
            if (url == null && settings.containsKey(name)) {
                throw new InvalidSetting("GLEANER_DATABASE_URL", "", "a value, because " + name + " is set");
            }
        }
        if (url == null) {
            return Optional.empty();
        }
        if (!url.matches("jdbc:postgresql://\\S+/\\S+")) {
            throw new InvalidSetting("GLEANER_DATABASE_URL", url, "jdbc:postgresql://HOST:PORT/DATABASE");
        }
        if (!settings.containsKey("GLEANER_DATABASE_USER")) {
            throw new InvalidSetting("GLEANER_DATABASE_USER", "", "a value, because GLEANER_DATABASE_URL is set");
        }
        return Optional.of(new DatabaseAccess(url, settings.get("GLEANER_DATABASE_USER"), settings.getOrDefault("GLEANER_DATABASE_PASSWORD", "")));
    }

    private static void checkDevice(String value) throws InvalidSetting {
        if (value != null && !value.matches("cpu|gpu(:[0-9]+)?")) {
            throw new InvalidSetting("GLEANER_DEVICE", value, "cpu, gpu or gpu:N");
        }
    }

    private static void checkAboveNothing(String name, String value) throws InvalidSetting {
        if (value != null && !value.matches("[1-9][0-9]{0,17}")) {
            throw new InvalidSetting(name, value, "a whole number above 0");
        }
    }

    private static void checkImportRoots(String value) throws InvalidSetting {
        if (value == null) {
            return;
        }
        for (String folder : value.split(File.pathSeparator)) {
            if (!Path.of(folder).isAbsolute() || !Files.isDirectory(Path.of(folder))) {
                throw new InvalidSetting("GLEANER_IMPORT_ROOTS", value,
                        "absolute paths of existing folders separated by '" + File.pathSeparator + "', and " + folder + " is none");
            }
        }
    }

    private static void checkPublicUrl(String value) throws InvalidSetting {
        if (value != null && !value.matches("https?://[^/\\s?#]+/?")) {
            throw new InvalidSetting("GLEANER_PUBLIC_URL", value, "http://HOST or https://HOST, with its port if need be, and no path");
        }
    }

    private static void checkOpenId(Map<String, String> settings) throws InvalidSetting {
        String issuer = settings.get("GLEANER_OIDC_ISSUER");
        for (String name : List.of("GLEANER_OIDC_CLIENT_ID", "GLEANER_OIDC_CLIENT_SECRET")) {
            if ((issuer == null) != (settings.get(name) == null)) {
                throw issuer == null ? new InvalidSetting("GLEANER_OIDC_ISSUER", "", "a value, because " + name + " is set")
                        : new InvalidSetting(name, "", "a value, because GLEANER_OIDC_ISSUER is set");
            }
        }
        // Whoever can listen on the way to the provider could sign in as anybody.
        if (issuer != null && !issuer.matches("https://[^\\s?#]+|http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?(/[^\\s?#]*)?")) {
            throw new InvalidSetting("GLEANER_OIDC_ISSUER", issuer, "https://..., or http:// on this machine");
        }
        String roles = settings.get("GLEANER_OIDC_ROLES");
        String pair = "[^=,]+=\\s*(administrator|engineer|reviewer|viewer)\\s*";
        if (roles != null && !roles.matches("[^:=,\\s]+:" + pair + "(," + pair + ")*")) {
            throw new InvalidSetting("GLEANER_OIDC_ROLES", roles,
                    "CLAIM:GROUP=ROLE,GROUP=ROLE,... with roles administrator, engineer, reviewer, viewer, and * as a group for everybody");
        }
    }
}
