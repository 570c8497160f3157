package dev.gleaner.labelstudio;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.Settings;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetSource;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.ImageInspection;
import dev.gleaner.format.PixelSize;
import dev.gleaner.format.Preflight;
import dev.gleaner.format.Sha256;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.glip.Detection;
import dev.gleaner.labelstudio.LabelStudioJson.Event;
import dev.gleaner.labelstudio.LabelStudioJson.Found;
import dev.gleaner.labelstudio.LabelStudioJson.Prediction;
import dev.gleaner.labelstudio.LabelStudioJson.Setup;
import dev.gleaner.labelstudio.LabelStudioJson.Task;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.review.ImageReviewService;
import dev.gleaner.review.ImageReviewService.ImageReview;
import dev.gleaner.review.ImageReviewService.NamedBox;
import dev.gleaner.review.ReviewDecision.Origin;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What is known of the projects of Label Studio, and what becomes of what they say. It calls no other server. Label Studio's own calls are let in by
 * {@code LabelStudioBackend}, which has seen their token.
 */
@Stateless
public class LabelStudioService {

    private static final int MOST_DUE = 20;
    private static final Duration TAKEN = Duration.ofMinutes(10);
    private static final Duration POLLED_EVERY = Duration.ofMinutes(5);

    @Inject
    private LabelStudioRepository platform;
    @Inject
    private ModelVersionService models;
    @Inject
    private ProjectRepository projects;
    @Inject
    private DatasetRepository datasets;
    @Inject
    private AnnotationRepository annotations;
    @Inject
    private ImageReviewService reviews;
    @Inject
    private TokenVault vault;
    @Inject
    private Settings settings;

    protected LabelStudioService() {
    }

    public LabelStudioService(LabelStudioRepository platform, ModelVersionService models, ProjectRepository projects, DatasetRepository datasets,
            AnnotationRepository annotations, ImageReviewService reviews, TokenVault vault, Settings settings) {
        this.platform = platform;
        this.models = models;
        this.projects = projects;
        this.datasets = datasets;
        this.annotations = annotations;
        this.reviews = reviews;
        this.vault = vault;
        this.settings = settings;
    }

    /**
     * The project that an address names.
     *
     * @param name its name or its id; null for the default project
     * @throws NotFound if there is none
     */
    @PermitAll
    public Project project(String name) {
        String wanted = name == null ? Project.DEFAULT : name;
        return projects.findByName(wanted).or(() -> wanted.matches("[0-9]{1,18}") ? projects.find(Long.parseLong(wanted)) : Optional.empty())
                .orElseThrow(() -> new NotFound("project", wanted));
    }

    /** How Label Studio knows a model version: what it has stored under this name is not asked for again. */
    public static String versionName(ModelVersion version) {
        return version.name() + " (Gleaner " + version.id() + ")";
    }

    /** @throws Conflict if the project has none */
    public ModelVersion champion(long project) {
        return models.champion(project).orElseThrow(() -> new Conflict("the project has no champion: import a model and promote it"));
    }

    /** The champion first, then what was champion before. */
    @PermitAll
    public List<String> versions(long project) {
        List<ModelVersion> all = models.all(0, Integer.MAX_VALUE).stream().filter(version -> version.projectId() == project && version.promotedAt().isPresent())
                .sorted((a, b) -> b.promotedAt().get().compareTo(a.promotedAt().get())).toList();
        List<ModelVersion> sorted = new ArrayList<>(all.stream().filter(version -> version.status() == ModelVersion.Status.CHAMPION).toList());
        all.stream().filter(version -> version.status() != ModelVersion.Status.CHAMPION).forEach(sorted::add);
        return sorted.stream().map(LabelStudioService::versionName).toList();
    }

    /**
     * Label Studio introduces a project of its own.
     *
     * @return how it shall know the champion
     * @throws Conflict     if there is no champion
     * @throws InvalidInput if its label configuration labels no image with rectangles
     */
    @PermitAll
    public String setUp(long project, Setup setup) {
        String version = versionName(champion(project));
        if (setup.labelConfig() != null) {
            LabelConfig.parse(setup.labelConfig());
        }
        Instant now = Instant.now();
        LabelStudioProject known = platform.locked(project, setup.project(), now);
        known.introduced(setup.hostname(), setup.labelConfig(), setup.token() == null ? null : vault.encrypt(setup.token()), setup.threshold().orElse(null), now);
        return version;
    }

    /** The project of this identity, if it introduced itself or was connected. */
    public Optional<LabelStudioProject> find(long project, String identity) {
        return identity == null ? Optional.empty() : platform.find(project, identity);
    }

    /** @throws NotFound if there is none of this id */
    public LabelStudioProject get(long id) {
        return platform.find(id).orElseThrow(() -> new NotFound(LabelStudioProject.KIND, id));
    }

    /** By id. */
    public List<LabelStudioProject> all() {
        return platform.all();
    }

    /**
     * Somebody connects a project by Label Studio's address and token.
     *
     * @param described what Label Studio says of it
     */
    public LabelStudioProject connect(long project, LabelStudioAccess access, LabelStudioJson.Project described) {
        Instant now = Instant.now();
        LabelStudioProject known = platform.locked(project, described.identity(), now);
        known.connected(access.address().orElseThrow(), access.token().map(vault::encrypt).orElse(null), described.title(), described.labelConfig(), now);
        known.recovered();
        return known;
    }

    /** Forgets a project: its dataset and what was decided about it stay. */
    public void disconnect(long id) {
        platform.remove(platform.lock(id).orElseThrow(() -> new NotFound(LabelStudioProject.KIND, id)));
    }

    /** What it takes to call the project's Label Studio. */
    public LabelStudioAccess access(long id) {
        LabelStudioProject known = get(id);
        return new LabelStudioAccess(known.address(), known.encryptedToken().flatMap(vault::decrypt));
    }

    /** Notes that something works or does not, for people to see; null if it works. */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void report(long id, String event, String error) {
        platform.lock(id).ifPresent(known -> {
            known.happened(event, Instant.now());
            if (error == null) {
                known.recovered();
            } else {
                known.failed(error, Instant.now());
            }
        });
    }

    /**
     * Takes an event; it is handled later.
     *
     * @throws InvalidInput if it is none
     */
    @PermitAll
    public void receive(long project, byte[] body) {
        Event event = LabelStudioJson.event(body);
        Instant now = Instant.now();
        LabelStudioProject known = platform.locked(project, event.project(), now);
        known.described(event.title(), event.labelConfig());
        known.happened(event.action(), now);
        if (!event.annotations().isEmpty() || !event.deleted().isEmpty()) {
            platform.add(new LabelStudioEvent(known.id(), LabelStudioJson.withoutSecrets(body), now));
        }
    }

    /** An event to be handled. */
    public record Due(long event, long connection, String body) {
    }

    /** Takes due events so that no other server has them for a while. */
    public List<Due> takeEvents() {
        Instant now = Instant.now();
        return platform.dueEvents(now, MOST_DUE).stream().map(event -> {
            event.takenUntil(now.plus(TAKEN));
            return new Due(event.id(), event.connectionId(), event.body());
        }).toList();
    }

    /** An event was handled. */
    public void handled(long event) {
        platform.event(event).ifPresent(platform::remove);
    }

    /** An event could not be handled; it is tried again, but not for ever. */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void eventFailed(long id, String reason) {
        platform.event(id).ifPresent(event -> {
            platform.lock(event.connectionId()).ifPresent(known -> known.failed(reason, Instant.now()));
            if (!event.failed(reason, Instant.now())) {
                platform.remove(event);
            }
        });
    }

    /** Whether this state of an annotation, or a later one, is a review already. */
    public boolean isKnown(long connection, LabelStudioJson.Annotation annotation) {
        return platform.annotation(connection, annotation.id()).map(known -> known.knows(annotation.updatedAt())).orElse(false);
    }

    /**
     * Makes an annotation a review of the task's images. A state that is known, or older than what is known, changes nothing.
     *
     * @param config of the project
     */
    public void review(long connection, LabelStudioJson.Annotation annotation, LabelConfig config) {
        platform.lock(connection);
        Optional<LabelStudioAnnotation> known = platform.annotation(connection, annotation.id());
        if (known.map(earlier -> earlier.knows(annotation.updatedAt())).orElse(false)) {
            return;
        }
        String reviewer = reviewer(annotation.annotator());
        Set<String> labels = config.controls().stream().flatMap(control -> control.labels().stream()).map(LabelConfig.Label::name).collect(Collectors.toSet());
        String request = requestOf(connection, annotation.id());
        for (String name : config.images().keySet()) {
            Optional<Image> image = platform.image(connection, annotation.task(), name).flatMap(shown -> datasets.findImage(shown.imageId()));
            if (image.isEmpty()) {
                continue;
            }
            String id = request + annotation.updatedAt();
            if (annotation.cancelled()) {
                reviews.undo(image.get().id(), reviewer, request, id + ":undo", Origin.LABEL_STUDIO);
                reviews.skip(image.get().id(), id, reviewer, Origin.LABEL_STUDIO, annotation.seconds(), "skipped in Label Studio");
            } else {
                List<NamedBox> boxes = annotation.regions().stream().filter(region -> region.label() != null && name.equals(region.toName()))
                        .map(region -> new NamedBox(region.label(), region.box(image.get().width(), image.get().height()))).toList();
                reviews.decide(new ImageReview(image.get().id(), id, reviewer, Origin.LABEL_STUDIO, annotation.seconds(), labels, boxes));
            }
        }
        known.ifPresentOrElse(earlier -> earlier.updated(annotation.updatedAt()),
                () -> platform.add(new LabelStudioAnnotation(connection, annotation.id(), annotation.task(), reviewer, annotation.updatedAt())));
    }

    /** An annotation is gone: what it had said is taken back. One that is not known yet will not become a review: its events came the wrong way round. */
    public void withdraw(long connection, long annotation, Collection<String> names) {
        platform.lock(connection);
        LabelStudioAnnotation known = platform.annotation(connection, annotation).orElseGet(() -> {
            LabelStudioAnnotation made = new LabelStudioAnnotation(connection, annotation, 0, "", Instant.EPOCH);
            platform.add(made);
            return made;
        });
        if (known.isDeleted()) {
            return;
        }
        String request = requestOf(connection, annotation);
        for (String name : names) {
            platform.image(connection, known.task(), name)
                    .ifPresent(image -> reviews.undo(image.imageId(), known.reviewer(), request, request + "deleted", Origin.LABEL_STUDIO));
        }
        known.delete();
    }

    private static String requestOf(long connection, long annotation) {
        return "label-studio:" + connection + ":" + annotation + ":";
    }

    private static String reviewer(Long annotator) {
        return annotator == null ? "label-studio" : "label-studio/" + annotator;
    }

    /** Whether an image of a task is here, fetched from this address. */
    public Optional<Long> imageOf(long connection, long task, String name) {
        return platform.image(connection, task, name).map(LabelStudioImage::imageId);
    }

    /**
     * Keeps an image of a task, in the project's dataset.
     *
     * @param name    of the image in the label configuration
     * @param address from which it was fetched; its last part becomes the image's name
     * @throws InvalidInput if it is no picture that can be decoded
     */
    public Image keep(long connection, Task task, String name, String address, byte[] bytes) {
        LabelStudioProject known = get(connection);
        String sha256 = Sha256.of(bytes);
        String fileName = task.id() + "/" + sha256.substring(0, 8) + "-" + lastPart(address);
        Image image = known.datasetId().flatMap(dataset -> datasets.findImage(dataset, fileName)).orElseGet(() -> add(known, fileName, sha256, address, bytes));
        knownTask(connection, task);
        platform.image(connection, task.id(), name).ifPresentOrElse(shown -> shown.becomes(image.id()),
                () -> platform.add(new LabelStudioImage(connection, task.id(), name, image.id())));
        return image;
    }

    private Image add(LabelStudioProject known, String fileName, String sha256, String address, byte[] bytes) {
        // Decoded before anything is locked: Label Studio waits for its events to be taken.
        Path file = store(folder(known), sha256, bytes);
        ImageInspection inspected = ImageInspection.of(file);
        ImageInspection.Picture picture = inspected.picture().orElseThrow(() -> new InvalidInput("image", address,
                "a picture that can be decoded; " + inspected.problem().orElse("")));
        platform.lock(known.id());
        Dataset dataset = known.datasetId().flatMap(datasets::find).orElseGet(() -> newDataset(known));
        return datasets.findImage(dataset.id(), fileName).orElseGet(() -> {
            PixelSize size = picture.upright();
            Image made = new Image(dataset.id(), fileName, file, size.width(), size.height(), picture.orientation().exif(), sha256);
            datasets.add(made);
            dataset.grow();
            return made;
        });
    }

    private Path folder(LabelStudioProject known) {
        return settings.home().toAbsolutePath().resolve("platforms").resolve("label-studio-" + known.projectId() + "-" + known.identity());
    }

    /** The project's dataset is there already if the project was forgotten in between. */
    private Dataset newDataset(LabelStudioProject known) {
        Project project = projects.find(known.projectId()).orElseThrow();
        Path folder = folder(known);
        String name = "Label Studio, project " + known.identity();
        Dataset dataset = datasets.findReadyByName(project.id(), name).filter(there -> there.source().path().equals(folder)).orElseGet(() -> {
            Dataset made = new Dataset(project, name, new DatasetSource(SourceFormat.FOLDER, folder, folder, true), null);
            datasets.add(made);
            made.publish(null, 0, 0, Preflight.of(List.of()));
            return made;
        });
        known.filledInto(dataset.id());
        return dataset;
    }

    private static String lastPart(String address) {
        String path = address.replaceFirst("[#].*$", "");
        int query = path.indexOf('?');
        // The path of a local file is in the query.
        String named = query >= 0 && !path.contains("?d=") ? path.substring(0, query) : path;
        String last = named.substring(Math.max(named.lastIndexOf('/'), named.lastIndexOf('=')) + 1).replaceAll("[\\p{Cntrl}\\\\:*\"<>|]", "_");
        return last.isBlank() ? "image" : last.length() > 100 ? last.substring(last.length() - 100) : last;
    }

    private static Path store(Path folder, String sha256, byte[] bytes) {
        Path file = folder.resolve(sha256);
        try {
            Files.createDirectories(folder);
            if (!Files.exists(file)) {
                Path aside = Files.createTempFile(folder, "fetching", "");
                try {
                    Files.write(aside, bytes);
                    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } finally {
                    Files.deleteIfExists(aside);
                }
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Keeps what a model found on an image as open proposals, but for boxes that somebody has decided about. What it found before, and nobody
     * decided about, is set aside if it is anything else.
     *
     * @param labels that were looked for
     */
    public void propose(Image image, long modelVersion, Set<String> labels, List<Detection> detections) {
        Project project = datasets.find(image.datasetId()).map(Dataset::projectId).flatMap(projects::find).orElseThrow();
        Map<String, Category> categories = projects.categoriesNamed(project, labels);
        Set<Long> ids = categories.values().stream().map(Category::id).collect(Collectors.toSet());
        List<Annotation> there = annotations.ofImage(image.id(), Annotation.Status.SHOWN).stream().filter(box -> ids.contains(box.categoryId())).toList();
        List<Annotation> decided = there.stream().filter(box -> box.status() != Annotation.Status.PROPOSED).toList();
        List<Detection> open = detections.stream().filter(found -> decided.stream().noneMatch(box -> box.categoryId() == categories.get(found.category()).id()
                && box.box().iou(found.box()) >= 0.5)).toList();
        List<String> before = there.stream().filter(box -> box.status() == Annotation.Status.PROPOSED && box.score().isPresent())
                .map(box -> box.categoryId() + " " + box.box() + " " + box.score().get() + " " + box.modelVersionId().orElse(0L)).sorted().toList();
        List<String> now = open.stream().map(found -> categories.get(found.category()).id() + " " + found.box() + " " + found.score() + " " + modelVersion)
                .sorted().toList();
        if (before.equals(now)) {
            return;
        }
        annotations.supersede(image.id(), ids);
        for (int i = 0; i < open.size(); i++) {
            annotations.add(Annotation.proposed(image, categories.get(open.get(i).category()), open.get(i), modelVersion, i));
        }
    }

    /** What a model found, as Label Studio wants it. */
    public static List<Found> found(long task, String version, LabelConfig.Control control, String toName, PixelSize size, List<Detection> detections) {
        return detections.stream().filter(detection -> Double.isFinite(detection.score()) && detection.box().width() > 0 && detection.box().height() > 0)
                .map(detection -> found(task, version, control.name(), toName, size, detection)).toList();
    }

    private static Found found(long task, String version, String name, String toName, PixelSize size, Detection detection) {
        String id = Sha256.of((task + " " + version + " " + name + " " + toName + " " + detection.category() + " " + detection.box())
                .getBytes(StandardCharsets.UTF_8)).substring(0, 10);
        return new Found(id, name, toName, size, detection.category(), detection.box(), detection.score());
    }

    private record Placed(LabelConfig.Control control, String toName, Image image, Annotation box) {
    }

    /** What is proposed for a task's images now. */
    public Prediction proposed(long connection, long task, LabelConfig config) {
        long project = get(connection).projectId();
        Map<Long, String> categories = projects.categories(project).stream().collect(Collectors.toMap(Category::id, Category::name));
        List<Placed> placed = new ArrayList<>();
        for (LabelConfig.Control control : config.controls()) {
            Set<String> labels = control.labels().stream().map(LabelConfig.Label::name).collect(Collectors.toSet());
            for (String name : control.toName()) {
                platform.image(connection, task, name).flatMap(shown -> datasets.findImage(shown.imageId())).ifPresent(image ->
                        annotations.ofImage(image.id(), Set.of(Annotation.Status.PROPOSED)).stream().filter(box -> labels.contains(categories.get(box.categoryId())))
                                .forEach(box -> placed.add(new Placed(control, name, image, box))));
            }
        }
        String version = versionName(placed.stream().flatMap(one -> one.box().modelVersionId().stream()).max(Long::compare).map(models::get)
                .orElseGet(() -> champion(project)));
        return new Prediction(task, version, placed.stream().map(one -> found(task, version, one.control().name(), one.toName(),
                new PixelSize(one.image().width(), one.image().height()), new Detection(categories.get(one.box().categoryId()), one.box().phrase().orElse(""),
                        one.box().box(), one.box().score().orElse(0.0)))).toList());
    }

    private LabelStudioTask knownTask(long connection, Task task) {
        LabelStudioTask known = platform.task(connection, task.id()).orElseGet(() -> {
            LabelStudioTask made = new LabelStudioTask(connection, task);
            platform.add(made);
            return made;
        });
        known.shows(task.data());
        return known;
    }

    /** Tasks were answered in the call that asked. */
    public void answered(long connection, Collection<Task> tasks) {
        tasks.forEach(task -> knownTask(connection, task).known());
    }

    /** Tasks could not be answered in time: they will be labeled, and their predictions sent. */
    public void defer(long connection, Collection<Task> tasks) {
        Instant now = Instant.now();
        tasks.forEach(task -> knownTask(connection, task).defer(true, now));
    }

    /** The images of these tasks are to be fetched, where they are not here. */
    public void fetchLater(long connection, Collection<Task> tasks) {
        Instant now = Instant.now();
        tasks.forEach(task -> knownTask(connection, task).fetch(now));
    }

    /**
     * What is proposed is to be sent, for each task with an image; what Label Studio has already is not sent again.
     *
     * @return how many tasks
     * @throws NotFound if there is no such project
     * @throws Conflict if nobody told its token
     */
    public int pushAll(long connection) {
        LabelStudioProject known = get(connection);
        if (known.encryptedToken().isEmpty() || known.address().isEmpty()) {
            throw new Conflict("nobody told the address and the token of this Label Studio");
        }
        Instant now = Instant.now();
        List<LabelStudioTask> tasks = platform.tasksWithImages(connection);
        tasks.forEach(task -> task.defer(false, now));
        return tasks.size();
    }

    /**
     * A task that is due.
     *
     * @param fetch    whether only its images are to be fetched
     * @param labeling whether it is labeled before its prediction is sent
     * @param doubtful whether its prediction may have been sent already
     * @param sent     the SHA-256 of what was sent last; null if nothing was
     */
    public record DueTask(Task task, boolean fetch, boolean labeling, boolean doubtful, String sent) {
    }

    /** Takes due tasks of a project so that no other server has them for a while. */
    public List<DueTask> takeTasks(long connection) {
        Instant now = Instant.now();
        return platform.dueTasks(connection, now, MOST_DUE).stream().map(task -> {
            task.takenUntil(now.plus(TAKEN));
            return new DueTask(task.task(), task.status() == LabelStudioTask.Status.FETCHING, task.isLabeledFirst(),
                    task.status() == LabelStudioTask.Status.SENDING, task.sent().orElse(null));
        }).toList();
    }

    /** The images of a task are here. */
    public void fetched(long connection, long task) {
        platform.task(connection, task).ifPresent(LabelStudioTask::known);
    }

    /** The predictions of these tasks are about to be sent. */
    public void sending(long connection, Collection<Long> tasks) {
        each(connection, tasks, LabelStudioTask::sending);
    }

    /** @param sent the SHA-256 of what was sent, by task */
    public void sent(long connection, Map<Long, String> sent) {
        sent.forEach((task, sha256) -> platform.task(connection, task).ifPresent(known -> known.sent(sha256)));
    }

    /** These tasks are tried again later, but not for ever. */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void taskFailed(long connection, Collection<Long> tasks, String reason) {
        each(connection, tasks, task -> task.failed(reason, Instant.now()));
        platform.lock(connection).ifPresent(known -> known.failed(reason, Instant.now()));
    }

    private void each(long connection, Collection<Long> tasks, Consumer<LabelStudioTask> work) {
        tasks.forEach(task -> platform.task(connection, task).ifPresent(work));
    }

    /** How many tasks there are of each status. */
    public Map<String, Long> counts(long connection) {
        return platform.counts(connection).entrySet().stream().collect(Collectors.toMap(entry -> entry.getKey().name(), Map.Entry::getValue));
    }

    /** Takes the projects whose annotations were not looked at for a while, since events may be lost. */
    public List<Long> takePolls() {
        Instant now = Instant.now();
        return platform.all().stream().filter(known -> known.encryptedToken().isPresent() && known.address().isPresent()
                        && known.polledAt().map(at -> at.plus(POLLED_EVERY).isBefore(now)).orElse(true))
                .map(known -> platform.lock(known.id())).flatMap(Optional::stream)
                .filter(known -> known.polledAt().map(at -> at.plus(POLLED_EVERY).isBefore(now)).orElse(true))
                .peek(known -> known.polled(now)).map(LabelStudioProject::id).toList();
    }
}
