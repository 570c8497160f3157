package dev.gleaner.webhook;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the environment says of webhooks.
 *
 * @param hosts that may be told of events, {@code GLEANER_WEBHOOK_HOSTS}: {@code HOST} or {@code HOST:PORT}, separated by commas
 * @param kept  for how long deliveries stay in the log, {@code GLEANER_WEBHOOK_LOG_DAYS}; 30 days by default
 */
public record WebhookSettings(Set<String> hosts, Duration kept) {

    private static final Duration KEPT = Duration.ofDays(30);

    /**
     * @param environment as {@link System#getenv()} gives it; a blank value counts as unset
     * @throws NumberFormatException if the days are no number, which the launcher lets nobody set
     */
    public static WebhookSettings of(Map<String, String> environment) {
        String days = environment.getOrDefault("GLEANER_WEBHOOK_LOG_DAYS", "").strip();
        return new WebhookSettings(Arrays.stream(environment.getOrDefault("GLEANER_WEBHOOK_HOSTS", "").split(",")).map(String::strip)
                .filter(host -> !host.isEmpty()).map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet()),
                days.isEmpty() ? KEPT : Duration.ofDays(Long.parseLong(days)));
    }
}
