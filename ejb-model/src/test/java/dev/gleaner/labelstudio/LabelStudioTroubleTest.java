package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.platform.PlatformConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a Label Studio, or what is before it, does wrong, what changes in it meanwhile, and how little it is asked. */
class LabelStudioTroubleTest extends ConnectedLabelStudioTest {

    private static final String IMPORT = "POST .*/import/predictions";

    LabelStudioTroubleTest() {
        super(Duration.ofSeconds(2));
    }

    @Test
    void errorsAreToldWithoutSecretsAndMadeGood() throws Exception {
        PlatformConnection known = imported(2);
        propose(known, 1, 10);
        propose(known, 2, 10);
        for (int status : new int[] {302, 400, 401, 403, 404, 500}) {
            labelStudio.answer(".*(import/predictions|/api/predictions/)", status, Map.of("Location", labelStudio.address() + "/elsewhere"), "{}");
            push(known);
            assertThat(known(known).error().orElseThrow()).contains("answers " + status).doesNotContain(StandInLabelStudio.LEGACY);
            assertThat(counts(known)).isEqualTo(Map.of("SENDING", 2L));
        }
        assertThat(labelStudio.calls()).as("nothing is sent where a redirect leads").noneMatch(call -> call.startsWith("POST") && call.endsWith("/elsewhere"));
        labelStudio.answerAsUsual();
        letTimePass();
        assertThat(labelStudio.predictionCount()).isEqualTo(2);
        assertThat(known(known).error()).isEmpty();
    }

    @Test
    void aSignInPageIsNoSuccess() throws Exception {
        labelStudio.answer("GET /api/projects/1", 200, Map.of("Content-Type", "text/html"), "<html>Sign in</html>");
        assertThatThrownBy(() -> connected(1)).isInstanceOf(InvalidInput.class).hasMessageContaining("url").hasMessageContaining("a page for people");
        labelStudio.answer("GET /api/projects/1", 200, Map.of(), "<html>Sign in</html>");
        assertThatThrownBy(() -> connected(1)).isInstanceOf(InvalidInput.class).hasMessageContaining("url").hasMessageContaining("cannot be read; expected well-formed JSON");
        labelStudio.answerAsUsual();
        PlatformConnection known = imported(1);
        propose(known, 1, 10);
        labelStudio.answer(IMPORT, 200, Map.of("Content-Type", "text/html"), "<html>Sign in</html>");
        push(known);
        assertThat(counts(known)).isEqualTo(Map.of("SENDING", 1L));
        labelStudio.answerAsUsual();
        letTimePass();
        assertThat(labelStudio.predictionCount()).isEqualTo(1);
    }

    @Test
    void aPauseThatItAsksForAndAnAnswerThatStopsAreBorne() throws Exception {
        PlatformConnection known = connected(4);
        labelStudio.answer("GET /data/upload.*", 429, Map.of("Retry-After", "1200"), "");
        in(() -> platform.service.importTasks(NAME, known.id()));
        work();
        assertThat(labelStudio.calls().stream().filter(call -> call.startsWith("GET /data/upload"))).hasSize(1);
        labelStudio.answerAsUsual();
        labelStudio.stall("GET /data/upload/1/2.png");
        letTimePass();
        assertThat(counts(known)).isEqualTo(Map.of("KNOWN", 3L, "FETCHING", 1L));
        assertThat(known(known).error().orElseThrow()).contains("does not answer within 2 seconds");
    }

    @Test
    void anImageOnAHostThatMayNotBeAskedIsToldWithTheSetting() throws Exception {
        PlatformConnection known = connected(2);
        labelStudio.tasks(2, i -> i == 1 ? "/data/upload/1/1.png" : "http://images.example/2.png?token=secret");

        in(() -> platform.service.importTasks(NAME, known.id()));
        work();

        assertThat(known(known).error().orElseThrow()).isEqualTo("task 2: images.example is no host that may be asked; expected one of GLEANER_REMOTE_HOSTS, which names none");
        assertThat(counts(known)).isEqualTo(Map.of("KNOWN", 1L, "FETCHING", 1L));
    }

    @Test
    void theSamePageAgainAndAgainIsLeft() throws Exception {
        PlatformConnection known = connected(1);
        labelStudio.answer("GET /api/tasks", 200, Map.of(), "{\"tasks\":[{\"id\":1,\"data\":{\"image\":\"/a.png\"}}],\"total\":100000}");
        assertThatThrownBy(() -> in(() -> platform.service.importTasks(NAME, known.id()))).isInstanceOf(Conflict.class).hasMessageContaining("again and again");
    }

    @Test
    void renamedLabelsAreTheOnesToBeSent() throws Exception {
        PlatformConnection known = imported(1);
        String before = known(known).labelConfig().orElseThrow();
        labelStudio.labelConfig(before.replace("dog", "hound"));
        push(known);
        assertThat(known(known).labelConfig().orElseThrow()).contains("hound").doesNotContain("dog");
    }

    @Test
    void anotherProjectOfTheSameNumberIsToldFromTheOneThatWasConnected() throws Exception {
        PlatformConnection known = imported(1);
        labelStudio.answer("GET /api/projects/1", 200, Map.of(), "{\"id\":1,\"title\":\"new\",\"created_at\":\"2026-12-01T00:00:00Z\",\"label_config\":\"<View/>\"}");
        pull(known);
        assertThat(known(known).error().orElseThrow()).contains("is another one than was connected");
        assertThat(labelStudio.calls()).noneMatch(call -> call.endsWith("/export"));
    }

    @Test
    void onlyWhatChangedIsAskedFor() throws Exception {
        String export = new String(Recorded.body("export"), StandardCharsets.UTF_8);
        for (TaskJson.Task task : InterfaceJson.exported(Recorded.body("export")).values()) {
            labelStudio.image(task.address("image"), picture(160, 120));
        }
        labelStudio.export(export.replace("2026-11-23", "2026-01-23"));
        PlatformConnection known = in(() -> platform.service.connect(NAME, project.name(), labelStudio.address(), StandInLabelStudio.LEGACY, "1"));
        poll();
        assertThat(in(() -> platform.images.imageOf(known.id(), "1", "image"))).isPresent();
        assertThat(known(known).error()).isEmpty();
        int before = labelStudio.calls().size();
        pollAgain();
        assertThat(labelStudio.calls().subList(before, labelStudio.calls().size())).as("nothing changed").containsExactly("GET /api/projects/1", "GET /api/tasks");

        String now = Instant.now().toString();
        labelStudio.export(export.replace("2026-11-23", "2026-01-23").replaceFirst("2026-01-23T11:10:13.515696Z", now).replaceFirst("2026-01-23T11:10:13.533044Z", now)
                .replaceFirst("\"was_cancelled\":false", "\"was_cancelled\":true"));
        pollAgain();
        assertThat(labelStudio.calls().subList(before + 2, labelStudio.calls().size())).containsExactly("GET /api/projects/1", "GET /api/tasks", "GET /api/projects/1/export");
        long image = in(() -> platform.images.imageOf(known.id(), "1", "image")).orElseThrow();
        List<?> actions = in(() -> database.entities().createNativeQuery("select action from review_decisions where image_id = " + image + " order by id", String.class).getResultList());
        assertThat(actions.toString()).startsWith("[DECIDE").contains("SKIP");
    }
}
