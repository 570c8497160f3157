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
import dev.gleaner.labelstudio.LabelStudioJson.Found;
import dev.gleaner.labelstudio.LabelStudioJson.Interaction;
import dev.gleaner.labelstudio.LabelStudioJson.PredictCall;
import dev.gleaner.labelstudio.LabelStudioJson.Prediction;
import dev.gleaner.labelstudio.LabelStudioJson.Region;
import dev.gleaner.labelstudio.LabelStudioJson.Task;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
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
    private LabelStudioService platform;
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
    LabelStudioPredictor(LabelStudioService platform, LabelStudioClient client, DetectService detector, ModelVersionService models, ProjectRepository projects,
            ExecutorService executor, Duration limit) {
        this.platform = platform;
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
        ModelVersion model = platform.champion(project.id());
        LabelConfig config = LabelConfig.parse(call.labelConfig());
        Optional<LabelStudioProject> known = platform.find(project.id(), call.project());
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
        String version = LabelStudioService.versionName(model);
        return call.tasks().stream().map(task -> new Prediction(task.id(), version, answered.get(task.id()))).toList();
    }

    private void note(LabelStudioProject known, List<Task> tasks, Map<Long, List<Found>> answered, Map<Long, String> failed, boolean inTime) {
        platform.answered(known.id(), tasks.stream().filter(task -> answered.containsKey(task.id())).toList());
        List<Task> deferred = tasks.stream().filter(task -> !answered.containsKey(task.id()) && !failed.containsKey(task.id())).toList();
        platform.defer(known.id(), deferred);
        String event = "predict: " + answered.size() + " of " + tasks.size() + " tasks answered" + (deferred.isEmpty() ? "" : ", " + deferred.size() + " deferred");
        String fault = failed.isEmpty() ? null : failed.size() + " tasks could not be labeled; " + failed.values().iterator().next();
        if (!inTime && known.encryptedToken().isEmpty()) {
            fault = "predictions are deferred, and nobody told the token to send them with";
        }
        platform.report(known.id(), event, fault);
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

    /**
     * Labels a task, and keeps its images and what is proposed for them.
     *
     * @param known null if the project never introduced itself: then nothing is kept
     */
    List<Found> label(LabelStudioProject known, ModelVersion model, LabelConfig config, Task task) throws IOException {
        List<Found> found = new ArrayList<>();
        Map<String, byte[]> images = new HashMap<>();
        for (LabelConfig.Control control : config.controls()) {
            List<Prompt> prompts = readable(model, control.prompts());
            for (String name : control.toName()) {
                byte[] bytes = images.containsKey(name) ? images.get(name) : fetch(known, config, task, name);
                images.put(name, bytes);
                Set<String> labels = control.labels().stream().map(LabelConfig.Label::name).collect(Collectors.toSet());
                List<Detection> detections = prompts.isEmpty() ? List.of() : detector.detect(bytes, model.id(), prompts, thresholds(known, model, config, prompts));
                PixelSize size;
                if (known == null) {
                    size = sizeOf(bytes);
                } else {
                    Image image = platform.keep(known.id(), task, name, address(config, task, name), bytes);
                    platform.propose(image, model.id(), labels, detections);
                    size = new PixelSize(image.width(), image.height());
                }
                found.addAll(LabelStudioService.found(task.id(), LabelStudioService.versionName(model), control, name, size, detections));
            }
        }
        return found;
    }

    /** Fetches and keeps the images of a task that are not here. */
    void fetch(LabelStudioProject known, LabelConfig config, Task task) throws IOException {
        for (String name : config.images().keySet()) {
            if (platform.imageOf(known.id(), task.id(), name).isEmpty()) {
                byte[] bytes = fetch(known, config, task, name);
                platform.keep(known.id(), task, name, address(config, task, name), bytes);
            }
        }
    }

    /** What an annotator asked for with a typed prompt or a drawn box; nothing of it is kept. */
    private List<Found> help(LabelStudioProject known, ModelVersion model, LabelConfig config, Task task, Interaction asked) throws IOException {
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
        return LabelStudioService.found(task.id(), LabelStudioService.versionName(model), control, name, size, detections);
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
    private Thresholds thresholds(LabelStudioProject known, ModelVersion model, LabelConfig config, List<Prompt> prompts) {
        return config.threshold().or(() -> Optional.ofNullable(known).flatMap(LabelStudioProject::threshold)).map(Thresholds::all)
                .orElseGet(() -> LabelingRules.thresholds(projects.thresholds(model.projectId()), prompts));
    }

    private static String address(LabelConfig config, Task task, String name) {
        return Objects.requireNonNullElse(task.address(config.images().get(name)), "");
    }

    private byte[] fetch(LabelStudioProject known, LabelConfig config, Task task, String name) throws IOException {
        String address = task.address(config.images().get(name));
        if (address == null) {
            throw new InvalidInput("data." + config.images().get(name), null, "the address of an image");
        }
        LabelStudioAccess access = known == null ? new LabelStudioAccess(Optional.empty(), Optional.empty()) : platform.access(known.id());
        return client.image(access, task.id(), address);
    }
}
