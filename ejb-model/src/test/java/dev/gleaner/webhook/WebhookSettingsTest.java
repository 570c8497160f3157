package dev.gleaner.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.remote.RefusedAddress;
import dev.gleaner.remote.RemoteHosts;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookSettingsTest {

    @Test
    void noHostIsAllowedUnlessItIsNamed() {
        RemoteHosts none = WebhookSettings.of(Map.of()).hosts();
        assertThatThrownBy(() -> none.checkName(URI.create("http://receiver.example/"))).isInstanceOf(RefusedAddress.class).hasMessageContaining("GLEANER_WEBHOOK_HOSTS");

        RemoteHosts some = WebhookSettings.of(Map.of("GLEANER_WEBHOOK_HOSTS", "Receiver.example, 127.0.0.1:9000,localhost")).hosts();
        assertThatCode(() -> some.checkName(URI.create("https://receiver.EXAMPLE:8443/a?b"))).doesNotThrowAnyException();
        assertThatCode(() -> some.check(URI.create("http://127.0.0.1:9000/"))).doesNotThrowAnyException();
        assertThatCode(() -> some.check(URI.create("http://localhost:9001/"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> some.check(URI.create("http://127.0.0.1:9001/"))).isInstanceOf(RefusedAddress.class);
        assertThatThrownBy(() -> some.checkName(URI.create("http://receiver.example.org/"))).isInstanceOf(RefusedAddress.class);
    }

    @Test
    void theLogIsKeptForThirtyDaysOrAsLongAsSaid() {
        assertThat(WebhookSettings.of(Map.of()).kept()).isEqualTo(Duration.ofDays(30));
        assertThat(WebhookSettings.of(Map.of("GLEANER_WEBHOOK_LOG_DAYS", "7")).kept()).isEqualTo(Duration.ofDays(7));
    }
}
