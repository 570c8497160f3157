package dev.gleaner.remote;

import dev.gleaner.format.RemoteAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the environment says of images elsewhere, read once.
 *
 * @param hosts          that images may be asked of, {@code GLEANER_REMOTE_HOSTS}; none by default
 * @param authorizations what to send a host by {@code HOST:PORT} as the header {@code Authorization}, {@code GLEANER_REMOTE_CREDENTIALS}
 * @param store          the S3-compatible store, {@code GLEANER_S3_...}; empty for none
 * @param cacheBytes     how much of the images to keep, {@code GLEANER_CACHE_BYTES}
 */
public record RemoteSettings(RemoteHosts hosts, Map<String, String> authorizations, Optional<Store> store, long cacheBytes) {

    private static final long CACHE_BYTES = 10L << 30;
    private static final Pattern CREDENTIALS = Pattern.compile("([^=\\s]+)=(?:bearer:(\\S+)|basic:([^:\\s]+:\\S*))");

    /** Nothing is elsewhere. */
    public static final RemoteSettings NONE = of(Map.of());

    /**
     * An S3-compatible store.
     *
     * @param endpoint  empty for Amazon's of the region
     * @param accessKey with {@code secretKey} or neither, for what anybody may read
     * @param pathStyle whether the bucket is in the path and not in the name of the host
     */
    public record Store(Optional<URI> endpoint, String region, Optional<String> accessKey, Optional<String> secretKey, boolean pathStyle) {

        /** Without the keys. */
        @Override
        public String toString() {
            return endpoint.map(RemoteAddress::shown).orElse("Amazon S3, " + region);
        }
    }

    /**
     * @param environment as {@link System#getenv()} gives it; a blank value counts as unset
     * @throws IllegalArgumentException naming a setting that cannot be used
     */
    public static RemoteSettings of(Map<String, String> environment) {
        RemoteHosts hosts = new RemoteHosts(set(environment, "GLEANER_REMOTE_HOSTS").stream().flatMap(list -> Stream.of(list.split(","))).map(String::strip)
                .filter(host -> !host.isEmpty()).toList(), set(environment, "GLEANER_REMOTE_PRIVATE").filter("on"::equals).isPresent());
        return new RemoteSettings(hosts, authorizations(set(environment, "GLEANER_REMOTE_CREDENTIALS").orElse("")), store(environment),
                set(environment, "GLEANER_CACHE_BYTES").map(Long::valueOf).orElse(CACHE_BYTES));
    }

    private static Map<String, String> authorizations(String list) {
        Map<String, String> headers = new TreeMap<>();
        for (String entry : list.split("\\s+")) {
            Matcher credentials = CREDENTIALS.matcher(entry);
            if (credentials.matches()) {
                String host = RemoteHosts.canonical(credentials.group(1).replaceFirst(":[0-9]+$", ""));
                Matcher port = Pattern.compile(":([0-9]+)$").matcher(credentials.group(1));
                headers.put(host + (port.find() ? ":" + port.group(1) : ""), credentials.group(2) != null ? "Bearer " + credentials.group(2)
                        : "Basic " + Base64.getEncoder().encodeToString(credentials.group(3).getBytes(StandardCharsets.UTF_8)));
            } else if (!entry.isEmpty()) {
                throw new IllegalArgumentException("GLEANER_REMOTE_CREDENTIALS is (not shown); expected HOST=bearer:TOKEN or HOST=basic:NAME:PASSWORD, separated by blanks");
            }
        }
        return Map.copyOf(headers);
    }

    private static Optional<Store> store(Map<String, String> environment) {
        Optional<URI> endpoint = set(environment, "GLEANER_S3_ENDPOINT").map(URI::create);
        Optional<String> region = set(environment, "GLEANER_S3_REGION");
        return endpoint.isEmpty() && region.isEmpty() ? Optional.empty() : Optional.of(new Store(endpoint, region.orElse("us-east-1"),
                set(environment, "GLEANER_S3_ACCESS_KEY"), set(environment, "GLEANER_S3_SECRET_KEY"),
                set(environment, "GLEANER_S3_PATH_STYLE").map("on"::equals).orElse(endpoint.isPresent())));
    }

    private static Optional<String> set(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** What to send to an address to be let in; a port that the setting does not name is the usual one. */
    Optional<String> authorization(URI uri) {
        int port = RemoteHosts.port(uri);
        boolean usual = port == ("https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80);
        String host = RemoteHosts.canonical(uri.getHost());
        String exact = authorizations.get(host + ":" + port);
        return !hosts.isTrusted(uri) ? Optional.empty() : Optional.ofNullable(exact != null || !usual ? exact : authorizations.get(host));
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "RemoteSettings[store=" + store + ", cacheBytes=" + cacheBytes + "]";
    }
}
