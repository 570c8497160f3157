package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.platform.PlatformConnection;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is connected of a CVAT, and the frames of it that become a dataset. */
class CvatConnectionTest extends CvatTest {

    private void refused(String address, String token, String subject, String secret, String why) {
        assertThatThrownBy(() -> in(() -> platform.service.connect(NAME, project.name(), address, token, subject, secret))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining(why).hasMessageNotContaining("ken\n").hasMessageNotContaining("wrong-token").hasMessageNotContaining(StandInCvat.TOKEN);
    }

    @Test
    void framesBecomeADataset() throws Exception {
        cvat.deleted("[1]");
        PlatformConnection connection = imported(23);
        long dataset = connection.datasetId().orElseThrow();
        assertThat(in(() -> new DatasetRepository(database.entities()).find(dataset)).orElseThrow().imageCount()).as("all but the deleted one").isEqualTo(22);
        assertThat(in(() -> image(connection, 22)).width()).isEqualTo(122);
        assertThat(in(() -> image(connection, 22)).fileName()).startsWith("5/000022/").endsWith("-shape 22.png");
        assertThat(counts(connection)).isEqualTo(Map.of("KNOWN", 22L));
        assertThat(connection.title()).contains("street");
        assertThat(connection.identity()).as("what it is, and when it was made").isEqualTo("tasks/5.1767254400");
        long fetched = cvat.calls().stream().filter(call -> call.endsWith("/data")).count();

        importTasks(connection);

        assertThat(cvat.calls().stream().filter(call -> call.endsWith("/data"))).as("none twice").hasSize((int) fetched);
        assertThat(cvat.authorizations()).containsOnly("Bearer " + StandInCvat.TOKEN);
    }

    @Test
    void allTasksOfAProjectBecomeOne() throws Exception {
        PlatformConnection connection = connected("projects/3", 2);
        assertThat(connection.title()).contains("town");
        assertThat(importTasks(connection)).as("a task without frames is passed over").isEqualTo(2);
        assertThat(in(() -> image(connection, 1)).width()).isEqualTo(101);
        propose(connection, 1, "disc", 10);
        push(connection);
        assertThat(cvat.shapes()).hasSize(1);
        cvat.job("ann", "completed");
        pull(connection);
        assertThat(boxes(connection, 1)).containsExactly("disc ACCEPTED");
    }

    @Test
    void aFunctionHasNoTasks() throws Exception {
        PlatformConnection connection = connected("functions/12", 1);
        assertThat(importTasks(connection)).isZero();
        pull(connection);
        assertThat(known(connection).error()).isEmpty();
        assertThat(cvat.calls()).containsExactly("GET /api/functions/12");
    }

    @Test
    void badOrdersAreRefusedWithoutSecrets() throws Exception {
        refused("cvat", StandInCvat.TOKEN, TASK, SECRET, "url is \"cvat\"");
        refused("http://name:word@cvat.example", StandInCvat.TOKEN, TASK, SECRET, "url is");
        refused(cvat.address(), "to\nken", TASK, SECRET, "token is missing");
        refused(cvat.address(), StandInCvat.TOKEN, TASK, " ", "secret is missing");
        refused(cvat.address(), "wrong-token", TASK, SECRET, "answers 401");
        refused(cvat.address(), StandInCvat.TOKEN, "jobs/5", SECRET, "remote is \"jobs/5\"");
        refused(cvat.address(), StandInCvat.TOKEN, "tasks/6", SECRET, "remote is \"tasks/6\"");
        refused(cvat.address(), StandInCvat.TOKEN, "functions/13", SECRET, "remote is \"functions/13\"");
        assertThatThrownBy(() -> in(() -> platform.service.connect(NAME, "none", cvat.address(), StandInCvat.TOKEN, TASK, null)))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("project");
        assertThat(in(() -> platform.connections.all())).isEmpty();
        PlatformConnection connection = connected(TASK, 1);
        assertThatThrownBy(() -> in(() -> platform.service.importTasks(NAME, connection.id() + 1))).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> in(() -> {
            platform.service.pull(connection.id() + 1);
            return null;
        })).isInstanceOf(NotFound.class);
        assertThat(in(() -> platform.connections.project(connection.id())).toString()).doesNotContain(StandInCvat.TOKEN).doesNotContain(SECRET);
        assertThat(in(() -> (String) database.entities().createNativeQuery("select token || secret from platform_connections", String.class).getSingleResult()))
                .doesNotContain(StandInCvat.TOKEN).doesNotContain(SECRET);
        in(() -> {
            platform.service.disconnect(NAME, connection.id());
            return null;
        });
        assertThat(in(() -> platform.connections.all())).isEmpty();
    }
}
