package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.HmacSha256;
import dev.gleaner.InvalidInput;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformReview;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What people finish in a CVAT becomes reviews. */
class CvatReviewsTest extends CvatTest {

    private boolean event(long connection, String secret, String body) throws Exception {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String signature = secret == null ? null : HmacSha256.of(secret, bytes);
        return in(() -> platform.inbox.receiveSigned(NAME, connection, header -> header.equals("X-Signature-256") ? signature : null, bytes));
    }

    private long events() throws Exception {
        return in(() -> (Long) database.entities().createNativeQuery("select count(*) from platform_events", Long.class).getSingleResult());
    }

    @Test
    void whatPeopleFinishedBecomesAReviewOnce() throws Exception {
        PlatformConnection connection = imported(2);
        propose(connection, 0, "disc", 10);
        propose(connection, 0, "disc", 60);
        cvat.shape(rectangle(0, 31, "auto", "[10,8,30,24]"));
        cvat.shape(rectangle(0, 32, "manual", "[-5,40,25,70]"));
        cvat.job("ann", "in progress");
        pull(connection);
        assertThat(boxes(connection, 0)).as("nobody has finished").containsExactly("disc PROPOSED", "disc PROPOSED");

        cvat.job("ann", "completed");
        pull(connection);
        pull(connection);

        assertThat(boxes(connection, 0)).containsExactly("disc ACCEPTED", "disc REJECTED", "square ACCEPTED");
        assertThat(reviews(connection, 0)).containsExactly("cvat cvat/ann DECIDE");
        assertThat(boxes(connection, 1)).isEmpty();
        assertThat(reviews(connection, 1)).as("that nothing is there").containsExactly("cvat cvat/ann DECIDE");

        cvat.clear();
        pull(connection);
        assertThat(boxes(connection, 0)).containsExactly("disc REJECTED", "disc REJECTED", "square REJECTED");
        cvat.shape(rectangle(0, 31, "auto", "[10,8,30,24]"));
        cvat.shape(rectangle(0, 32, "manual", "[-5,40,25,70]"));
        pull(connection);
        assertThat(boxes(connection, 0)).as("what was said before may be said again").containsExactly("disc ACCEPTED", "disc REJECTED", "square ACCEPTED");
        assertThat(reviews(connection, 0)).hasSize(3);
    }

    @Test
    void theLastWordIsTheTasksWhoeverHasIt() throws Exception {
        PlatformConnection connection = imported(1);
        propose(connection, 0, "disc", 10);
        cvat.shape(rectangle(0, 31, "auto", "[10,8,30,24]"));
        cvat.job("ann", "completed");
        pull(connection);
        cvat.clear();
        cvat.job("bob", "completed");
        pull(connection);
        assertThat(boxes(connection, 0)).containsExactly("disc REJECTED");
        assertThat(reviews(connection, 0)).containsExactly("cvat cvat/ann DECIDE", "cvat cvat/ann UNDO", "cvat cvat/bob DECIDE");
        push(connection);
        assertThat(cvat.shapes()).as("nothing is proposed where people have finished").isEmpty();
    }

    @Test
    void aFrameOfSeveralJobsIsDecidedWhenAllOfThemAreCompleted() throws Exception {
        PlatformConnection connection = imported(3);
        propose(connection, 1, "disc", 10);
        propose(connection, 1, "disc", 60);
        cvat.shape(rectangle(0, 31, "manual", "[40,8,60,24]"));
        // In the first job somebody has moved a box that is where it was in the second one: the task shows both.
        cvat.shape(rectangle(1, 31, "manual", "[10,8,30,24]"));
        cvat.shape(rectangle(1, 31, "auto", "[60,8,80,24]"));
        String jobs = "[{\"id\":8,\"task_id\":5,\"state\":\"completed\",\"start_frame\":0,\"stop_frame\":1,\"assignee\":{\"username\":\"ann\"}},"
                + "{\"id\":9,\"task_id\":5,\"state\":\"%s\",\"start_frame\":1,\"stop_frame\":2,\"assignee\":{\"username\":\"bob\"}}]";
        cvat.jobs(jobs.formatted("in progress"));
        pull(connection);
        assertThat(reviews(connection, 0)).containsExactly("cvat cvat/ann DECIDE");
        assertThat(reviews(connection, 1)).isEmpty();
        assertThat(boxes(connection, 1)).containsExactly("disc PROPOSED", "disc PROPOSED");

        cvat.jobs(jobs.formatted("completed"));
        pull(connection);
        assertThat(reviews(connection, 1)).containsExactly("cvat cvat/bob DECIDE");
        assertThat(boxes(connection, 1)).containsExactly("disc ACCEPTED", "disc ACCEPTED");
    }

    @Test
    void whatIsReadAndComesLateDoesNotUndoWhatWasReadSince() throws Exception {
        PlatformConnection connection = imported(1);
        CvatPlatform itself = (CvatPlatform) platform.platforms.get(0);
        cvat.shape(rectangle(0, 31, "manual", "[10,8,30,24]"));
        cvat.job("ann", "completed");
        List<PlatformReview> early = itself.reviews(in(() -> platform.connections.project(connection.id())));
        cvat.clear();
        pull(connection);
        in(() -> {
            platform.reviews.review(connection.id(), early.get(0), Set.of("disc"));
            return null;
        });
        assertThat(boxes(connection, 0)).isEmpty();
    }

    @Test
    void aSignedEventHasItsTaskPulledAndItsFramesFetched() throws Exception {
        PlatformConnection connection = connected(TASK, 2);
        cvat.shape(rectangle(1, 31, "manual", "[10,8,30,24]"));
        cvat.job("ann", "completed");
        String done = "{\"event\":\"update:job\",\"job\":{\"id\":8,\"task_id\":5,\"state\":\"completed\"},\"webhook_id\":1}";
        assertThat(event(connection.id(), "wrong", done)).isFalse();
        assertThat(event(connection.id(), null, done)).isFalse();
        assertThat(event(connection.id() + 1, SECRET, done)).isFalse();
        assertThat(events()).as("nothing of it is kept").isZero();
        assertThat(known(connection).lastEvent()).contains("connected");

        assertThat(event(connection.id(), SECRET, "{\"event\":\"update:task\",\"task\":{\"id\":5}}")).isTrue();
        assertThat(events()).isZero();
        assertThat(event(connection.id(), SECRET, done)).isTrue();
        assertThat(event(connection.id(), SECRET, done)).isTrue();
        assertThat(event(connection.id(), SECRET, done.replace("5", "6"))).as("of a task that is not this connection's").isTrue();
        assertThat(events()).isEqualTo(3);
        assertThat(known(connection).lastEvent()).contains("update:job");
        assertThatThrownBy(() -> event(connection.id(), SECRET, "{}")).isInstanceOf(InvalidInput.class);
        assertThat(in(() -> platform.work.handleEvents())).isEqualTo(3);

        assertThat(events()).isZero();
        assertThat(boxes(connection, 1)).containsExactly("disc ACCEPTED");
        assertThat(reviews(connection, 1)).containsExactly("cvat cvat/ann DECIDE");
        assertThat(cvat.calls()).noneMatch(call -> call.contains("/6"));

        in(() -> platform.service.connect(NAME, project.name(), cvat.address(), StandInCvat.LEGACY, TASK, null));
        assertThat(event(connection.id(), SECRET, done)).as("there is no secret any more").isFalse();
        assertThat(in(() -> platform.connections.all())).as("connected again is connected once").hasSize(1);
    }

    /** Disc 31 goes from frame 0 to frame 2 and is gone in frame 3. */
    private static String track(long id, int left) {
        return ("[{\"id\":%d,\"frame\":0,\"label_id\":31,\"group\":0,\"source\":\"manual\",\"attributes\":[],\"elements\":[],\"shapes\":["
                + "{\"id\":1,\"type\":\"rectangle\",\"frame\":0,\"outside\":false,\"rotation\":0.0,\"points\":[10,8,30,24]},"
                + "{\"id\":2,\"type\":\"rectangle\",\"frame\":2,\"outside\":false,\"rotation\":0.0,\"points\":[%d,8,%d,24]},"
                + "{\"id\":3,\"type\":\"rectangle\",\"frame\":3,\"outside\":true,\"rotation\":0.0,\"points\":[%2$d,8,%3$d,24]}]}]").formatted(id, left, left + 20);
    }

    @Test
    void boxesOfTracksBecomeReviewsOfTheirFramesOnce() throws Exception {
        PlatformConnection connection = imported(4);
        propose(connection, 1, "disc", 20);
        propose(connection, 3, "disc", 30);
        cvat.tracks(track(1, 30));
        cvat.job("ann", "completed");

        pull(connection);
        pull(connection);

        assertThat(boxes(connection, 0)).containsExactly("disc ACCEPTED");
        assertThat(boxes(connection, 1)).as("between two key frames").containsExactly("disc ACCEPTED");
        assertThat(boxes(connection, 2)).containsExactly("disc ACCEPTED");
        assertThat(boxes(connection, 3)).as("outside").containsExactly("disc REJECTED");
        for (int frame = 0; frame < 4; frame++) {
            assertThat(reviews(connection, frame)).containsExactly("cvat cvat/ann DECIDE");
        }
        assertThat(known(connection).error()).isEmpty();

        cvat.tracks(track(71, 30));
        pull(connection);
        assertThat(reviews(connection, 1)).as("saved again, it has other numbers in CVAT and says the same").hasSize(1);
        cvat.tracks(track(71, 60));
        pull(connection);
        assertThat(reviews(connection, 0)).as("a key frame that nobody moved").hasSize(1);
        assertThat(reviews(connection, 1)).as("a frame before one that somebody moved").hasSize(2);
        assertThat(cvat.calls()).as("nothing is changed there").allMatch(call -> call.startsWith("GET"));
    }

    /** Many tasks with a job each, of which task 5 alone is completed, all of the first day of 2026. */
    private String manyJobs(int count, String newest) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> "{\"id\":%d,\"task_id\":%d,\"state\":\"%s\",\"start_frame\":0,\"stop_frame\":0,\"assignee\":null,\"updated_date\":\"%s\"}"
                .formatted(i, i == 200 ? 5 : i + 1000, i == 200 ? "completed" : "in progress", i == 200 ? newest : "2026-01-01T08:%02d:00Z".formatted(i % 7)))
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void onlyWhatChangedIsAskedFor() throws Exception {
        PlatformConnection connection = connected("projects/3", 1);
        cvat.shape(rectangle(0, 31, "manual", "[10,8,30,24]"));
        cvat.jobs(manyJobs(250, "2026-01-01T08:03:00Z"));
        poll();
        assertThat(boxes(connection, 0)).containsExactly("disc ACCEPTED");
        assertThat(cvat.calls().stream().filter(call -> call.equals("GET /api/jobs"))).as("three pages of the project's, one of the task's").hasSize(4);
        int before = cvat.calls().size();

        pollAgain();
        assertThat(cvat.calls().subList(before, cvat.calls().size())).as("nothing changed").containsExactly("GET /api/jobs");

        cvat.clear();
        pollAgain();
        assertThat(boxes(connection, 0)).as("CVAT says that nothing changed").containsExactly("disc ACCEPTED");
        cvat.jobs(manyJobs(250, Instant.now().toString()));
        pollAgain();
        assertThat(boxes(connection, 0)).containsExactly("disc REJECTED");
        assertThat(reviews(connection, 0)).hasSize(2);
        pollAgain();
        assertThat(reviews(connection, 0)).as("read twice, since its transaction may have come late, and decided once").hasSize(2);
    }

    @Test
    void aLookThatBrokeOffGoesOnWhereItWas() throws Exception {
        PlatformConnection connection = connected("projects/3", 1);
        cvat.shape(rectangle(0, 31, "manual", "[10,8,30,24]"));
        cvat.jobs(manyJobs(250, "2026-01-01T08:07:00Z"));
        cvat.answer("GET /api/tasks/5/annotations", 500, Map.of(), "{}");
        poll();
        assertThat(known(connection).error().orElseThrow()).contains("reviews could not be read").contains("answers 500");
        int before = cvat.calls().size();
        cvat.answerAsUsual();
        pollAgain();
        assertThat(cvat.calls().subList(before, cvat.calls().size()).stream().filter(call -> call.equals("GET /api/jobs")))
                .as("the last page, and the task's own jobs").hasSize(2);
        assertThat(boxes(connection, 0)).containsExactly("disc ACCEPTED");
        assertThat(known(connection).error()).as("it works again").isEmpty();
    }

    @Test
    void aTaskThatCannotBeReadKeepsNoOtherBack() throws Exception {
        PlatformConnection connection = connected("projects/3", 1);
        cvat.shape(rectangle(0, 31, "manual", "[10,8,30,24]"));
        String gone = "{\"id\":1,\"task_id\":77,\"state\":\"completed\",\"start_frame\":0,\"stop_frame\":0}";
        String here = "{\"id\":2,\"task_id\":5,\"state\":\"completed\",\"start_frame\":0,\"stop_frame\":0}";
        cvat.jobs("[" + gone + "," + here + "]");
        poll();
        assertThat(boxes(connection, 0)).containsExactly("disc ACCEPTED");
        assertThat(known(connection).error()).as("one that is deleted has nothing to say").isEmpty();

        cvat.answer("GET /api/tasks/5/annotations", 403, Map.of(), "{}");
        pull(connection);
        assertThat(known(connection).error().orElseThrow()).contains("task 5").contains("answers 403");
        cvat.answerAsUsual();
        cvat.clear();
        pollAgain();
        assertThat(known(connection).error()).isEmpty();
        assertThat(boxes(connection, 0)).as("it is asked again until it answers").containsExactly("disc REJECTED");
    }
}
