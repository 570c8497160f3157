package dev.gleaner.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.Settings;
import dev.gleaner.TestDatabase;
import dev.gleaner.event.DatasetConcluded;
import dev.gleaner.event.ImageDecided;
import dev.gleaner.event.LabelingRunEnded;
import dev.gleaner.platform.TokenVault;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import dev.gleaner.remote.RemoteHosts;
import dev.gleaner.remote.StandInAuthority;
import dev.gleaner.webhook.StandInReceiver.Call;
import dev.gleaner.webhook.WebhookDelivery.Status;
import dev.gleaner.webhook.WebhookQueue.Due;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events go through a real database and real HTTP to a stand-in for a receiver. */
class WebhookDeliveryTest {

    private static final String SECRET = "a secret of the receiver";

    private static TestDatabase database;
    private static long numbers;

    @TempDir
    private Path home;
    private StandInReceiver receiver;
    private WebhookService webhooks;
    private WebhookOutbox outbox;
    private WebhookQueue queue;
    private WebhookSender sender;
    private WebhookRepository repository;
    private Project project;

    @BeforeAll
    static void start() {
        database = new TestDatabase();
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
    }

    @BeforeEach
    void prepare() throws Exception {
        ProjectRepository projects = new ProjectRepository(database.entities());
        TokenVault vault = new TokenVault(new Settings(home, "cpu", List.of(), Optional.empty(), false));
        WebhookSettings settings = allowing("127.0.0.1");
        repository = new WebhookRepository(database.entities());
        webhooks = new WebhookService(repository, new ProjectService(projects), vault, settings);
        outbox = new WebhookOutbox(repository);
        queue = new WebhookQueue(repository, vault);
        sender = new WebhookSender(queue, settings);
        receiver = new StandInReceiver();
        project = in(() -> {
            database.entities().createNativeQuery("delete from webhooks").executeUpdate();
            Project made = new Project("told of " + ++numbers);
            projects.add(made);
            return made;
        });
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    private static WebhookSettings allowing(String hosts) {
        return WebhookSettings.of(Map.of("GLEANER_WEBHOOK_HOSTS", hosts));
    }

    private static <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    private static void run(Runnable work) throws Exception {
        in(() -> {
            work.run();
            return null;
        });
    }

    private long webhook(String... types) throws Exception {
        return in(() -> webhooks.add(project.name(), receiver.address() + "/hook", SECRET, types.length == 0 ? null : List.of(types), "ada").webhook().id());
    }

    private void happens(long run) throws Exception {
        run(() -> outbox.happened(new LabelingRunEnded(project.id(), run, 2, 3, true)));
    }

    private int send() throws Exception {
        return in(() -> sender.send());
    }

    /** As if all pauses were over. */
    private void letTimePass() throws Exception {
        run(() -> database.entities().createNativeQuery("update webhooks set due_at = now() - interval '1 second', taken_until = null").executeUpdate());
    }

    private List<WebhookDelivery> log(long webhook) throws Exception {
        return in(() -> webhooks.deliveries(webhook, Long.MAX_VALUE, 100));
    }

    private static long runOf(Call call) {
        try {
            return new ObjectMapper().readTree(call.body()).get("data").get("labelingRun").asLong();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

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
    void anEventArrivesSigned() throws Exception {
        long webhook = webhook();
        run(() -> outbox.happened(new ImageDecided(project.id(), 5, 6, 7, false, List.of(8L, 9L), "console")));

        assertThat(send()).isEqualTo(1);

        Call call = receiver.calls().get(0);
        assertThat(call.path()).isEqualTo("/hook");
        assertThat(call.isSigned(SECRET)).isTrue();
        assertThat(call.isSigned("another secret")).isFalse();
        assertThat(call.headers()).containsEntry("content-type", "application/json").containsEntry("x-gleaner-event", "image.decided");
        JsonNode body = new ObjectMapper().readTree(call.body());
        assertThat(body.fieldNames()).toIterable().containsExactly("id", "type", "time", "project", "data");
        assertThat(body.get("project").asLong()).isEqualTo(project.id());
        assertThat(body.get("data").toString())
                .isEqualTo("{\"annotations\":[8,9],\"dataset\":5,\"decision\":7,\"image\":6,\"origin\":\"console\",\"undo\":false}");
        WebhookDelivery logged = log(webhook).get(0);
        assertThat(logged.status()).isEqualTo(Status.DELIVERED);
        assertThat(logged.answer()).contains(204);
        assertThat(logged.attempts()).isEqualTo(1);
        assertThat(logged.eventId().toString()).isEqualTo(body.get("id").asText());
        assertThat(call.headers()).containsEntry("x-gleaner-delivery", logged.id().toString());
    }

    @Test
    void onlyWhoWantsToKnowIsTold() throws Exception {
        webhook("dataset.ready");
        happens(1);
        run(() -> outbox.happened(new DatasetConcluded(project.id() + 1000, 4, true)));
        run(() -> outbox.happened(new DatasetConcluded(project.id(), 4, false)));
        run(() -> outbox.happened(new DatasetConcluded(project.id(), 4, true)));

        assertThat(send()).isEqualTo(1);
        assertThat(send()).isZero();

        assertThat(receiver.calls()).extracting(call -> call.headers().get("x-gleaner-event")).containsExactly("dataset.ready");
    }

    @Test
    void whatDidNotHappenIsNotTold() throws Exception {
        webhook();
        assertThatThrownBy(() -> in(() -> {
            outbox.happened(new LabelingRunEnded(project.id(), 1, 2, 3, true));
            throw new IllegalStateException("taken back");
        })).hasMessage("taken back");

        assertThat(send()).isZero();
    }

    @Test
    void whatFailsIsTriedAgainAfterAPauseAndHoldsUpWhatComesAfterIt() throws Exception {
        long webhook = webhook();
        happens(1);
        happens(2);
        receiver.next(500, 302);
        assertThat(send()).isEqualTo(1);
        assertThat(send()).as("not at once").isZero();
        assertThat(log(webhook)).extracting(WebhookDelivery::error).containsExactly(Optional.empty(), Optional.of("it answers 500"));

        letTimePass();
        send();
        assertThat(log(webhook).get(1).error()).contains("it answers 302");
        letTimePass();
        while (send() > 0) {
            // One at a time.
        }

        assertThat(receiver.calls()).extracting(WebhookDeliveryTest::runOf).containsExactly(1L, 1L, 1L, 2L);
        assertThat(receiver.calls()).as("no redirect is followed").extracting(Call::path).containsOnly("/hook");
        assertThat(receiver.calls().subList(0, 3)).as("one delivery").extracting(call -> call.headers().get("x-gleaner-delivery")).containsOnly(log(webhook).get(1).id().toString());
        assertThat(log(webhook)).extracting(WebhookDelivery::attempts).containsExactly(1, 3);
    }

    @Test
    void inTheEndItIsGivenUpAndCanBeReplayed() throws Exception {
        long webhook = webhook();
        happens(1);
        happens(2);
        for (int i = 0; i < WebhookDelivery.MOST_ATTEMPTS; i++) {
            receiver.next(503);
            letTimePass();
            assertThat(send()).isEqualTo(1);
        }
        assertThat(log(webhook).get(1).status()).isEqualTo(Status.DEAD);
        assertThat(send()).as("the next one goes on at once").isEqualTo(1);
        assertThat(in(() -> webhooks.counts(webhook))).containsEntry(Status.DEAD, 1L).containsEntry(Status.DELIVERED, 1L);

        assertThat(in(() -> webhooks.replay(webhook))).isEqualTo(1);
        assertThat(send()).isEqualTo(1);

        assertThat(log(webhook)).extracting(WebhookDelivery::status).containsOnly(Status.DELIVERED);
        assertThat(runOf(receiver.calls().get(receiver.calls().size() - 1))).isEqualTo(1);
        assertThat(in(() -> webhooks.replay(webhook))).as("nothing is given up any more").isZero();
        long arrived = log(webhook).get(0).id();
        run(() -> webhooks.replayDelivery(arrived));
        assertThatThrownBy(() -> run(() -> webhooks.replayDelivery(arrived))).isInstanceOf(Conflict.class).hasMessageContaining("waits");
        assertThat(send()).isEqualTo(1);
    }

    @Test
    void oneServerSendsAtATimeAndTheWordOfOneThatWasTakenOverDoesNotCount() throws Exception {
        long webhook = webhook();
        happens(1);
        List<Due> first = in(() -> queue.take());
        assertThat(first).hasSize(1);
        assertThat(in(() -> queue.take())).as("another server").isEmpty();

        run(() -> webhooks.change(webhook, null, null, false));
        assertThat(in(() -> queue.take())).as("whatever is changed meanwhile").isEmpty();
        letTimePass();
        List<Due> second = in(() -> queue.take());
        run(() -> queue.ended(first.get(0), new WebhookDelivery.Outcome(204, 5, null)));
        assertThat(log(webhook).get(0).status()).isEqualTo(Status.PENDING);
        run(() -> queue.ended(second.get(0), new WebhookDelivery.Outcome(204, 5, null)));

        assertThat(log(webhook).get(0).status()).isEqualTo(Status.DELIVERED);
        assertThat(first.get(0).toString()).doesNotContain(SECRET);
    }

    @Test
    void whatHappensDuringAPauseWaits() throws Exception {
        long webhook = webhook();
        run(() -> webhooks.change(webhook, null, null, true));
        happens(1);
        assertThat(send()).isZero();
        assertThatThrownBy(() -> run(() -> webhooks.test(webhook))).isInstanceOf(Conflict.class);

        run(() -> webhooks.change(webhook, null, List.of("dataset.ready"), false));

        assertThat(send()).isEqualTo(1);
        run(() -> webhooks.test(webhook));
        assertThat(send()).isEqualTo(1);
        assertThat(receiver.calls().get(1).body()).contains("\"type\":\"test\"");
    }

    @Test
    void aReceiverThatIsAwayIsToldWithoutItsAddress() throws Exception {
        long webhook = webhook();
        receiver.close();
        happens(1);

        send();

        assertThat(log(webhook).get(0).error()).contains("nothing answers at its address");
        assertThat(log(webhook).get(0).answer()).isEmpty();
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

    @Test
    void theLogIsPrunedByAgeAndGoesWithItsWebhook() throws Exception {
        long webhook = webhook();
        happens(1);
        happens(2);
        run(() -> database.entities().createNativeQuery("update webhook_deliveries set created_at = now() - interval '31 days' where id = (select min(id) from webhook_deliveries)")
                .executeUpdate());

        assertThat(in(() -> queue.prune(Instant.now().minus(Duration.ofDays(30))))).isEqualTo(1);

        assertThat(log(webhook)).hasSize(1);
        run(() -> webhooks.delete(webhook));
        assertThat(database.count("webhook_deliveries")).isZero();
    }
}
