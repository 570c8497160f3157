package dev.gleaner.platform;

import dev.gleaner.TestDatabase;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.project.Project;
import jakarta.persistence.EntityManager;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What tests of a platform have in common: a real database, and a project with a champion that works with one platform. */
public abstract class PlatformTest {

    @RegisterExtension
    protected static final TestDatabase database = new TestDatabase();
    private static long numbers;

    private final String name;
    @TempDir
    protected Path home;
    protected PlatformHarness platform;
    protected Project project;
    /** The champion. */
    protected long model;

    /** @param name of the platform */
    protected PlatformTest(String name) {
        this.name = name;
    }

    protected abstract LabelingPlatform itself();

    @BeforeEach
    void prepareProject() throws Exception {
        EntityManager entities = database.entities();
        platform = new PlatformHarness(entities, home);
        platform.platforms.add(itself());
        project = in(() -> {
            // Only this test's project has anything to be done.
            entities.createNativeQuery("delete from platform_connections").executeUpdate();
            Project made = new Project("beside " + name + " " + ++numbers);
            platform.projects.add(made);
            return made;
        });
        model = in(() -> ((Number) entities.createNativeQuery(("insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance,"
                + " promoted_at) values (%d, 'tiny', 'CHAMPION', 'tiny', '/none', 'none', '{\"sources\": []}', now()) returning id").formatted(project.id()), Long.class)
                .getSingleResult()).longValue());
    }

    protected static <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    protected static byte[] picture(int width, int height) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", png);
        return png.toByteArray();
    }

    /** As it is in the database now. */
    protected PlatformConnection known(PlatformConnection connection) throws Exception {
        return in(() -> platform.connections.get(connection.id()));
    }

    protected Map<String, Long> counts(PlatformConnection connection) throws Exception {
        return in(() -> platform.service.counts(connection.id()));
    }

    /** Does all that is due about tasks. */
    protected void work() throws Exception {
        while (in(() -> platform.work.handleTasks()) > 0) {
            // Some at a time.
        }
    }

    protected void push(PlatformConnection connection) throws Exception {
        in(() -> platform.service.push(name, connection.id()));
        work();
    }

    /** Somebody has everything looked through. */
    protected void pull(PlatformConnection connection) throws Exception {
        in(() -> {
            platform.service.pull(connection.id());
            return null;
        });
        poll();
    }

    /** Looks at what changed, as if the pause before were over. */
    protected void pollAgain() throws Exception {
        in(() -> database.entities().createNativeQuery("update platform_connections set polled_at = now() - interval '1 day'").executeUpdate());
        poll();
    }

    protected void poll() throws Exception {
        in(() -> {
            platform.work.poll();
            return null;
        });
    }

    /** As if its pause were over. */
    protected void letTimePass() throws Exception {
        in(() -> database.entities().createNativeQuery("update platform_tasks set due_at = now() where due_at is not null").executeUpdate());
        work();
    }

    /** A run's proposal of a dog in the image {@code image} of a task, from {@code x} on. */
    protected void propose(PlatformConnection known, long task, double x) throws Exception {
        in(() -> {
            Image image = new DatasetRepository(database.entities()).findImage(platform.images.imageOf(known.id(), String.valueOf(task), "image").orElseThrow()).orElseThrow();
            platform.images.propose(image, model, Set.of("dog"), List.of(new Detection("dog", "dog", Box.xywh(x, 8, 20, 16), 0.75)));
            return null;
        });
    }
}
