package dev.gleaner.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.remote.RemoteHosts;
import dev.gleaner.remote.StandInAuthority;
import dev.gleaner.webhook.WebhookDelivery.Status;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Who may be told, and that secrets stay secret. */
class WebhookSafetyTest extends TellingTest {

    @Test
    void aReceiverOfOurOwnAuthorityIsToldOnceThatIsTrusted() throws Exception {
        StandInAuthority authority = new StandInAuthority(home.resolve("authority"), "ip:127.0.0.1");
        receiver.close();
        receiver = new StandInReceiver(authority.host());
        long webhook = webhook();
        happens(1);
        send();
        assertThat(log(webhook).get(0).error().orElseThrow()).startsWith("its certificate is from no authority that is trusted here").contains("GLEANER_TRUSTED_CERTIFICATES");
        assertThat(receiver.calls()).isEmpty();

        try (AutoCloseable trusted = authority.trusted()) {
            sender.close();
            sender = new WebhookSender(queue, allowing("127.0.0.1"));
            letTimePass();
            send();
        }
        assertThat(log(webhook).get(0).status()).isEqualTo(Status.DELIVERED);
        assertThat(receiver.calls()).hasSize(1).allMatch(call -> call.isSigned(SECRET));
    }

    @Test
    void aHostThatIsNoLongerAllowedIsNotCalled() throws Exception {
        long webhook = webhook();
        happens(1);
        sender = new WebhookSender(queue, allowing(""));

        send();

        assertThat(receiver.calls()).isEmpty();
        assertThat(log(webhook).get(0).error().orElseThrow()).contains("GLEANER_WEBHOOK_HOSTS");
    }

    /** A name that led to the internet when it was added may lead to this machine when it is called. */
    @Test
    void aHostIsCalledAtThoseAddressesOnlyThatMayBe() throws Exception {
        long webhook = webhook();
        happens(1);
        String elsewhere = receiver.address().replace("127.0.0.1", "receiver.example");
        run(() -> database.entities().createNativeQuery("update webhooks set url = '" + elsewhere + "'").executeUpdate());
        RemoteHosts rebound = RemoteHosts.named("GLEANER_WEBHOOK_HOSTS", List.of("receiver.example"), host -> new InetAddress[] {InetAddress.getLoopbackAddress()});
        sender = new WebhookSender(queue, new WebhookSettings(rebound, Duration.ofDays(30)));

        send();

        assertThat(receiver.calls()).isEmpty();
        assertThat(log(webhook).get(0).error().orElseThrow()).contains("receiver.example leads to 127.0.0.1").contains("GLEANER_WEBHOOK_HOSTS");
    }

    @Test
    void theSecretIsKeptEncryptedAndNeverLogged() throws Exception {
        List<String> lines = new ArrayList<>();
        Logger logger = Logger.getLogger(WebhookSender.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                lines.add(record.getMessage());
            }

            @Override
            public void flush() {
                // Nothing is held back.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        logger.addHandler(handler);
        logger.setLevel(Level.ALL);
        try {
            webhook();
            happens(1);
            receiver.next(500);
            send();
            letTimePass();
            send();
        } finally {
            logger.removeHandler(handler);
            logger.setLevel(null);
        }
        assertThat(lines).hasSize(2).noneMatch(line -> line.contains(SECRET) || line.contains("labelingRun") || line.contains("sha256="));
        List<?> stored = in(() -> database.entities().createNativeQuery("select w.url || w.secret || w.types || d.body || coalesce(d.error, '') from webhooks w"
                + " join webhook_deliveries d on d.webhook_id = w.id", String.class).getResultList());
        assertThat(stored).hasSize(1).noneMatch(row -> row.toString().contains(SECRET));
    }

    @Test
    void aSecretIsMadeIfNoneIsGiven() throws Exception {
        WebhookService.Added added = in(() -> webhooks.add(project.name(), receiver.address(), null, null, "ada"));
        assertThat(added.secret()).hasSizeGreaterThan(40);
        assertThat(added.toString()).doesNotContain(added.secret());
        happens(1);
        send();
        assertThat(receiver.calls().get(0).isSigned(added.secret())).isTrue();
    }

    @Test
    void badInputNamesTheFieldAndAddsNothing() throws Exception {
        assertRefused("url", null, SECRET, null);
        assertRefused("url", "ftp://127.0.0.1/", SECRET, null);
        assertRefused("url", "http://ada:password@127.0.0.1/", SECRET, null);
        assertRefused("url", "http://somewhere.example/", SECRET, null);
        assertRefused("secret", receiver.address(), "short", null);
        assertRefused("types", receiver.address(), SECRET, List.of());
        assertRefused("types[1]", receiver.address(), SECRET, List.of("dataset.ready", "dataset.lost"));
        assertThat(in(() -> webhooks.all())).isEmpty();
    }

    private void assertRefused(String field, String url, String secret, List<String> types) {
        assertThatThrownBy(() -> in(() -> webhooks.add(project.name(), url, secret, types, "ada"))).isInstanceOfSatisfying(InvalidInput.class,
                refused -> assertThat(refused.faults().get(0).field()).isEqualTo(field)).hasMessageNotContaining("password@").hasMessageNotContaining("short");
    }
}
