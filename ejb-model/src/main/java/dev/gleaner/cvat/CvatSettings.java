package dev.gleaner.cvat;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;

/**
 * Where CVAT's server finds the functions, from the environment.
 *
 * @param listen {@code GLEANER_CVAT_PORT} on the interface {@code GLEANER_CVAT_ADDRESS}, by default loopback; empty if no port is set
 */
public record CvatSettings(Optional<InetSocketAddress> listen) {

    private static final String LOOPBACK = "127.0.0.1";

    /** @param environment as {@link System#getenv()} gives it, which the launcher has checked; a blank value counts as unset */
    public static CvatSettings of(Map<String, String> environment) {
        String port = environment.getOrDefault("GLEANER_CVAT_PORT", "").strip();
        String address = environment.getOrDefault("GLEANER_CVAT_ADDRESS", "").strip();
        return new CvatSettings(port.isEmpty() ? Optional.empty()
                : Optional.of(new InetSocketAddress(address.isEmpty() ? LOOPBACK : address, Integer.parseInt(port))));
    }
}
