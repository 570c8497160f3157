package dev.gleaner.platform;

import dev.gleaner.Conflict;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.PixelSize;
import dev.gleaner.platform.PlatformPrediction.ProposedBox;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What is known of platforms' tasks, what is to be done about them, and what is proposed for them. It calls no other server. */
@Stateless
public class PlatformTasks {

    /** For how long what one server has taken is no other's. */
    static final Duration TAKEN = Duration.ofMinutes(10);

    private static final int MOST_DUE = 20;

    @Inject
    private PlatformRepository repository;
    @Inject
    private Platforms platforms;
    @Inject
    private PlatformModels models;
    @Inject
    private ProjectRepository projects;
    @Inject
    private DatasetRepository datasets;
    @Inject
    private AnnotationRepository annotations;

    protected PlatformTasks() {
    }

    public PlatformTasks(PlatformRepository repository, Platforms platforms, PlatformModels models, ProjectRepository projects, DatasetRepository datasets,
            AnnotationRepository annotations) {
        this.repository = repository;
        this.platforms = platforms;
        this.models = models;
        this.projects = projects;
        this.datasets = datasets;
        this.annotations = annotations;
    }

    /** Tasks were answered in the call that asked. */
    public void answered(long connection, Collection<PlatformTask> tasks) {
        tasks.forEach(task -> repository.known(connection, task).answered());
    }

    /** Tasks could not be answered in time: they will be labeled, and their predictions sent. */
    public void defer(long connection, Collection<PlatformTask> tasks) {
        Instant now = Instant.now();
        tasks.forEach(task -> repository.known(connection, task).defer(true, now));
    }

    /** The images of these tasks are to be fetched, where they are not here. */
    public void fetchLater(long connection, Collection<PlatformTask> tasks) {
        Instant now = Instant.now();
        tasks.forEach(task -> repository.known(connection, task).fetch(now));
    }

    /**
     * What is proposed is to be sent, for each task with an image that was looked at; what the platform has already is not sent again. Others are left
     * out: a prediction without a box would tell the platform that the model found nothing, and keep it from asking.
     *
     * @return how many tasks are to be sent
     * @throws dev.gleaner.NotFound if there is no such connection
     * @throws Conflict             if nobody told what it takes to call the platform
     */
    public int pushAll(long connection) {
        PlatformConnection known = repository.get(connection);
        LabelingPlatform platform = platforms.get(known.platform());
        if (!known.canBeCalled(platform.needs())) {
            throw new Conflict("nobody told the address and the token of this " + platform.title());
        }
        Instant now = Instant.now();
        List<KnownTask> shown = repository.tasksWithImages(connection);
        Set<String> seen = repository.tasksLookedAt(connection);
        // Where boxes alone are sent, none says nothing.
        List<KnownTask> tasks = shown.stream().filter(task -> !platform.keepsPredictions() || seen.contains(task.task().id())).toList();
        tasks.forEach(task -> task.defer(false, now));
        // What was answered in a call without a box is there already.
        long leftOut = !platform.keepsPredictions() ? 0 : shown.stream().filter(task -> !seen.contains(task.task().id()) && !task.isAnswered()).count();
        repository.lock(connection).ifPresent(there -> there.pushed(tasks.size(), (int) leftOut, now));
        return tasks.size();
    }

    /**
     * A task that is due.
     *
     * @param fetch    whether only its images are to be fetched
     * @param labeling whether it is labeled before its prediction is sent
     * @param doubtful whether its prediction may have been sent already
     * @param answered whether the platform had its prediction from a call of its own
     * @param sent     the digest of what was sent last; null if nothing was
     */
    public record DueTask(PlatformTask task, boolean fetch, boolean labeling, boolean doubtful, boolean answered, String sent) {

        /** Whether the platform has no prediction of it; one that could not be answered in time may have been asked for again. */
        boolean isNew() {
            return sent == null && !doubtful && !answered && !labeling;
        }
    }

    /** Takes due tasks of a project so that no other server has them for a while. */
    public List<DueTask> take(long connection) {
        Instant now = Instant.now();
        return repository.dueTasks(connection, now, MOST_DUE).stream().map(task -> {
            task.takenUntil(now.plus(TAKEN));
            return new DueTask(task.task(), task.status() == KnownTask.Status.FETCHING, task.isLabeledFirst(), task.status() == KnownTask.Status.SENDING,
                    task.isAnswered(), task.sent().orElse(null));
        }).toList();
    }

    /** The images of a task are here. */
    public void fetched(long connection, String task) {
        repository.task(connection, task).ifPresent(known -> known.fetched(Instant.now()));
    }

    /**
     * The predictions of these tasks are about to be sent.
     *
     * @param fresh whether they are added without a look at what the platform has
     * @return those to be sent so: others were answered meanwhile in a call of the platform's own
     */
    public Set<String> sending(long connection, Collection<String> tasks, boolean fresh) {
        Instant now = Instant.now();
        Set<String> left = new HashSet<>();
        // In one order, since they are locked.
        tasks.stream().sorted().map(id -> repository.lockedTask(connection, id)).flatMap(Optional::stream).filter(KnownTask::isToBeSent).forEach(task -> {
            if (fresh && task.isAnswered()) {
                task.takenUntil(now);
            } else {
                task.sending(now, now.plus(TAKEN));
                left.add(task.task().id());
            }
        });
        return left;
    }

    /** @param sent the digest of what was sent, by task */
    public void sent(long connection, Map<String, String> sent) {
        sent.forEach((task, digest) -> repository.task(connection, task).ifPresent(known -> known.sent(digest, Instant.now())));
    }

    /** A prediction without the boxes that its task was sent before. */
    public PlatformPrediction unsent(long connection, PlatformPrediction prediction) {
        List<SentBox> before = repository.task(connection, prediction.task()).map(KnownTask::boxes).orElse(List.of());
        return new PlatformPrediction(prediction.task(), prediction.modelVersion(),
                prediction.boxes().stream().filter(box -> before.stream().noneMatch(sent -> sent.isSame(box))).toList());
    }

    /** These boxes are in the platform now, by task. */
    public void added(long connection, Map<String, List<ProposedBox>> added) {
        added.forEach((task, boxes) -> repository.task(connection, task).ifPresent(known -> known.sent(boxes.stream().map(SentBox::of).toList())));
    }

    /** These tasks are tried again later, but not for ever. @param pause that the platform asks for; then it does not count */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void failed(long connection, Collection<String> tasks, String reason, Duration pause) {
        each(connection, tasks, task -> task.failed(reason, Instant.now(), pause));
        repository.lock(connection).ifPresent(known -> known.failed(reason, Instant.now()));
    }

    private void each(long connection, Collection<String> tasks, Consumer<KnownTask> work) {
        tasks.forEach(task -> repository.task(connection, task).ifPresent(work));
    }

    /** How many tasks there are of each status. */
    public Map<String, Long> counts(long connection) {
        return repository.counts(connection).entrySet().stream().collect(Collectors.toMap(entry -> entry.getKey().name(), Map.Entry::getValue));
    }

    /**
     * What is proposed for a task's images now.
     *
     * @param labels of other categories nothing is told
     * @throws Conflict if nothing is proposed, and the project has no champion that could have found nothing
     */
    public PlatformPrediction proposed(long connection, String task, Set<String> labels) {
        long project = repository.get(connection).projectId();
        Map<Long, String> categories = projects.categories(project).stream().collect(Collectors.toMap(Category::id, Category::name));
        List<ProposedBox> boxes = new ArrayList<>();
        Optional<Long> latest = Optional.empty();
        for (KnownImage shown : repository.images(connection, task)) {
            Image image = datasets.findImage(shown.imageId()).orElseThrow();
            PixelSize size = new PixelSize(image.width(), image.height());
            for (Annotation box : annotations.ofImage(image.id(), Set.of(Annotation.Status.PROPOSED))) {
                String label = categories.get(box.categoryId());
                if (labels.contains(label)) {
                    boxes.add(new ProposedBox(shown.name(), size, label, box.box(), box.score().orElse(0.0)));
                    long by = box.modelVersionId().orElse(0L);
                    latest = by > latest.orElse(0L) ? Optional.of(by) : latest;
                }
            }
        }
        return new PlatformPrediction(task, latest.map(models::versionName).orElseGet(() -> PlatformModels.versionName(models.champion(project))), boxes);
    }
}
