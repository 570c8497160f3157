package dev.gleaner.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Conflict;
import dev.gleaner.event.DatasetConcluded;
import dev.gleaner.event.ImageDecided;
import dev.gleaner.event.LabelingRunEnded;
import dev.gleaner.webhook.StandInReceiver.Call;
import dev.gleaner.webhook.WebhookDelivery.Status;
import dev.gleaner.webhook.WebhookQueue.Due;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is told to whom and when, and what becomes of what fails. */
class WebhookDeliveryTest extends TellingTest {

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

        assertThat(receiver.calls()).extracting(TellingTest::runOf).containsExactly(1L, 1L, 1L, 2L);
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
