package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.PixelSize;
import dev.gleaner.glip.Box;
import dev.gleaner.platform.LabelingPlatform;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformHarness;
import dev.gleaner.platform.PlatformPrediction;
import dev.gleaner.platform.PlatformPrediction.ProposedBox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a CVAT, or what is before it, does wrong, and what changes in it meanwhile. */
class CvatTroubleTest extends CvatTest {

    private static final String CREATE = "PATCH .*/annotations";

    @TempDir
    private Path besides;

    @Override
    protected LabelingPlatform itself() {
        return new CvatPlatform(new CvatClient(Duration.ofSeconds(2)));
    }

    private long number(String sql) throws Exception {
        return in(() -> ((Number) database.entities().createNativeQuery(sql).getSingleResult()).longValue());
    }

    @Test
    void errorsAreToldWithoutSecretsAndMadeGood() throws Exception {
        PlatformConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        for (int status : new int[] {301, 400, 401, 403, 404, 500, 502}) {
            cvat.answer(CREATE, status, Map.of(), "{\"detail\":\"no\"}");
            push(connection);
            assertThat(known(connection).error().orElseThrow()).contains("predictions could not be sent").contains("answers " + status).doesNotContain(StandInCvat.TOKEN);
            assertThat(counts(connection)).isEqualTo(Map.of("SENDING", 1L));
        }
        cvat.answerAsUsual();
        letTimePass();
        assertThat(cvat.shapes()).hasSize(1);
        assertThat(known(connection).error()).isEmpty();
    }

    @Test
    void whoAsksForAPauseGetsItHoweverOften() throws Exception {
        PlatformConnection connection = imported(3);
        for (int frame = 0; frame < 3; frame++) {
            propose(connection, frame, "disc", 10);
        }
        cvat.answer(CREATE, 429, Map.of("Retry-After", "1200"), "{}");
        push(connection);
        for (int i = 0; i < 10; i++) {
            letTimePass();
        }
        assertThat(number("select count(*) from platform_tasks where due_at > now() + interval '15 minutes' and attempts = 0")).isEqualTo(3);
        cvat.answerAsUsual();
        letTimePass();
        assertThat(cvat.shapes()).hasSize(3);
    }

    @Test
    void imagesAreNotAskedForWhileItAsksForAPause() throws Exception {
        PlatformConnection connection = connected(TASK, 5);
        cvat.answer("GET .*/data", 429, Map.of("Retry-After", "1200"), "{}");
        importTasks(connection);
        assertThat(cvat.calls().stream().filter(call -> call.endsWith("/data"))).hasSize(1);
        cvat.answerAsUsual();
        letTimePass();
        assertThat(counts(connection)).isEqualTo(Map.of("KNOWN", 5L));
    }

    @Test
    void aPollPausesToo() throws Exception {
        PlatformConnection connection = connected(TASK, 1);
        cvat.answer("GET /api/jobs", 503, Map.of("Retry-After", "1800"), "{}");
        poll();
        assertThat(known(connection).error().orElseThrow()).contains("answers 503");
        assertThat(number("select count(*) from platform_connections where polled_at > now() + interval '20 minutes'")).isEqualTo(1);
    }

    @Test
    void aSignInPageIsNoSuccess() throws Exception {
        PlatformConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        cvat.answer(CREATE, 200, Map.of("Content-Type", "text/html"), "<html>Sign in</html>");
        push(connection);
        assertThat(counts(connection)).isEqualTo(Map.of("SENDING", 1L));
        assertThat(known(connection).error().orElseThrow()).contains("a page for people");
        cvat.answer("GET /api/labels", 200, Map.of(), "<html>Sign in</html>");
        letTimePass();
        assertThat(known(connection).error().orElseThrow()).contains("expected JSON");
        cvat.answerAsUsual();
        letTimePass();
        assertThat(cvat.shapes()).hasSize(1);
    }

    @Test
    void anAnswerThatStopsInTheMiddleKeepsNobodyWaiting() throws Exception {
        PlatformConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        cvat.stall("GET .*/data/meta");
        push(connection);
        assertThat(known(connection).error().orElseThrow()).contains("does not answer within 2 seconds");
        cvat.stall("none");
        letTimePass();
        assertThat(cvat.shapes()).hasSize(1);
    }

    @Test
    void pagesWithoutAnEndAreLeft() throws Exception {
        PlatformConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        cvat.answer("GET /api/labels", 200, Map.of(), "{\"next\":\"http://cvat/api/labels?page=2\",\"results\":[{\"id\":31,\"name\":\"disc\"}]}");
        push(connection);
        assertThat(known(connection).error().orElseThrow()).contains("page after page");
        cvat.answer("GET /api/jobs", 200, Map.of(), "{\"next\":\"x\",\"results\":[{\"id\":1,\"task_id\":5,\"updated_date\":\"2026-01-01T08:00:00Z\"}]}");
        pull(connection);
        assertThat(known(connection).error().orElseThrow()).contains("does not go on");
    }

    @Test
    void aRenamedLabelIsAnotherOne() throws Exception {
        PlatformConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        cvat.shape(rectangle(0, 32, "manual", "[60,8,80,24]"));
        cvat.labels("[{\"id\":31,\"name\":\"circle\",\"type\":\"any\"}]");
        push(connection);
        assertThat(cvat.shapes()).as("there is no disc any more").hasSize(1);
        assertThat(known(connection).error()).isEmpty();
        cvat.shape(rectangle(0, 31, "manual", "[10,8,30,24]"));
        cvat.job("ann", "completed");
        pull(connection);
        assertThat(boxes(connection, 0)).as("and nothing is said of discs and squares").containsExactly("circle ACCEPTED", "disc PROPOSED");
    }

    @Test
    void aTaskThatIsDeletedMeanwhileKeepsNoOtherBack() throws Exception {
        PlatformConnection connection = connected("projects/3", 1);
        ProposedBox box = new ProposedBox("image", new PixelSize(100, 80), "disc", Box.xywh(10, 8, 20, 16), 0.75);
        Map<String, List<ProposedBox>> sent = ((CvatPlatform) platform.platforms.get(0)).send(in(() -> platform.connections.project(connection.id())),
                List.of(new PlatformPrediction("4/000000", "tiny", List.of(box)), new PlatformPrediction("5/000000", "tiny", List.of(box))));
        assertThat(sent).containsOnlyKeys("5/000000");
        assertThat(cvat.shapes()).hasSize(1);
    }

    @Test
    void twoPushesAtOnceSendEachBoxOnce() throws Exception {
        PlatformConnection connection = imported(1);
        in(() -> platform.service.push(NAME, connection.id()));
        in(() -> {
            assertThat(platform.tasks.take(connection.id())).hasSize(1);
            assertThat(database.<List<?>>besides(own -> new PlatformHarness(own, besides).tasks.take(connection.id()))).as("another server, at the same time").isEmpty();
            return null;
        });
        in(() -> database.entities().createNativeQuery("update platform_tasks set due_at = now() + interval '1 second'").executeUpdate());
        in(() -> {
            platform.tasks.sending(connection.id(), List.of("5/000000"), false);
            return null;
        });
        assertThat(number("select count(*) from platform_tasks where due_at > now() + interval '5 minutes'")).as("what took long before it is sent stays one server's").isEqualTo(1);
    }

    @Test
    void aTrackIsNotProposedAgain() throws Exception {
        PlatformConnection connection = imported(2);
        cvat.tracks("[{\"id\":1,\"frame\":0,\"label_id\":31,\"source\":\"manual\",\"shapes\":[{\"type\":\"rectangle\",\"frame\":0,\"outside\":false,\"points\":[10,8,30,24]}]}]");
        propose(connection, 1, "disc", 10);
        propose(connection, 1, "disc", 60);
        push(connection);
        assertThat(cvat.shapes()).extracting(shape -> shape.get("points").toString()).containsExactly("[60.0,8.0,80.0,24.0]");
        assertThat(cvat.calls()).noneMatch(call -> call.startsWith("DELETE") || call.startsWith("PUT"));
    }
}
