package dev.gleaner.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookSettingsTest {

    @Test
    void noHostIsAllowedUnlessItIsNamed() {
        AllowedHosts none = new AllowedHosts(WebhookSettings.of(Map.of()));
        assertThatThrownBy(() -> none.check(URI.create("http://receiver.example/"))).isInstanceOf(InvalidInput.class).hasMessageContaining("GLEANER_WEBHOOK_HOSTS");

        AllowedHosts some = new AllowedHosts(WebhookSettings.of(Map.of("GLEANER_WEBHOOK_HOSTS", "Receiver.example, 127.0.0.1:9000")));
        assertThatCode(() -> some.check(URI.create("https://receiver.EXAMPLE:8443/a?b"))).doesNotThrowAnyException();
        assertThatCode(() -> some.check(URI.create("http://127.0.0.1:9000/"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> some.check(URI.create("http://127.0.0.1:9001/"))).isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> some.check(URI.create("http://receiver.example.org/"))).isInstanceOf(InvalidInput.class);
    }

    @Test
    void theLogIsKeptForThirtyDaysOrAsLongAsSaid() {
        assertThat(WebhookSettings.of(Map.of()).kept()).isEqualTo(Duration.ofDays(30));
        assertThat(WebhookSettings.of(Map.of("GLEANER_WEBHOOK_LOG_DAYS", "7")).kept()).isEqualTo(Duration.ofDays(7));
    }
}
