package dev.gleaner.launcher;

import java.util.Map;
import java.util.stream.Stream;

/** What the settings of hosts elsewhere have to look like. */
final class RemoteSettingsCheck {

    private static final String NAME = "[\\p{L}\\p{N}_-]+(\\.[\\p{L}\\p{N}_-]+)*|\\[[0-9a-fA-F:.]+\\]";
    private static final String HOST = "(\\*|\\*\\.(" + NAME + ")|" + NAME + ")(:[0-9]{1,5})?";
    private static final String CREDENTIALS = "(" + NAME + ")(:[0-9]{1,5})?=(bearer:\\S+|basic:[^:\\s]+:\\S*)";

    private RemoteSettingsCheck() {
    }

    /** @throws InvalidSetting naming the first that cannot be used; secrets are not shown */
    static void check(Map<String, String> settings) throws InvalidSetting {
        String hosts = settings.getOrDefault("GLEANER_REMOTE_HOSTS", "");
        if (!Stream.of(hosts.split(",")).map(String::strip).allMatch(host -> host.isEmpty() || host.matches(HOST))) {
            throw new InvalidSetting("GLEANER_REMOTE_HOSTS", hosts, "HOST, HOST:PORT, *.DOMAIN or *.DOMAIN:PORT, separated by commas, or * for any");
        }
        String receivers = settings.getOrDefault("GLEANER_WEBHOOK_HOSTS", "");
        if (!Stream.of(receivers.split(",")).map(String::strip).allMatch(host -> host.isEmpty() || host.matches("(" + NAME + ")(:[0-9]{1,5})?"))) {
            throw new InvalidSetting("GLEANER_WEBHOOK_HOSTS", receivers, "HOST or HOST:PORT, separated by commas");
        }
        LauncherSettings.isOn(settings, "GLEANER_REMOTE_PRIVATE", false);
        if (!Stream.of(settings.getOrDefault("GLEANER_REMOTE_CREDENTIALS", "").split("\\s+")).allMatch(entry -> entry.isEmpty() || entry.matches(CREDENTIALS))) {
            throw new InvalidSetting("GLEANER_REMOTE_CREDENTIALS", "(not shown)", "HOST=bearer:TOKEN or HOST=basic:NAME:PASSWORD, separated by blanks");
        }
        checkStore(settings);
    }

    private static void checkStore(Map<String, String> settings) throws InvalidSetting {
        String endpoint = settings.get("GLEANER_S3_ENDPOINT");
        if (endpoint != null && !endpoint.matches("https?://[^/\\s?#@]+/?")) {
            throw new InvalidSetting("GLEANER_S3_ENDPOINT", "(not shown)", "http://HOST or https://HOST, with its port if need be, and no path and no password");
        }
        String region = settings.get("GLEANER_S3_REGION");
        if (region != null && !region.matches("[A-Za-z0-9-]+")) {
            throw new InvalidSetting("GLEANER_S3_REGION", region, "the name of a region, such as eu-central-1");
        }
        for (String name : new String[] {"GLEANER_S3_ACCESS_KEY", "GLEANER_S3_SECRET_KEY", "GLEANER_S3_PATH_STYLE"}) {
            if (settings.containsKey(name) && endpoint == null && region == null) {
                throw new InvalidSetting("GLEANER_S3_ENDPOINT", "", "a value, or one of GLEANER_S3_REGION, because " + name + " is set");
            }
        }
        if (settings.containsKey("GLEANER_S3_ACCESS_KEY") != settings.containsKey("GLEANER_S3_SECRET_KEY")) {
            String missing = settings.containsKey("GLEANER_S3_ACCESS_KEY") ? "GLEANER_S3_SECRET_KEY" : "GLEANER_S3_ACCESS_KEY";
            throw new InvalidSetting(missing, "", "a value, because the other key is set");
        }
        LauncherSettings.isOn(settings, "GLEANER_S3_PATH_STYLE", endpoint != null);
    }
}
