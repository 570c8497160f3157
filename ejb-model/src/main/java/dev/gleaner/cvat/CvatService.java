package dev.gleaner.cvat;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.cvat.CvatJson.Event;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.PixelSize;
import dev.gleaner.format.Sha256;
import dev.gleaner.platform.TokenVault;
import dev.gleaner.project.Category;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** What is known of CVAT's tasks, and what becomes of what people say there. It calls no other server. */
@Stateless
public class CvatService {

    private static final Duration TAKEN = Duration.ofMinutes(10);

    @Inject
    private CvatRepository platform;
    @Inject
    private CvatImages images;
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

    protected CvatService() {
    }

    public CvatService(CvatRepository platform, CvatImages images, ProjectRepository projects, DatasetRepository datasets, AnnotationRepository annotations,
            ImageReviewService reviews, TokenVault vault) {
        this.platform = platform;
        this.images = images;
        this.projects = projects;
        this.datasets = datasets;
        this.annotations = annotations;
        this.reviews = reviews;
        this.vault = vault;
    }

    /** @throws NotFound if there is none of this id */
    public CvatConnection get(long id) {
        return platform.find(id).orElseThrow(() -> new NotFound(CvatConnection.KIND, id));
    }

    /** By id. */
    public List<CvatConnection> all() {
        return platform.all();
    }

    /**
     * Connects a project, or changes how it is connected to this address.
     *
     * @param webhookSecret null if no events are taken
     * @param function      whose annotation requests are taken; null for none
     */
    public CvatConnection connect(long project, CvatAccess access, String webhookSecret, Long function) {
        Instant now = Instant.now();
        CvatConnection connection = platform.lock(project, access.address()).orElseGet(() -> new CvatConnection(project, access.address(), now));
        connection.connected(vault.encrypt(access.token()), webhookSecret == null ? null : vault.encrypt(webhookSecret), function, now);
        if (connection.id() == null) {
            platform.add(connection);
        }
        return connection;
    }

    /** Forgets a connection: its dataset and what was decided about it stay. */
    public void disconnect(long id) {
        platform.remove(platform.lock(id).orElseThrow(() -> new NotFound(CvatConnection.KIND, id)));
    }

    /**
     * What it takes to call it.
     *
     * @throws Conflict if its token was encrypted with a key that is gone
     */
    public CvatAccess access(long id) {
        CvatConnection connection = get(id);
        return new CvatAccess(connection.url(), vault.decrypt(connection.encryptedToken())
                .orElseThrow(() -> new Conflict("CVAT's token cannot be read with this server's key: connect it again")));
    }

    /** Notes that something works or does not, for people to see; null if it works. */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void report(long id, String event, String error) {
        platform.lock(id).ifPresent(connection -> {
            connection.happened(event, Instant.now());
            if (error == null) {
                connection.recovered();
            } else {
                connection.failed(error, Instant.now());
            }
        });
    }

    /**
     * Takes an event; what follows from it is done later.
     *
     * @param signature as CVAT sends it in {@code X-Signature-256}; null without one
     * @return false if nobody vouches for it: there is no such connection, it takes no events, or the signature is wrong
     * @throws InvalidInput if it is signed and no event
     */
    @PermitAll
    public boolean receive(long id, String signature, byte[] body) {
        Optional<String> secret = platform.find(id).flatMap(CvatConnection::encryptedWebhookSecret).flatMap(vault::decrypt);
        if (secret.isEmpty() || !CvatSignature.isOf(secret.get(), body, signature)) {
            return false;
        }
        Event event = CvatJson.event(body);
        Instant now = Instant.now();
        platform.lock(id).ifPresent(connection -> {
            connection.happened(event.name(), now);
            if (event.isDoneJob() && event.task() != null) {
                ordered(id, event.task()).pull(now);
            }
        });
        return true;
    }

    /** A task, made if need be. The connection is locked. */
    private CvatTask ordered(long connection, long task) {
        return platform.lockTask(connection, task).orElseGet(() -> {
            CvatTask made = new CvatTask(connection, task);
            platform.add(made);
            return made;
        });
    }

    /**
     * The images of a task's frames are to be fetched, where they are not here.
     *
     * @param described as CVAT has it
     * @throws NotFound if there is no such connection
     */
    public CvatTask fetchLater(long id, CvatJson.Task described) {
        platform.lock(id).orElseThrow(() -> new NotFound(CvatConnection.KIND, id));
        CvatTask task = ordered(id, described.id());
        task.described(described.name(), described.size());
        task.fetch(Instant.now());
        return task;
    }

    /** What people finished in CVAT is to become reviews, in all known tasks. @return how many */
    public int pullAll(long id) {
        return orderAll(id, CvatTask::pull);
    }

    /** What is proposed is to be sent, in all known tasks. @return how many */
    public int pushAll(long id) {
        return orderAll(id, CvatTask::push);
    }

    private int orderAll(long id, BiConsumer<CvatTask, Instant> order) {
        platform.lock(id).orElseThrow(() -> new NotFound(CvatConnection.KIND, id));
        Instant now = Instant.now();
        List<CvatTask> tasks = platform.tasks(id);
        tasks.forEach(task -> order.accept(platform.lockTask(id, task.task()).orElseThrow(), now));
        return tasks.size();
    }

    /** By number. */
    public List<CvatTask> tasks(long connection) {
        return platform.tasks(connection);
    }

    /** How many frames of each task are here. */
    public Map<Long, Long> frameCounts(long connection) {
        return platform.frameCounts(connection);
    }

    /**
     * A task that is due.
     *
     * @param orders by which {@link #done} knows what was ordered since
     */
    public record Due(long connection, long task, boolean fetch, boolean pull, boolean push, int orders) {
    }

    /** Takes a due task, if there is one, so that no other server has it for a while. */
    public Optional<Due> takeTask() {
        Instant now = Instant.now();
        return platform.dueTask(now).map(task -> {
            task.takenUntil(now.plus(TAKEN));
            return new Due(task.connectionId(), task.task(), task.isToBeFetched(), task.isToBePulled(), task.isToBePushed(), task.orders());
        });
    }

    /** Notes what CVAT says of a task. */
    public void described(long connection, CvatJson.Task described) {
        platform.lockTask(connection, described.id()).ifPresent(task -> task.described(described.name(), described.size()));
    }

    public void done(Due due) {
        platform.lockTask(due.connection(), due.task()).ifPresent(task -> task.done(due.orders(), Instant.now()));
    }

    public void goesOn(Due due) {
        platform.lockTask(due.connection(), due.task()).ifPresent(task -> task.goesOn(Instant.now()));
    }

    /** It is tried again later, but not for ever. */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void failed(Due due, String reason) {
        platform.lock(due.connection()).ifPresent(connection -> connection.failed("task " + due.task() + ": " + reason, Instant.now()));
        platform.lockTask(due.connection(), due.task()).ifPresent(task -> task.failed(reason, Instant.now()));
    }

    /** The images of a task's frames, as far as they are here. */
    public Map<Integer, Long> imagesOf(long connection, long task) {
        return platform.frames(connection, task).stream().collect(Collectors.toMap(CvatFrame::frame, CvatFrame::imageId));
    }

    /**
     * Keeps the image of a frame, in the connection's dataset.
     *
     * @param name that CVAT has for it
     * @throws InvalidInput if it is no picture that can be decoded
     */
    public void keep(long connection, long task, int frame, String name, byte[] bytes) {
        // Decoded before anything is locked: CVAT waits for its events to be taken.
        CvatImages.Stored stored = images.store(get(connection), name, bytes);
        CvatConnection locked = platform.lock(connection).orElseThrow(() -> new NotFound(CvatConnection.KIND, connection));
        if (platform.lockTask(connection, task).isPresent() && platform.frame(connection, task, frame).isEmpty()) {
            platform.add(new CvatFrame(connection, task, frame, images.add(locked, "%d/%06d-%s".formatted(task, frame, stored.name()), stored).id()));
        }
    }

    /**
     * Makes what people said of a frame a review of its image. What is known changes nothing; what somebody else has said before in CVAT is taken
     * back, since the last word is the task's.
     *
     * @param person by the name in CVAT; null if it is not known
     * @param labels all that boxes there may have
     * @param boxes  all that are there
     */
    public void review(long connection, long task, int frame, String person, Set<String> labels, List<CvatBox> boxes) {
        platform.lock(connection);
        Optional<CvatFrame> known = platform.frame(connection, task, frame);
        Optional<Image> image = known.flatMap(shown -> datasets.findImage(shown.imageId()));
        if (image.isEmpty() || labels.isEmpty()) {
            return;
        }
        CvatFrame shown = known.get();
        String reviewer = person == null ? "cvat" : "cvat/" + person;
        String state = Sha256.of((reviewer + boxes.stream().map(CvatBox::toString).sorted().toList()).getBytes(StandardCharsets.UTF_8));
        if (shown.reviewed().map(state::equals).orElse(false)) {
            return;
        }
        String request = "cvat:" + connection + ":" + task + ":" + frame + ":";
        int revision = shown.revision() + 1;
        shown.reviewer().filter(earlier -> !earlier.equals(reviewer))
                .ifPresent(earlier -> reviews.undo(image.get().id(), earlier, request, request + revision + ":undo", Origin.CVAT));
        shown.reviewed(reviewer, state);
        PixelSize size = new PixelSize(image.get().width(), image.get().height());
        List<NamedBox> said = boxes.stream().flatMap(box -> CvatBox.of(box.label(), box.xywh(), size).stream())
                .map(box -> new NamedBox(box.label(), box.xywh())).toList();
        reviews.decide(new ImageReview(image.get().id(), request + revision, reviewer, Origin.CVAT, null, labels, said));
    }

    /** What is proposed for a task's frames and was not sent yet, by frame. */
    public Map<Integer, List<CvatBox>> proposed(long connection, long task) {
        Map<Long, String> categories = projects.categories(get(connection).projectId()).stream().collect(Collectors.toMap(Category::id, Category::name));
        List<CvatFrame> frames = platform.frames(connection, task);
        Map<Long, Image> shown = datasets.findImages(frames.stream().map(CvatFrame::imageId).toList());
        Map<Long, List<Annotation>> open = annotations.ofImages(shown.keySet(), Set.of(Annotation.Status.PROPOSED)).stream()
                .collect(Collectors.groupingBy(Annotation::imageId));
        Map<Integer, List<CvatBox>> proposed = new HashMap<>();
        for (CvatFrame frame : frames) {
            Image image = shown.get(frame.imageId());
            List<CvatBox> boxes = open.getOrDefault(frame.imageId(), List.of()).stream()
                    .flatMap(box -> CvatBox.of(categories.get(box.categoryId()), box.box(), new PixelSize(image.width(), image.height())).stream())
                    .filter(box -> frame.sent().stream().noneMatch(box::isSame)).toList();
            if (!boxes.isEmpty()) {
                proposed.put(frame.frame(), boxes);
            }
        }
        return proposed;
    }

    /** These boxes are in CVAT, by frame. */
    public void sent(long connection, long task, Map<Integer, List<CvatBox>> boxes) {
        boxes.forEach((frame, some) -> platform.frame(connection, task, frame).ifPresent(known -> known.sent(some)));
    }
}
