package dev.gleaner.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.webhook.StandInReceiver;
import dev.gleaner.webhook.StandInReceiver.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** What happens in the product arrives at a stand-in for a receiver, and the console shows how that went. */
@ExtendWith(GleanerServerExtension.class)
class EventsIT {

    private static final String SECRET = "a secret that only the receiver knows";

    private final List<Long> added = new ArrayList<>();
    private StandInReceiver receiver;

    @BeforeEach
    void listen() {
        receiver = new StandInReceiver();
    }

    @AfterEach
    void stop(GleanerServer server) {
        added.forEach(webhook -> server.delete("/api/webhooks/" + webhook));
        receiver.close();
    }

    private long webhook(GleanerServer server, String project) {
        long id = server.post("/api/webhooks", Map.of("project", project, "url", receiver.address() + "/events", "secret", SECRET)).expect(201).json()
                .get("id").asLong();
        added.add(id);
        return id;
    }

    private Call await(GleanerServer server, String type) {
        server.await(type + " arrives", () -> calls(type).findAny().isPresent());
        return calls(type).findFirst().orElseThrow();
    }

    private Stream<Call> calls(String type) {
        return receiver.calls().stream().filter(call -> type.equals(call.headers().get("x-gleaner-event")));
    }

    private static JsonNode data(Call call) {
        try {
            return new ObjectMapper().readTree(call.body()).get("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> items(GleanerServer server, String path) {
        return StreamSupport.stream(server.get(path).expect(200).json().get("items").spliterator(), false).toList();
    }

    @Test
    void aRunAndADecisionArriveSignedAtAReceiverThatFailsFirst(GleanerServer server, @TempDir Path folder) {
        String project = Fixtures.project(server);
        long webhook = webhook(server, project);
        receiver.next(500);
        long model = Fixtures.model(server, project);
        server.post("/api/model-versions/" + model + "/promote", Map.of()).expect(200);
        long dataset = Fixtures.dataset(server, project, Fixtures.images(folder.resolve("told"), 2));
        long run = Fixtures.run(server, dataset, model);

        assertThat(data(await(server, "labeling-run.completed")).get("labelingRun").asLong()).isEqualTo(run);
        assertThat(data(await(server, "dataset.ready")).get("dataset").asLong()).isEqualTo(dataset);
        List<Call> promoted = calls("model-version.promoted").toList();
        assertThat(promoted).as("tried again after the 500").hasSize(2);
        assertThat(promoted).extracting(call -> call.headers().get("x-gleaner-delivery")).containsOnly(promoted.get(0).headers().get("x-gleaner-delivery"));
        assertThat(promoted).extracting(Call::body).containsOnly(promoted.get(0).body());

        JsonNode box = items(server, "/api/datasets/" + dataset + "/annotations?status=PROPOSED").get(0);
        server.post("/api/annotations/decisions", Map.of("requestId", "told of", "boxes",
                List.of(Map.of("annotation", box.get("id").asLong(), "version", 0, "action", "accept")))).expect(200);

        JsonNode decided = data(await(server, "image.decided"));
        assertThat(decided.get("image").asLong()).isEqualTo(box.get("image").asLong());
        assertThat(decided.get("annotations").toString()).isEqualTo("[" + box.get("id").asLong() + "]");
        assertThat(receiver.calls()).allMatch(call -> call.isSigned(SECRET));
        assertThat(receiver.calls()).extracting(call -> Long.valueOf(call.headers().get("x-gleaner-delivery"))).as("in their order").isSorted();
        server.await("all is logged as arrived", () -> items(server, "/api/webhooks/" + webhook + "/deliveries").stream()
                .allMatch(delivery -> delivery.get("status").asText().equals("DELIVERED")));
        Map<String, Integer> attempts = items(server, "/api/webhooks/" + webhook + "/deliveries").stream()
                .collect(Collectors.toMap(delivery -> delivery.get("type").asText(), delivery -> delivery.get("attempts").asInt()));
        assertThat(attempts).isEqualTo(Map.of("model-version.promoted", 2, "dataset.ready", 1, "labeling-run.completed", 1, "image.decided", 1));
        assertThat(server.get("/api/webhooks").body()).doesNotContain(SECRET);
        assertThat(log(server)).doesNotContain(SECRET);
    }

    private static String log(GleanerServer server) {
        try {
            return Files.readString(server.home().resolve("logs/server.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theConsoleAddsAWebhookTriesItAndReplays(GleanerServer server) {
        String project = Fixtures.project(server);
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/platforms/events");
            browser.awaitText("h2", "Nobody is told yet");
            browser.pictures("events-none");
            assertThat(browser.barriers()).isEmpty();
            browser.find("#add input[name=url]").sendKeys("http://not-allowed.example/", Keys.ENTER);
            browser.awaitText("[role=alert]", "GLEANER_WEBHOOK_HOSTS");
            browser.complaints();

            browser.find("#add input[name=url]").clear();
            browser.find("#add option[value='" + project + "']").click();
            browser.find("#add input[name=url]").sendKeys(receiver.address() + "/console", Keys.ENTER);
            String secret = browser.find("#told code").getText();
            assertThat(secret).hasSizeGreaterThan(40);
            long webhook = items(server, "/api/webhooks").get(0).get("id").asLong();
            added.add(webhook);
            receiver.next(404);
            browser.button("Send a test").click();
            browser.awaitText("#deliveries", "it answers 404");
            browser.pictures("events-waiting");
            assertThat(browser.barriers()).isEmpty();
            browser.awaitText("#deliveries .badge", "delivered");
            assertThat(receiver.calls()).hasSize(2).allMatch(call -> call.isSigned(secret) && call.path().equals("/console"));

            browser.button("Replay").click();
            server.await("it is sent again", () -> receiver.calls().size() == 3);
            browser.button("Pause").click();
            browser.awaitText("#webhooks .badge", "paused");
            browser.awaitText("#deliveries .badge", "delivered");
            browser.pictures("events");
            assertThat(browser.barriers()).isEmpty();
            browser.button("Delete").click();
            browser.find("dialog .button.primary").click();
            browser.awaitText("h2", "Nobody is told yet");
            assertThat(browser.complaints()).isEmpty();
        }
    }
}
