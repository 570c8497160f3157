package dev.gleaner.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Duration pauseAfter(int attempts) {
        Webhook webhook = new Webhook(1, "http://receiver.example", "", List.of(), "", NOW);
        webhook.failed(attempts, NOW);
        return Duration.between(NOW, webhook.dueAt());
    }

    @Test
    void pausesDoubleUpToAnHour() {
        assertThat(pauseAfter(1)).isEqualTo(Duration.ofSeconds(5));
        assertThat(pauseAfter(2)).isEqualTo(Duration.ofSeconds(10));
        assertThat(pauseAfter(9)).isEqualTo(Duration.ofSeconds(1280));
        assertThat(pauseAfter(11)).isEqualTo(Duration.ofHours(1));
        assertThat(pauseAfter(1000)).isEqualTo(Duration.ofHours(1));
    }
}
