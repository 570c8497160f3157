package dev.gleaner.labelstudio;

import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.PixelSize;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.text.ClassNames;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.labeling.DetectService;
import dev.gleaner.labeling.LabelingRules;
import dev.gleaner.labelstudio.BackEndJson.Interaction;
import dev.gleaner.labelstudio.BackEndJson.PredictCall;
import dev.gleaner.labelstudio.PredictionJson.Found;
import dev.gleaner.labelstudio.PredictionJson.Prediction;
import dev.gleaner.labelstudio.TaskJson.Region;
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
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Labels tasks of Label Studio with the project's champion. A call has {@link #LIMIT} for all of its tasks, since Label Studio throws everything
 * away that comes later than its own limit of 100 seconds: what is not done by then is deferred.
 */
@ApplicationScoped
public class LabelStudioPredictor {

    /** What a call of predict may take, whatever else the device has to do. */
    static final Duration LIMIT = Duration.ofSeconds(80);

    private static final System.Logger LOG = System.getLogger(LabelStudioPredictor.class.getName());
    /** A drawn box is only a hint: what is found must lie half in it, or it in what is found. */
    private static final double WITHIN = 0.5;

    @Inject
    private PlatformConnections connections;
    @Inject
    private PlatformTasks tasks;
    @Inject
    private PlatformImages images;
    @Inject
    private PlatformModels champions;
    @Inject
    private LabelStudioClient client;
    @Inject
    private DetectService detector;
    @Inject
    private ModelVersionService models;
    @Inject
    private ProjectRepository projects;
    @Resource
    private ManagedExecutorService managedExecutor;
    private ExecutorService executor;
    private Duration limit = LIMIT;

    protected LabelStudioPredictor() {
    }

    /** @param executor null where no call of predict is answered */
    LabelStudioPredictor(PlatformConnections connections, PlatformTasks tasks, PlatformImages images, PlatformModels champions, LabelStudioClient client,
            DetectService detector, ModelVersionService models, ProjectRepository projects, ExecutorService executor, Duration limit) {
        this.connections = connections;
        this.tasks = tasks;
        this.images = images;
        this.champions = champions;
        this.client = client;
        this.detector = detector;
        this.models = models;
        this.projects = projects;
        this.executor = executor;
        this.limit = limit;
    }

    @PostConstruct
    void useTheServersThreads() {
        executor = managedExecutor;
    }

    /**
     * Answers a call of predict: an entry for each of its tasks, in their order. Deferred is what took too long, and what could not be labeled,
     * such as a task whose image cannot be fetched; the first is made good later.
     *
     * @throws InvalidInput if the label configuration cannot be used
     */
    public List<Prediction> predict(Project project, PredictCall call) {
        ModelVersion model = champions.champion(project.id());
        LabelConfig config = LabelConfig.parse(call.labelConfig());
        Optional<PlatformProject> known = connections.project(project.id(), LabelStudioPlatform.NAME, call.project());
        Map<Long, List<Found>> done = new ConcurrentHashMap<>();
        Map<Long, String> failed = new ConcurrentHashMap<>();
        AtomicBoolean late = new AtomicBoolean();
        Future<?> work = executor.submit(() -> {
            for (Task task : call.tasks()) {
                if (late.get()) {
                    return;
                }
                try {
                    done.put(task.id(), call.interactive() == null ? label(known.orElse(null), model, config, task)
                            : help(known.orElse(null), model, config, task, call.interactive()));
                } catch (IOException | RuntimeException e) {
                    LOG.log(Level.INFO, () -> "cannot label task " + task.id() + " of Label Studio: " + e.getMessage());
                    failed.put(task.id(), String.valueOf(e.getMessage()));
                }
            }
        });
        boolean inTime = await(work);
        late.set(true);
        Map<Long, List<Found>> answered = Map.copyOf(done);
        if (call.interactive() == null) {
            known.ifPresent(one -> note(one, call.tasks(), answered, Map.copyOf(failed), inTime));
        }
        String version = PlatformModels.versionName(model);
        return call.tasks().stream().map(task -> new Prediction(task.id(), version, answered.get(task.id()))).toList();
    }

    private void note(PlatformProject known, List<Task> asked, Map<Long, List<Found>> answered, Map<Long, String> failed, boolean inTime) {
        tasks.answered(known.connection(), asked.stream().filter(task -> answered.containsKey(task.id())).map(LabelStudioPlatform::task).toList());
        List<PlatformTask> deferred = asked.stream().filter(task -> !answered.containsKey(task.id()) && !failed.containsKey(task.id()))
                .map(LabelStudioPlatform::task).toList();
        tasks.defer(known.connection(), deferred);
        String event = "predict: " + answered.size() + " of " + asked.size() + " tasks answered" + (deferred.isEmpty() ? "" : ", " + deferred.size() + " deferred");
        String fault = failed.isEmpty() ? null : failed.size() + " tasks could not be labeled; " + failed.values().iterator().next();
        if (!inTime && known.access().token().isEmpty()) {
            fault = "predictions are deferred, and nobody told the token to send them with";
        }
        connections.report(known.connection(), event, fault);
    }

    private boolean await(Future<?> work) {
        try {
            work.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Labels a task of a known project with the champion. */
    void label(PlatformProject known, Task task) throws IOException {
        label(known, champions.champion(known.project()), LabelStudioPlatform.config(known), task);
    }

    /**
     * Labels a task, and keeps its images and what is proposed for them.
     *
     * @param known null if the project never introduced itself: then nothing is kept
     */
    private List<Found> label(PlatformProject known, ModelVersion model, LabelConfig config, Task task) throws IOException {
        List<Found> found = new ArrayList<>();
        Map<String, byte[]> fetched = new HashMap<>();
        for (LabelConfig.Control control : config.controls()) {
            List<Prompt> prompts = readable(model, control.prompts());
            for (String name : control.toName()) {
                byte[] bytes = fetched.containsKey(name) ? fetched.get(name) : fetch(known, config, task, name);
                fetched.put(name, bytes);
                Set<String> labels = control.labels().stream().map(LabelConfig.Label::name).collect(Collectors.toSet());
                List<Detection> detections = prompts.isEmpty() ? List.of() : detector.detect(bytes, model.id(), prompts, thresholds(known, model, config, prompts));
                PixelSize size;
                if (known == null) {
                    size = sizeOf(bytes);
                } else {
                    Image image = images.keep(known.connection(), LabelStudioPlatform.task(task), name, LabelStudioPlatform.address(task, config.images().get(name)), bytes);
                    images.propose(image, model.id(), labels, detections);
                    size = new PixelSize(image.width(), image.height());
                }
                found.addAll(found(task.id(), PlatformModels.versionName(model), control, name, size, detections));
            }
        }
        return found;
    }

    /** What an annotator asked for with a typed prompt or a drawn box; nothing of it is kept. */
    private List<Found> help(PlatformProject known, ModelVersion model, LabelConfig config, Task task, Interaction asked) throws IOException {
        Region hint = asked.regions().isEmpty() ? null : asked.regions().get(asked.regions().size() - 1);
        LabelConfig.Control control = config.controls().stream().filter(one -> hint != null && one.name().equals(hint.name())).findFirst()
                .orElse(config.controls().get(0));
        String name = hint != null && control.toName().contains(hint.toName()) ? hint.toName() : control.toName().get(0);
        String chosen = hint != null && hint.label() != null ? hint.label() : control.labels().get(0).name();
        byte[] bytes = fetch(known, config, task, name);
        PixelSize size = sizeOf(bytes);
        Optional<String> typed = config.prompts().stream().map(asked.texts()::get).filter(Objects::nonNull).findFirst();
        List<Prompt> prompts = readable(model, typed.isPresent() ? LabelConfig.prompts(typed.get(), control, chosen)
                : control.prompts().stream().filter(prompt -> hint == null || prompt.category().equals(chosen)).toList());
        if (prompts.isEmpty()) {
            return List.of();
        }
        List<Detection> detections;
        if (typed.isEmpty() && hint != null) {
            // Somebody says that there is one: the best will do, however sure the model is.
            Box drawn = hint.box(size.width(), size.height());
            detections = detector.detect(bytes, model.id(), prompts, Thresholds.all(0)).stream().filter(found -> meets(found.box(), drawn))
                    .max(Comparator.comparingDouble(found -> found.score() * found.box().iou(drawn))).stream().toList();
        } else {
            Thresholds thresholds = config.numbers().stream().map(asked.numbers()::get).filter(Objects::nonNull).filter(score -> score >= 0 && score <= 1)
                    .findFirst().map(Thresholds::all).orElseGet(() -> thresholds(known, model, config, prompts));
            detections = detector.detect(bytes, model.id(), prompts, thresholds);
        }
        return found(task.id(), PlatformModels.versionName(model), control, name, size, detections);
    }

    /** What a model found, as Label Studio wants it. */
    private static List<Found> found(long task, String version, LabelConfig.Control control, String toName, PixelSize size, List<Detection> detections) {
        return detections.stream().filter(detection -> Double.isFinite(detection.score()) && detection.box().width() > 0 && detection.box().height() > 0)
                .map(detection -> LabelStudioPlatform.found(task, version, control.name(), toName, size, detection.category(), detection.box(), detection.score()))
                .toList();
    }

    private static boolean meets(Box found, Box drawn) {
        double shared = found.intersection(drawn);
        return shared > 0 && (shared >= WITHIN * drawn.area() || shared >= WITHIN * found.area());
    }

    private static PixelSize sizeOf(byte[] bytes) throws IOException {
        RgbImage image = ImageDecoder.decode(bytes);
        return new PixelSize(image.width(), image.height());
    }

    /** A model of fixed classes is asked only for those that it knows. */
    private List<Prompt> readable(ModelVersion model, List<Prompt> prompts) {
        List<String> classes = models.classes(model);
        if (classes.isEmpty()) {
            return prompts;
        }
        ClassNames names = new ClassNames(classes);
        return prompts.stream().filter(prompt -> names.indexOf(prompt.phrase()) >= 0 || names.indexOf(prompt.category()) >= 0).toList();
    }

    /** The configuration's, or else that of the back end's extra parameters, or else the project's. */
    private Thresholds thresholds(PlatformProject known, ModelVersion model, LabelConfig config, List<Prompt> prompts) {
        return config.threshold().or(() -> Optional.ofNullable(known).flatMap(PlatformProject::threshold)).map(Thresholds::all)
                .orElseGet(() -> LabelingRules.thresholds(projects.thresholds(model.projectId()), prompts));
    }

    private byte[] fetch(PlatformProject known, LabelConfig config, Task task, String name) throws IOException {
        PlatformAccess access = known == null ? new PlatformAccess(Optional.empty(), Optional.empty()) : known.access();
        return client.image(access, task.id(), LabelStudioPlatform.address(task, config.images().get(name)));
    }
}
