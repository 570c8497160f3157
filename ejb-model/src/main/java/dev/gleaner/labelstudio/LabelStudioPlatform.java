package dev.gleaner.labelstudio;

import dev.gleaner.InvalidInput;
import dev.gleaner.format.PixelSize;
import dev.gleaner.format.Sha256;
import dev.gleaner.glip.Box;
import dev.gleaner.labelstudio.BackEndJson.Event;
import dev.gleaner.labelstudio.InterfaceJson.Stored;
import dev.gleaner.labelstudio.LabelStudioClient.Exported;
import dev.gleaner.labelstudio.LabelStudioClient.TaskPage;
import dev.gleaner.labelstudio.PredictionJson.Found;
import dev.gleaner.labelstudio.PredictionJson.Prediction;
import dev.gleaner.labelstudio.TaskJson.Annotation;
import dev.gleaner.labelstudio.TaskJson.Task;
import dev.gleaner.platform.LabelingPlatform;
import dev.gleaner.platform.PlatformAccess;
import dev.gleaner.platform.PlatformPrediction;
import dev.gleaner.platform.PlatformPrediction.ProposedBox;
import dev.gleaner.platform.PlatformProject;
import dev.gleaner.platform.PlatformReview;
import dev.gleaner.platform.PlatformReview.SaidBox;
import dev.gleaner.platform.PlatformTask;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Label Studio: its own interface is called for tasks, images, predictions and annotations, and its events are read. */
@ApplicationScoped
public class LabelStudioPlatform implements LabelingPlatform {

    public static final String NAME = "label-studio";

    @Inject
    private LabelStudioClient client;
    @Inject
    private LabelStudioPredictor predictor;

    protected LabelStudioPlatform() {
    }

    LabelStudioPlatform(LabelStudioClient client, LabelStudioPredictor predictor) {
        this.client = client;
        this.predictor = predictor;
    }

    /** The number of a project in Label Studio; its identity is this and the second in which it was made, {@code 1.1795432723}. */
    public static long number(String identity) {
        return Long.parseLong(identity.replaceFirst("\\..*", ""));
    }

    static LabelConfig config(PlatformProject project) {
        return LabelConfig.parse(project.labelConfig().orElse(null));
    }

    static PlatformTask task(Task task) {
        return new PlatformTask(String.valueOf(task.id()), task.data());
    }

    static Task task(PlatformTask task) {
        return new Task(Long.parseLong(task.id()), task.data());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "Label Studio";
    }

    @Override
    public Needs needs() {
        return new Needs("the address of Label Studio, such as http://label-studio.example:8080", "an access token of Label Studio",
                "the number of a project in Label Studio, as its address has it");
    }

    @Override
    public Described describe(PlatformAccess access, String project) throws IOException {
        if (!project.strip().matches("[1-9][0-9]{0,17}")) {
            throw new InvalidInput("number", project.isEmpty() ? null : project, needs().project());
        }
        InterfaceJson.Project described = client.project(access, Long.parseLong(project.strip()));
        LabelConfig.parse(described.labelConfig());
        return new Described(described.identity(), described.title(), described.labelConfig());
    }

    @Override
    public List<PlatformTask> tasks(PlatformProject project, int page) throws IOException {
        return client.tasks(project.access(), number(project.identity()), page).stream().map(LabelStudioPlatform::task).toList();
    }

    @Override
    public Map<String, String> images(PlatformProject project, PlatformTask task) {
        Map<String, String> addresses = new LinkedHashMap<>();
        config(project).images().forEach((name, field) -> addresses.put(name, address(task(task), field)));
        return addresses;
    }

    /** @throws InvalidInput if the task has none */
    static String address(Task task, String field) {
        String address = task.address(field);
        if (address == null) {
            throw new InvalidInput("data." + field, null, "the address of an image");
        }
        return address;
    }

    @Override
    public byte[] image(PlatformProject project, PlatformTask task, String address) throws IOException {
        return client.image(project.access(), Long.parseLong(task.id()), address);
    }

    @Override
    public Set<String> labels(PlatformProject project) {
        return config(project).controls().stream().flatMap(control -> control.labels().stream()).map(LabelConfig.Label::name).collect(Collectors.toSet());
    }

    @Override
    public void put(PlatformProject project, PlatformPrediction prediction) throws IOException {
        Prediction put = prediction(config(project), prediction);
        Optional<Stored> there = client.predictions(project.access(), put.task()).stream().filter(stored -> put.modelVersion().equals(stored.modelVersion()))
                .findFirst();
        if (there.isPresent()) {
            client.replace(project.access(), there.get().id(), put);
        } else {
            client.importPredictions(project.access(), number(project.identity()), List.of(put));
        }
    }

    @Override
    public void add(PlatformProject project, List<PlatformPrediction> predictions) throws IOException {
        LabelConfig config = config(project);
        client.importPredictions(project.access(), number(project.identity()), predictions.stream().map(one -> prediction(config, one)).toList());
    }

    /** In Label Studio's words: a box belongs to each control that has its label and labels its image. */
    private static Prediction prediction(LabelConfig config, PlatformPrediction prediction) {
        long task = Long.parseLong(prediction.task());
        List<Found> found = config.controls().stream().flatMap(control -> control.toName().stream().flatMap(name -> prediction.boxes().stream()
                .filter(box -> box.image().equals(name) && control.labels().stream().anyMatch(label -> label.name().equals(box.label())))
                .filter(LabelStudioPlatform::canBeShown)
                .map(box -> found(task, prediction.modelVersion(), control.name(), name, box.size(), box.label(), box.box(), box.score())))).toList();
        return new Prediction(task, prediction.modelVersion(), found);
    }

    private static boolean canBeShown(ProposedBox box) {
        return Double.isFinite(box.score()) && box.box().width() > 0 && box.box().height() > 0;
    }

    /** A box, with the same id whenever the same prediction is made. */
    static Found found(long task, String version, String name, String toName, PixelSize size, String label, Box box, double score) {
        String id = Sha256.of((task + " " + version + " " + name + " " + toName + " " + label + " " + box).getBytes(StandardCharsets.UTF_8)).substring(0, 10);
        return new Found(id, name, toName, size, label, box, score);
    }

    @Override
    public List<PlatformReview> reviews(PlatformProject project) throws IOException {
        return reviews(client.annotations(project.access(), number(project.identity()), List.of()));
    }

    private static List<PlatformReview> reviews(Exported exported) {
        return exported.annotations().entrySet().stream().map(one -> review(one.getKey(), one.getValue())).toList();
    }

    /**
     * Everything comes in one export; what changed since is asked for by the page of tasks that changed, and exported by their numbers. A mark is a
     * time, with the page to go on with behind it if there is one.
     */
    @Override
    public Look changed(PlatformProject project, String mark) throws IOException {
        long number = number(project.identity());
        if (mark == null) {
            Exported all = client.annotations(project.access(), number, List.of());
            return new Look(reviews(all), all.seen().map(Instant::toString).orElse(null), false, null, task -> true);
        }
        String[] parts = mark.split(" ");
        int page = parts.length > 1 ? Integer.parseInt(parts[1]) : 1;
        TaskPage changed = client.changedTasks(project.access(), number, page, Instant.parse(parts[0]));
        String seen = parts.length > 2 ? parts[2] : changed.seen().map(Instant::toString).orElse(parts[0]);
        if (changed.tasks().isEmpty()) {
            return new Look(List.of(), seen, false, null);
        }
        List<Long> ids = changed.tasks().stream().map(Task::id).toList();
        List<PlatformReview> reviews = reviews(client.annotations(project.access(), number, ids));
        Set<String> whole = ids.stream().map(String::valueOf).collect(Collectors.toSet());
        return ids.size() < LabelStudioClient.TASKS ? new Look(reviews, seen, false, null, whole::contains)
                : new Look(reviews, parts[0] + " " + (page + 1) + " " + seen, true, null, whole::contains);
    }

    /** Only events tell of new labels, and only of projects that have this server as their back end. */
    @Override
    public Optional<Described> current(PlatformProject project) throws IOException {
        InterfaceJson.Project now = client.project(project.access(), number(project.identity()));
        if (!now.identity().equals(project.identity())) {
            throw new IOException("Label Studio's project " + now.number() + " is another one than was connected; expected that of " + project.identity());
        }
        LabelConfig.parse(now.labelConfig());
        return Optional.of(new Described(now.identity(), now.title(), now.labelConfig()));
    }

    @Override
    public Said event(PlatformProject project, String body) {
        Event event = BackEndJson.event(body.getBytes(StandardCharsets.UTF_8));
        Map<Long, Task> tasks = new HashMap<>();
        event.tasks().forEach(task -> tasks.put(task.id(), task));
        return new Said(event.annotations().stream().map(annotation -> review(annotation, tasks.get(annotation.task()))).toList(),
                event.deleted().stream().map(String::valueOf).toList());
    }

    /** @param task null if only its number is known */
    private static PlatformReview review(Annotation annotation, Task task) {
        List<SaidBox> boxes = annotation.regions().stream().filter(region -> region.label() != null)
                .map(region -> new SaidBox(region.toName(), region.label(), size -> region.box(size.width(), size.height()))).toList();
        return new PlatformReview(String.valueOf(annotation.id()), task == null ? new PlatformTask(String.valueOf(annotation.task()), Map.of()) : task(task),
                annotation.annotator() == null ? null : annotation.annotator().toString(), annotation.seconds(), annotation.updatedAt(), annotation.cancelled(), boxes);
    }

    @Override
    public void label(PlatformProject project, PlatformTask task) throws IOException {
        predictor.label(project, task(task));
    }
}
