package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.TestDatabase;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.labeling.DetectService;
import dev.gleaner.modelversion.ModelVersionRepository;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Functions are the projects with champions of a real database; the model is stood in for. */
class CvatFunctionServiceTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();
    private static long numbers;

    private final List<Thresholds> thresholds = new ArrayList<>();
    private final List<List<Prompt>> asked = new ArrayList<>();
    private CvatFunctionService functions;
    private Project project;

    @BeforeEach
    void prepare() throws Exception {
        ProjectRepository repository = new ProjectRepository(database.entities());
        ProjectService projects = new ProjectService(repository);
        DetectService model = new DetectService() {
            @Override
            public List<Detection> detect(byte[] image, Long modelVersion, List<Prompt> prompts, Thresholds kept) {
                asked.add(prompts);
                thresholds.add(kept);
                return List.of(new Detection("cat", "cat", Box.xywh(30, 20, 100, 5), 0.75));
            }
        };
        functions = new CvatFunctionService(projects, new ModelVersionService(new ModelVersionRepository(database.entities()), projects), model) {
            @Override
            long mostPixels() {
                return 10_000;
            }
        };
        project = database.inTransaction(() -> {
            Project made = new Project("Höhe " + ++numbers);
            repository.add(made);
            return made;
        });
    }

    private void categories(String... names) throws Exception {
        database.inTransaction(() -> new ProjectRepository(database.entities()).categoriesNamed(project, List.of(names)));
    }

    private void champion() throws Exception {
        database.inTransaction(() -> database.entities().createNativeQuery(("insert into model_versions (project_id, name, status, architecture, bundle, sha256,"
                + " provenance, promoted_at) values (%d, 'tiny', 'CHAMPION', 'tiny', '/none', 'none', '{\"sources\": []}', now())").formatted(project.id()))
                .executeUpdate());
    }

    private String id() {
        return "hohe-" + numbers + "-" + project.id();
    }

    private static byte[] picture() throws IOException {
        return picture(120, 60);
    }

    private static byte[] picture(int width, int height) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", png);
        return png.toByteArray();
    }

    private <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    @Test
    void aProjectWithAChampionIsAFunction() throws Exception {
        categories("cat", "dog");
        assertThatThrownBy(() -> in(() -> functions.get(id()))).isInstanceOf(NotFound.class);
        champion();
        CvatFunction function = in(() -> functions.get(id()));
        assertThat(function.projectName()).isEqualTo(project.name());
        assertThat(function.labels()).containsExactly("cat", "dog");
    }

    @Test
    void boxesAreCutAndThresholdsAreTheProjectsUnlessCvatSaysOtherwise() throws Exception {
        categories("cat", "dog");
        champion();
        in(() -> new ProjectService(new ProjectRepository(database.entities())).setThresholds(project.id(), new HashMap<>(Map.of("cat", 0.3)), "ann"));
        assertThat(in(() -> functions.invoke(id(), picture(), Optional.empty()))).containsExactly(new CvatBox.Found(new CvatBox("cat", 30, 20, 120, 25), 0.75));
        in(() -> functions.invoke(id(), picture(), Optional.of(0.1)));
        assertThat(thresholds).containsExactly(new Thresholds(0.5, Map.of("cat", 0.3)), Thresholds.all(0.1));
        assertThat(asked.get(0)).containsExactly(Prompt.of("cat"), Prompt.of("dog"));
    }

    @Test
    void boxesAreInTheUprightImage() throws Exception {
        categories("cat");
        champion();
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(60, 120, BufferedImage.TYPE_INT_RGB), "jpeg", jpeg);
        byte[] plain = jpeg.toByteArray();
        // APP1: Exif, big-endian TIFF, one entry: tag 0x0112, type SHORT, count 1, value 6, a quarter turn.
        byte[] exif = {(byte) 0xff, (byte) 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
        ByteArrayOutputStream turned = new ByteArrayOutputStream();
        turned.write(plain, 0, 2);
        turned.writeBytes(exif);
        turned.write(plain, 2, plain.length - 2);
        assertThat(in(() -> functions.invoke(id(), plain, Optional.empty()))).extracting(found -> found.box().right()).containsExactly(60.0);
        assertThat(in(() -> functions.invoke(id(), turned.toByteArray(), Optional.empty()))).extracting(found -> found.box().right()).containsExactly(120.0);
    }

    @Test
    void onlyWantedLabelsAreLookedFor() throws Exception {
        categories("cat", "dog");
        champion();
        in(() -> functions.detect(project.id(), picture(), Optional.empty(), Set.of("dog", "bird")));
        assertThat(asked).containsExactly(List.of(Prompt.of("dog")));
        assertThat(in(() -> functions.detect(project.id(), picture(), Optional.empty(), Set.of("bird")))).isEmpty();
        assertThat(asked).hasSize(1);
    }

    @Test
    void whatCannotBeLabeledIsRefused() throws Exception {
        champion();
        assertThatThrownBy(() -> in(() -> functions.invoke(id(), picture(), Optional.empty()))).isInstanceOf(Conflict.class).hasMessageContaining("no category");
        categories("cat");
        assertThatThrownBy(() -> in(() -> functions.invoke(id(), new byte[] {1, 2, 3}, Optional.empty()))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("can be decoded");
        int asked = this.asked.size();
        assertThatThrownBy(() -> in(() -> functions.invoke(id(), picture(101, 100), Optional.empty()))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("image is \"101x100 pixels\"; expected at most 10000 pixels");
        assertThat(this.asked).as("it is not decoded").hasSize(asked);
        assertThatThrownBy(() -> in(() -> functions.detect(-1, picture(), Optional.empty(), null))).isInstanceOf(Conflict.class);
    }
}
