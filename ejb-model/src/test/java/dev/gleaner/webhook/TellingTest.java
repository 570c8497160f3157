package dev.gleaner.webhook;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Settings;
import dev.gleaner.TestDatabase;
import dev.gleaner.event.LabelingRunEnded;
import dev.gleaner.platform.TokenVault;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import dev.gleaner.webhook.StandInReceiver.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What tests of telling others have in common: events go through a real database and real HTTP to a stand-in for a receiver. */
abstract class TellingTest {

    static final String SECRET = "a secret of the receiver";

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();
    private static long numbers;

    @TempDir
    Path home;
    StandInReceiver receiver;
    WebhookService webhooks;
    WebhookOutbox outbox;
    WebhookQueue queue;
    WebhookSender sender;
    Project project;

    @BeforeEach
    void prepare() throws Exception {
        ProjectRepository projects = new ProjectRepository(database.entities());
        TokenVault vault = new TokenVault(new Settings(home, "cpu", List.of(), Optional.empty(), false));
        WebhookSettings settings = allowing("127.0.0.1");
        WebhookRepository repository = new WebhookRepository(database.entities());
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

    static WebhookSettings allowing(String hosts) {
        return WebhookSettings.of(Map.of("GLEANER_WEBHOOK_HOSTS", hosts));
    }

    static <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    static void run(Runnable work) throws Exception {
        in(() -> {
            work.run();
            return null;
        });
    }

    long webhook(String... types) throws Exception {
        return in(() -> webhooks.add(project.name(), receiver.address() + "/hook", SECRET, types.length == 0 ? null : List.of(types), "ada").webhook().id());
    }

    void happens(long run) throws Exception {
        run(() -> outbox.happened(new LabelingRunEnded(project.id(), run, 2, 3, true)));
    }

    int send() throws Exception {
        return in(() -> sender.send());
    }

    /** As if all pauses were over. */
    void letTimePass() throws Exception {
        run(() -> database.entities().createNativeQuery("update webhooks set due_at = now() - interval '1 second', taken_until = null").executeUpdate());
    }

    List<WebhookDelivery> log(long webhook) throws Exception {
        return in(() -> webhooks.deliveries(webhook, Long.MAX_VALUE, 100));
    }

    static long runOf(Call call) {
        try {
            return new ObjectMapper().readTree(call.body()).get("data").get("labelingRun").asLong();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
