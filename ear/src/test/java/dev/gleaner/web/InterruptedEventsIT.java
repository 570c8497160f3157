package dev.gleaner.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.GleanerServer;
import dev.gleaner.labeling.Database;
import dev.gleaner.remote.StandInAuthority;
import dev.gleaner.webhook.StandInReceiver;
import dev.gleaner.webhook.StandInReceiver.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server, and then everything, is killed while it tells of events, by https under a certificate of somebody's own: each event arrives, signed, and
 * one that was under way comes again as the same.
 */
@Tag("long")
class InterruptedEventsIT {

    private static final List<String> PATHS = List.of("/first", "/second");
    private static final int TESTS = 15;

    @TempDir
    private Path folder;

    private static String secret(String path) {
        return "a secret of the receiver " + path;
    }

    private static String event(Call call) {
        try {
            return new ObjectMapper().readTree(call.body()).get("id").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isAllDelivered(GleanerServer server) {
        try (Database database = Database.of(server)) {
            return database.number("select count(*) from webhook_deliveries where status <> 'DELIVERED'") == 0;
        }
    }

    @Test
    void eachEventArrivesAndNoneForEver() throws IOException {
        StandInAuthority authority = new StandInAuthority(folder.resolve("authority"), "ip:127.0.0.1");
        try (GleanerServer server = GleanerServer.start(folder.resolve("home"), Map.of("GLEANER_TRUSTED_CERTIFICATES", authority.certificate().toString()));
                StandInReceiver receiver = new StandInReceiver(authority.host())) {
            String project = Fixtures.project(server);
            List<Long> webhooks = PATHS.stream().map(path -> server.post("/api/webhooks", Map.of("project", project, "url", receiver.address() + path,
                    "secret", secret(path))).expect(201).json().get("id").asLong()).toList();

            receiver.holdAfter(7);
            happen(server, project, webhooks, 2);
            server.await("an answer is waited for", receiver::isHolding);
            server.kill9AndReturn();
            receiver.goOn();
            server.awaitLine("serving again");

            receiver.holdAfter(7);
            happen(server, project, webhooks, 3);
            server.await("an answer is waited for", receiver::isHolding);
            server.kill9Everything();
            receiver.goOn();
            server.start();
            server.await("all is delivered", () -> isAllDelivered(server));

            assertThat(receiver.calls()).allMatch(call -> call.isSigned(secret(call.path())));
            for (int i = 0; i < PATHS.size(); i++) {
                assertArrived(server, receiver, PATHS.get(i), webhooks.get(i));
            }
            assertThat(receiver.calls().size()).as("those that were under way came again").isGreaterThan(PATHS.size() * 2 * (TESTS + 1));
            // What comes of one more is behind everything that would come again.
            int calls = receiver.calls().size();
            webhooks.forEach(webhook -> server.post("/api/webhooks/" + webhook + "/test", Map.of()).expect(202));
            server.await("the last ones are delivered", () -> receiver.calls().size() >= calls + PATHS.size() && isAllDelivered(server));
            assertThat(receiver.calls()).hasSize(calls + PATHS.size());
        }
    }

    private void happen(GleanerServer server, String project, List<Long> webhooks, int images) {
        Fixtures.dataset(server, project, Fixtures.images(folder.resolve("of " + images), images));
        for (int i = 0; i < TESTS; i++) {
            webhooks.forEach(webhook -> server.post("/api/webhooks/" + webhook + "/test", Map.of()).expect(202));
        }
    }

    private static void assertArrived(GleanerServer server, StandInReceiver receiver, String path, long webhook) {
        Map<String, List<Call>> arrived = receiver.calls().stream().filter(call -> call.path().equals(path)).collect(Collectors.groupingBy(InterruptedEventsIT::event));
        try (Database database = Database.of(server)) {
            assertThat(database.rows("select type, count(*) from webhook_deliveries where webhook_id = " + webhook + " group by type order by type"))
                    .containsExactly("dataset.ready|2", "test|" + 2 * TESTS);
            Set<String> told = new TreeSet<>(database.rows("select event_id from webhook_deliveries where webhook_id = " + webhook));
            assertThat(told).hasSize(2 * (TESTS + 1));
            assertThat(arrived.keySet()).isEqualTo(told);
            arrived.forEach((event, calls) -> {
                String delivery = database.rows("select id, attempts from webhook_deliveries where webhook_id = " + webhook + " and event_id = '" + event + "'").get(0);
                assertThat(calls).as(event).hasSizeBetween(1, Integer.parseInt(delivery.replaceFirst(".*\\|", ""))).allSatisfy(call -> {
                    assertThat(call.headers().get("x-gleaner-delivery")).isEqualTo(delivery.replaceFirst("\\|.*", ""));
                    assertThat(call.body()).isEqualTo(calls.get(0).body());
                });
            });
        }
        System.out.printf("%s: %d events arrived, %d of them more than once%n", path, arrived.size(),
                arrived.values().stream().filter(calls -> calls.size() > 1).count());
    }
}
