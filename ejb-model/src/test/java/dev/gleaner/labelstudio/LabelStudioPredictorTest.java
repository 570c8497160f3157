package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.labeling.DetectService;
import dev.gleaner.labelstudio.BackEndJson.PredictCall;
import dev.gleaner.labelstudio.PredictionJson.Found;
import dev.gleaner.labelstudio.PredictionJson.Prediction;
import dev.gleaner.labelstudio.TaskJson.Task;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.platform.PlatformAccess;
import dev.gleaner.platform.PlatformConnections;
import dev.gleaner.platform.PlatformImages;
import dev.gleaner.platform.PlatformModels;
import dev.gleaner.platform.PlatformProject;
import dev.gleaner.platform.PlatformTask;
import dev.gleaner.platform.PlatformTasks;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a call of predict spends its time, and what it asks the model; the model and the database are stood in for. */
class LabelStudioPredictorTest {

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final CountDownLatch busy = new CountDownLatch(1);
    private final List<String> asked = new ArrayList<>();
    private final List<String> fetched = new ArrayList<>();
    private final List<Long> answered = new ArrayList<>();
    private final List<Long> deferred = new ArrayList<>();
    private Duration limit = Duration.ofSeconds(30);
    private long slow = -1;
    private long gone = -1;

    @AfterEach
    void stop() {
        busy.countDown();
        executor.shutdownNow();
    }

    /** A model of the version "tiny". */
    private static final class Models extends PlatformModels {

        private final ModelVersion model = new ModelVersion() {
            @Override
            public Long id() {
                return 7L;
            }

            @Override
            public String name() {
                return "tiny";
            }
        };

        @Override
        public ModelVersion champion(long project) {
            return model;
        }
    }

    private static final class Connections extends PlatformConnections {

        @Override
        public Optional<PlatformProject> project(long project, String platform, String identity) {
            return Optional.of(new PlatformProject(5, 1, identity, new PlatformAccess(Optional.empty(), Optional.empty()), Optional.empty(), Optional.empty()));
        }

        @Override
        public void report(long id, String event, String error) {
            // Told to people.
        }
    }

    private static final class Images extends PlatformImages {

        @Override
        public Image keep(long connection, PlatformTask task, String name, String address, byte[] bytes) {
            return new Image(1, address, Path.of("/" + address), 160, 120, 1, "none");
        }

        @Override
        public void propose(Image image, long modelVersion, Set<String> labels, List<Detection> detections) {
            // What is kept is the database's test.
        }
    }

    private final class Tasks extends PlatformTasks {

        @Override
        public void answered(long connection, Collection<PlatformTask> tasks) {
            tasks.forEach(task -> answered.add(Long.valueOf(task.id())));
        }

        @Override
        public void defer(long connection, Collection<PlatformTask> tasks) {
            tasks.forEach(task -> deferred.add(Long.valueOf(task.id())));
        }
    }

    private LabelStudioPredictor predictor() {
        LabelStudioClient client = new LabelStudioClient() {
            @Override
            byte[] image(PlatformAccess access, long task, String image) throws IOException {
                fetched.add(image);
                if (task == gone) {
                    throw new IOException("there is no image");
                }
                if (task == slow) {
                    try {
                        busy.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                ByteArrayOutputStream png = new ByteArrayOutputStream();
                ImageIO.write(new BufferedImage(160, 120, BufferedImage.TYPE_INT_RGB), "png", png);
                return png.toByteArray();
            }
        };
        DetectService detector = new DetectService() {
            @Override
            public List<Detection> detect(byte[] image, Long modelVersion, List<Prompt> prompts, Thresholds thresholds) {
                asked.add(prompts + " " + thresholds.fallback());
                return List.of(new Detection(prompts.get(0).category(), "", Box.xywh(100, 60, 20, 20), 0.9),
                        new Detection(prompts.get(0).category(), "", Box.xywh(20, 14, 40, 30), 0.2)).stream().filter(thresholds::keeps).toList();
            }
        };
        ModelVersionService models = new ModelVersionService(null, null) {
            @Override
            public List<String> classes(ModelVersion version) {
                return List.of();
            }
        };
        ProjectRepository projects = new ProjectRepository(null) {
            @Override
            public Map<String, Double> thresholds(long projectId) {
                return Map.of("dog", 0.4, "horse", 0.3);
            }
        };
        return new LabelStudioPredictor(new Connections(), new Tasks(), new Images(), new Models(), client, detector, models, projects, executor, limit);
    }

    private List<Prediction> predict(String recorded) {
        return predict(BackEndJson.predict(Recorded.body(recorded)));
    }

    private List<Prediction> predict(PredictCall call) {
        Project project = new Project("any") {
            @Override
            public Long id() {
                return 1L;
            }
        };
        return predictor().predict(project, call);
    }

    @Test
    void eachTaskOfABatchIsLabeledWithTheLabelsOfItsCall() {
        List<Prediction> predictions = predict("predict");

        assertThat(predictions).extracting(Prediction::task).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(predictions).allMatch(prediction -> prediction.modelVersion().equals("tiny (Gleaner 7)") && prediction.found().size() == 1);
        assertThat(predictions.get(0).found().get(0).size().width()).isEqualTo(160);
        assertThat(asked).hasSize(6).allMatch(one -> one.contains("category=car") && one.contains("category=cat") && one.endsWith("0.5"));
        assertThat(answered).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(deferred).isEmpty();
    }

    @Test
    void eachImageOfATaskIsLabeledByTheControlsThatNameIt() {
        PredictCall call = new PredictCall("1.1795432723", """
                <View>
                  <Image name="left" value="$views.left"/><Image name="right" value="$right"/>
                  <RectangleLabels name="animals" toName="left,right"><Label value="dog"/></RectangleLabels>
                  <RectangleLabels name="things" toName="right"><Label value="car"/></RectangleLabels>
                </View>""", List.of(new Task(9, Map.of("views", Map.of("left", "/left.png"), "right", "/right.png"))), null);

        List<Prediction> predictions = predict(call);

        assertThat(predictions).hasSize(1);
        assertThat(predictions.get(0).found()).extracting(found -> found.name() + " " + found.toName() + " " + found.label())
                .containsExactly("animals left dog", "animals right dog", "things right car");
        assertThat(predictions.get(0).found()).extracting(Found::id).doesNotHaveDuplicates();
        assertThat(fetched).as("each image once").containsExactly("/left.png", "/right.png");
    }

    @Test
    void theSamePredictionHasTheSameIds() {
        List<String> ids = predict("predict").stream().flatMap(one -> one.found().stream()).map(Found::id).toList();

        assertThat(ids).doesNotHaveDuplicates().isEqualTo(predict("predict").stream().flatMap(one -> one.found().stream()).map(Found::id).toList());
    }

    @Test
    void whatTakesTooLongIsDeferred() throws IOException {
        limit = Duration.ofMillis(1500);
        slow = 4;

        List<Prediction> predictions = predict("predict");

        assertThat(predictions).extracting(one -> one.found() != null).containsExactly(true, true, true, false, false, false);
        assertThat(answered).containsExactly(1L, 2L, 3L);
        assertThat(deferred).containsExactly(4L, 5L, 6L);
        assertThat(new ObjectMapper().readTree(BackEndJson.results(predictions)).get("results").get(3)).isEmpty();
    }

    @Test
    void anImageThatIsGoneSpoilsNoOther() {
        gone = 2;

        assertThat(predict("predict")).extracting(one -> one.found() != null).containsExactly(true, false, true, true, true, true);
        assertThat(answered).doesNotContain(2L);
        assertThat(deferred).as("it would not help to try again by itself").isEmpty();
    }

    @Test
    void aDrawnBoxGetsTheObjectWithinIt() {
        Prediction prediction = predict("interactive-box").get(0);

        assertThat(asked).as("only for the label that was drawn with").containsExactly("[Prompt[category=dog, phrase=dog]] 0.0");
        assertThat(prediction.found()).extracting(Found::box).as("that at (16, 12), and not the better one elsewhere").containsExactly(Box.xywh(20, 14, 40, 30));
        assertThat(answered).isEmpty();
    }

    @Test
    void aTypedPromptIsAskedForAsItIs() {
        Prediction prediction = predict("interactive-prompt").get(0);

        assertThat(asked).containsExactly("[Prompt[category=car, phrase=red box], Prompt[category=car, phrase=blue box]] 0.5");
        assertThat(prediction.found()).extracting(Found::label).as("a label of the configuration").containsExactly("car");
    }
}
