package dev.gleaner.cvat;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.platform.LabelingPlatform;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformTest;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** What tests have in common in which frames and decisions come from a stand-in for CVAT, and proposals go there, through HTTP and a real database. */
abstract class CvatTest extends PlatformTest {

    static final String NAME = CvatPlatform.NAME;
    static final String SECRET = "the webhook's secret";
    static final String TASK = "tasks/" + StandInCvat.TASK;

    final StandInCvat cvat = new StandInCvat();

    CvatTest() {
        super(NAME);
    }

    @Override
    protected LabelingPlatform itself() {
        return new CvatPlatform(new CvatClient(Duration.ofSeconds(20)));
    }

    @AfterEach
    void close() {
        cvat.close();
    }

    /** Connects the stand-in, with that many frames in its task. */
    PlatformConnection connected(String subject, int frames) throws Exception {
        for (int i = 0; i < frames; i++) {
            cvat.frame(picture(100 + i, 80));
        }
        return in(() -> platform.service.connect(NAME, project.name(), cvat.address() + "/", StandInCvat.TOKEN, subject, SECRET));
    }

    PlatformConnection imported(int frames) throws Exception {
        PlatformConnection connection = connected(TASK, frames);
        importTasks(connection);
        return known(connection);
    }

    int importTasks(PlatformConnection connection) throws Exception {
        int found = in(() -> platform.service.importTasks(NAME, connection.id()));
        work();
        return found;
    }

    Image image(PlatformConnection connection, int frame) {
        return new DatasetRepository(database.entities()).findImage(platform.images.imageOf(connection.id(), "5/%06d".formatted(frame), "image").orElseThrow()).orElseThrow();
    }

    void propose(PlatformConnection connection, int frame, String category, double x) throws Exception {
        in(() -> {
            Category filed = new ProjectRepository(database.entities()).categoriesNamed(project, List.of(category)).get(category);
            new AnnotationRepository(database.entities()).add(Annotation.proposed(image(connection, frame), filed,
                    new Detection(category, category, Box.xywh(x, 8, 20, 16), 0.75), model, (int) x));
            return null;
        });
    }

    List<String> reviews(PlatformConnection connection, int frame) throws Exception {
        return in(() -> database.entities().createNativeQuery("select origin || ' ' || reviewer || ' ' || action from review_decisions where image_id = "
                + image(connection, frame).id() + " order by id", String.class).getResultList());
    }

    List<String> boxes(PlatformConnection connection, int frame) throws Exception {
        return in(() -> {
            List<Category> categories = new ProjectRepository(database.entities()).categories(project.id());
            return new AnnotationRepository(database.entities()).ofImage(image(connection, frame).id(), Annotation.Status.SHOWN).stream()
                    .map(box -> categories.stream().filter(one -> one.id() == box.categoryId()).findFirst().orElseThrow().name() + " " + box.status()).sorted().toList();
        });
    }

    static String rectangle(int frame, int label, String source, String points) {
        return "{\"frame\":%d,\"label_id\":%d,\"type\":\"rectangle\",\"source\":\"%s\",\"points\":%s}".formatted(frame, label, source, points);
    }
}
