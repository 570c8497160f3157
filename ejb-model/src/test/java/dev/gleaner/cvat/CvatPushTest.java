package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.StandInServer.Mishap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proposals that go to a CVAT. */
class CvatPushTest extends CvatTest {

    @Test
    void proposalsAreSentOnceAndNothingThatIsThereIsTouched() throws Exception {
        PlatformConnection connection = imported(3);
        cvat.shape(rectangle(0, 31, "manual", "[11,9,31,25]"));
        cvat.shape(rectangle(1, 32, "semi-auto", "[10,8,30,24]"));
        List<JsonNode> before = cvat.shapes();
        propose(connection, 0, "disc", 10);
        propose(connection, 0, "disc", 60);
        propose(connection, 1, "disc", 10);
        propose(connection, 1, "unknown there", 40);

        push(connection);

        assertThat(cvat.shapes()).startsWith(before.toArray(JsonNode[]::new)).hasSize(4);
        List<JsonNode> sent = cvat.shapes().subList(2, 4);
        assertThat(sent).allMatch(shape -> shape.get("source").asText().equals("auto") && shape.get("label_id").asInt() == 31);
        assertThat(sent).extracting(shape -> shape.get("frame") + " " + shape.get("points")).containsExactlyInAnyOrder("0 [60.0,8.0,80.0,24.0]", "1 [10.0,8.0,30.0,24.0]");

        push(connection);
        assertThat(cvat.shapes()).as("sent again, it is not there twice").hasSize(4);

        cvat.clear();
        push(connection);
        assertThat(cvat.shapes()).as("what somebody deleted is not sent again, what was not sent is").hasSize(1);
        assertThat(cvat.shapes().get(0).get("points").toString()).isEqualTo("[10.0,8.0,30.0,24.0]");
        assertThat(cvat.calls()).as("nothing is ever deleted or replaced").noneMatch(call -> call.startsWith("DELETE") || call.startsWith("PUT"));
    }

    @Test
    void whatIsRefusedOrLostOnTheWayIsMadeGoodAndNotSentTwice() throws Exception {
        PlatformConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        for (Mishap mishap : List.of(Mishap.REFUSED, Mishap.LOST_ANSWER)) {
            cvat.next(mishap, "PATCH .*/annotations");
            push(connection);
            assertThat(known(connection).error().orElseThrow()).as(mishap.toString()).contains("predictions could not be sent").doesNotContain(StandInCvat.TOKEN);
            assertThat(counts(connection)).isEqualTo(Map.of("SENDING", 1L));
            letTimePass();
            assertThat(cvat.shapes()).as(mishap.toString()).hasSize(1);
            assertThat(counts(connection)).isEqualTo(Map.of("SENT", 1L));
            assertThat(known(connection).error()).isEmpty();
            cvat.clear();
            push(connection);
            assertThat(cvat.shapes()).as("what somebody deleted does not come again").isEmpty();
            propose(connection, 0, "square", 30 * (mishap.ordinal() + 1));
        }
    }

    @Test
    void whatIsOrderedInTheMiddleOfTheWorkIsDoneAfterIt() throws Exception {
        PlatformConnection connection = imported(1);
        in(() -> platform.service.push(NAME, connection.id()));
        assertThat(in(() -> platform.tasks.take(connection.id()))).hasSize(1);
        assertThat(in(() -> platform.tasks.take(connection.id()))).as("it is taken").isEmpty();
        in(() -> platform.service.push(NAME, connection.id()));
        in(() -> {
            platform.tasks.sent(connection.id(), Map.of("5/000000", "digest"));
            return null;
        });
        assertThat(in(() -> platform.tasks.take(connection.id()))).singleElement().satisfies(due -> assertThat(due.fetch()).isFalse());
    }

    @Test
    void aJobThatIsOpenedAgainIsPushedToAgain() throws Exception {
        PlatformConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        cvat.job("ann", "completed");
        push(connection);
        assertThat(cvat.shapes()).isEmpty();
        cvat.job("ann", "in progress");
        push(connection);
        assertThat(cvat.shapes()).hasSize(1);
    }

    @Test
    void nothingIsSentToFramesThatOnlyTheGroundTruthHas() throws Exception {
        PlatformConnection connection = imported(3);
        cvat.jobs("[{\"id\":8,\"task_id\":5,\"type\":\"annotation\",\"state\":\"new\",\"start_frame\":0,\"stop_frame\":1},"
                + "{\"id\":9,\"task_id\":5,\"type\":\"ground_truth\",\"state\":\"new\",\"start_frame\":2,\"stop_frame\":2}]");
        for (int frame = 0; frame < 3; frame++) {
            propose(connection, frame, "disc", 10);
        }
        push(connection);
        assertThat(cvat.shapes()).extracting(shape -> shape.get("frame").intValue()).as("it would become ground truth").containsExactlyInAnyOrder(0, 1);
    }
}
