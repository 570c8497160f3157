package dev.gleaner.webhook;

import dev.gleaner.remote.RemoteHosts;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/**
 * What the environment says of webhooks.
 *
 * @param hosts that may be told of events, {@code GLEANER_WEBHOOK_HOSTS}: {@code HOST} or {@code HOST:PORT}, separated by commas; none if that is
 *              not set
 * @param kept  for how long deliveries stay in the log, {@code GLEANER_WEBHOOK_LOG_DAYS}; 30 days by default
 */
public record WebhookSettings(RemoteHosts hosts, Duration kept) {

    private static final String HOSTS = "GLEANER_WEBHOOK_HOSTS";
    private static final Duration KEPT = Duration.ofDays(30);

    /**
     * @param environment as {@link System#getenv()} gives it; a blank value counts as unset
     * @throws IllegalArgumentException if a host is none or the days are no number, which the launcher lets nobody set
     */
    public static WebhookSettings of(Map<String, String> environment) {
        String days = environment.getOrDefault("GLEANER_WEBHOOK_LOG_DAYS", "").strip();
        return new WebhookSettings(RemoteHosts.named(HOSTS, Arrays.stream(environment.getOrDefault(HOSTS, "").split(",")).map(String::strip)
                .filter(host -> !host.isEmpty()).toList()), days.isEmpty() ? KEPT : Duration.ofDays(Long.parseLong(days)));
    }
}
