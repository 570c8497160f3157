package dev.gleaner.platform;

import dev.gleaner.platform.PlatformInbox.Due;
import dev.gleaner.platform.PlatformPrediction.ProposedBox;
import dev.gleaner.platform.PlatformTasks.DueTask;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Does what was put off: makes reviews of events, fetches images, labels what was deferred and sends predictions, and looks for reviews whose
 * events were lost. Any server may do any of it, and it may die at any point: what it has taken is taken up again later, and nothing comes to be
 * twice.
 */
@ApplicationScoped
public class PlatformWork {

    private static final System.Logger LOG = System.getLogger(PlatformWork.class.getName());

    /** For so long nothing but failures: then the platform is away, rather than an image gone. */
    private static final Duration GIVEN_UP_AFTER = Duration.ofMinutes(2);

    @Inject
    private Platforms platforms;
    @Inject
    private PlatformConnections connections;
    @Inject
    private PlatformInbox inbox;
    @Inject
    private PlatformTasks tasks;
    @Inject
    private PlatformImages images;
    @Inject
    private PlatformReviews reviews;

    protected PlatformWork() {
    }

    public PlatformWork(Platforms platforms, PlatformConnections connections, PlatformInbox inbox, PlatformTasks tasks, PlatformImages images,
            PlatformReviews reviews) {
        this.platforms = platforms;
        this.connections = connections;
        this.inbox = inbox;
        this.tasks = tasks;
        this.images = images;
        this.reviews = reviews;
    }

    /** Handles the events that are due. @return how many */
    public int handleEvents() {
        List<Due> due = inbox.take();
        for (Due one : due) {
            try {
                handle(one);
                inbox.handled(one.event());
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.WARNING, "cannot handle event " + one.event() + " of a labeling platform", e);
                inbox.failed(one.event(), "an event could not be handled: " + e.getMessage(), pause(e));
            }
        }
        return due.size();
    }

    private void handle(Due due) throws IOException {
        LabelingPlatform platform = platforms.get(connections.get(due.connection()).platform());
        PlatformProject project = connections.project(due.connection());
        LabelingPlatform.Said said = platform.event(project, due.body());
        for (String gone : said.withdrawn()) {
            reviews.withdraw(project.connection(), gone);
        }
        take(platform, project, said.reviews());
    }

    /**
     * Makes reviews of those that are not known. One that cannot be taken does not keep the others out, however many there are; those are known the
     * next time, so that only what failed is tried again.
     *
     * @throws IOException in the end, if some could not be taken: how many, and why the first could not
     */
    private void take(LabelingPlatform platform, PlatformProject project, List<PlatformReview> told) throws IOException {
        List<PlatformReview> fresh = told.stream().filter(review -> !reviews.isKnown(project.connection(), review)).toList();
        if (fresh.isEmpty()) {
            return;
        }
        Set<String> labels = platform.labels(project);
        Exception first = null;
        String reason = null;
        int failed = 0;
        long worked = System.nanoTime();
        for (PlatformReview review : fresh) {
            try {
                if (!review.task().data().isEmpty()) {
                    fetch(platform, project, review.task());
                }
                reviews.review(project.connection(), review, labels);
                worked = System.nanoTime();
            } catch (PlatformBusy e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                failed++;
                first = first == null ? e : first;
                reason = reason == null ? "task " + review.task().id() + ": " + e.getMessage() : reason;
                if (System.nanoTime() - worked > GIVEN_UP_AFTER.toNanos()) {
                    break;
                }
            }
        }
        if (failed > 0) {
            throw new IOException(failed + " of " + fresh.size() + " decisions could not be taken; " + reason, first);
        }
    }

    /** Fetches and keeps the images of a task that are not here. */
    private void fetch(LabelingPlatform platform, PlatformProject project, PlatformTask task) throws IOException {
        for (Map.Entry<String, String> image : platform.images(project, task).entrySet()) {
            if (images.imageOf(project.connection(), task.id(), image.getKey()).isEmpty()) {
                byte[] bytes = platform.image(project, task, image.getValue());
                images.keep(project.connection(), task, image.getKey(), image.getValue(), bytes);
            }
        }
    }

    /** Looks through the reviews of projects that were not looked at for a while. */
    public void poll() {
        for (long id : connections.takePolls()) {
            try {
                LabelingPlatform platform = platforms.get(connections.get(id).platform());
                PlatformProject project = connections.project(id);
                look(platform, platform.current(project).map(now -> described(id, now)).orElse(project));
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.INFO, () -> "cannot look through the reviews of platform connection " + id + ": " + e.getMessage());
                connections.lookEnded(id, e.getMessage(), pause(e));
            }
        }
    }

    private PlatformProject described(long id, LabelingPlatform.Described now) {
        connections.described(id, now);
        return connections.project(id);
    }

    /** What could not be read or taken is looked at again the next time, and what comes after it, too. */
    private void look(LabelingPlatform platform, PlatformProject project) throws IOException {
        long id = project.connection();
        String mark = connections.mark(id).orElse(null);
        String problem = null;
        LabelingPlatform.Look look;
        List<String> before = List.of();
        do {
            // What becomes known while the platform answers may be missing in its answer, and is not gone.
            Map<String, String> known = reviews.open(id);
            look = platform.changed(project, mark);
            List<String> told = look.reviews().stream().map(review -> review.id() + " " + review.updatedAt()).toList();
            problem = problem == null ? look.problem() : problem;
            String kept = withdraw(id, known, look);
            problem = problem == null ? kept : problem;
            try {
                take(platform, project, look.reviews());
            } catch (IOException e) {
                if (e instanceof PlatformBusy || !look.more()) {
                    throw e;
                }
                problem = problem == null ? e.getMessage() : problem;
            }
            if (look.more() && (Objects.equals(mark, look.mark()) || !told.isEmpty() && told.equals(before))) {
                throw new IOException("it tells the same decisions again and again");
            }
            before = told;
            mark = look.mark();
        } while ((problem != null || connections.looked(id, mark)) && look.more());
        connections.lookEnded(id, problem, Duration.ZERO);
    }

    /**
     * Takes back what is gone in the platform, when events were lost; only after a look that could read everything.
     *
     * @return what could not be taken back; null if nothing
     */
    private String withdraw(long connection, Map<String, String> known, LabelingPlatform.Look look) {
        if (look.problem() != null) {
            return null;
        }
        String problem = null;
        Set<String> told = look.reviews().stream().map(PlatformReview::id).collect(Collectors.toSet());
        for (Map.Entry<String, String> one : known.entrySet()) {
            if (!told.contains(one.getKey()) && look.whole().test(one.getValue())) {
                LOG.log(Level.INFO, () -> "review " + one.getKey() + " of platform connection " + connection + " is gone: what it said is taken back");
                try {
                    reviews.withdraw(connection, one.getKey());
                } catch (RuntimeException e) {
                    problem = problem == null ? "what was decided about task " + one.getValue() + " cannot be taken back: " + e.getMessage() : problem;
                }
            }
        }
        return problem;
    }

    private static Duration pause(Exception e) {
        return e instanceof PlatformBusy busy ? busy.pause() : Duration.ZERO;
    }

    /** Does what is due about tasks until nothing is, or that long and what it has begun by then. @return how many tasks */
    public int handleTasks(Duration atMost) {
        long began = System.nanoTime();
        int all = 0;
        int some;
        do {
            some = handleTasks();
            all += some;
        } while (some > 0 && System.nanoTime() - began < atMost.toNanos());
        return all;
    }

    /** Does some of what is due about tasks of each project. @return how many tasks; 0 when nothing is due */
    public int handleTasks() {
        int count = 0;
        for (PlatformConnection known : connections.all()) {
            Optional<LabelingPlatform> platform = platforms.find(known.platform());
            List<DueTask> due = platform.isEmpty() ? List.of() : tasks.take(known.id());
            if (!due.isEmpty()) {
                try {
                    handle(platform.get(), connections.project(known.id()), due);
                } catch (RuntimeException e) {
                    // It may be gone by now; the others are not to wait for it.
                    LOG.log(Level.WARNING, "cannot handle tasks of platform connection " + known.id(), e);
                }
                count += due.size();
            }
        }
        return count;
    }

    private void handle(LabelingPlatform platform, PlatformProject project, List<DueTask> due) {
        long connection = project.connection();
        Set<String> labels;
        try {
            labels = platform.labels(project);
        } catch (IOException | RuntimeException e) {
            tasks.failed(connection, due.stream().map(task -> task.task().id()).toList(), e.getMessage(), pause(e));
            return;
        }
        List<PlatformPrediction> fresh = new ArrayList<>();
        for (DueTask task : due) {
            String id = task.task().id();
            try {
                if (task.fetch()) {
                    fetch(platform, project, task.task());
                    tasks.fetched(connection, id);
                    continue;
                }
                if (task.labeling()) {
                    platform.label(project, task.task());
                }
                PlatformPrediction prediction = tasks.proposed(connection, id, labels);
                if (task.isNew() || !platform.keepsPredictions()) {
                    fresh.add(prediction);
                } else {
                    put(platform, project, task, prediction);
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.INFO, () -> "cannot handle task " + id + " of " + platform.title() + ": " + e.getMessage());
                if (e instanceof PlatformBusy) {
                    List<DueTask> left = due.subList(due.indexOf(task), due.size());
                    tasks.failed(connection, left.stream().map(one -> one.task().id()).toList(), e.getMessage(), pause(e));
                    break;
                }
                tasks.failed(connection, List.of(id), "task " + id + ": " + e.getMessage(), Duration.ZERO);
            }
        }
        add(platform, project, fresh);
    }

    /** Sends what may be there in an earlier state, unless it is there as it is. */
    private void put(LabelingPlatform platform, PlatformProject project, DueTask task, PlatformPrediction prediction) throws IOException {
        String digest = prediction.digest(project);
        if (task.doubtful() || !digest.equals(task.sent())) {
            if (tasks.sending(project.connection(), List.of(prediction.task()), false).isEmpty()) {
                return;
            }
            platform.put(project, prediction);
            connections.report(project.connection(), "pushed the prediction of task " + prediction.task(), null);
        }
        tasks.sent(project.connection(), Map.of(prediction.task(), digest));
    }

    /** @param made that are not in the platform, unless it asked for them meanwhile */
    private void add(LabelingPlatform platform, PlatformProject project, List<PlatformPrediction> made) {
        if (made.isEmpty()) {
            return;
        }
        Set<String> ids = tasks.sending(project.connection(), made.stream().map(PlatformPrediction::task).toList(), platform.keepsPredictions());
        List<PlatformPrediction> fresh = made.stream().filter(prediction -> ids.contains(prediction.task())).toList();
        if (fresh.isEmpty()) {
            return;
        }
        try {
            String said = platform.keepsPredictions() ? addAll(platform, project, fresh) : send(platform, project, fresh);
            Map<String, String> sent = new HashMap<>();
            fresh.forEach(prediction -> sent.put(prediction.task(), prediction.digest(project)));
            tasks.sent(project.connection(), sent);
            connections.report(project.connection(), said, null);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.INFO, () -> "cannot send predictions to " + platform.title() + ": " + e.getMessage());
            tasks.failed(project.connection(), ids, "predictions could not be sent: " + e.getMessage(), pause(e));
        }
    }

    /** @return what was done */
    private String addAll(LabelingPlatform platform, PlatformProject project, List<PlatformPrediction> predictions) throws IOException {
        platform.add(project, predictions);
        return "pushed predictions of " + predictions.size() + " tasks";
    }

    /** @return what was done */
    private String send(LabelingPlatform platform, PlatformProject project, List<PlatformPrediction> predictions) throws IOException {
        List<PlatformPrediction> unsent = predictions.stream().map(prediction -> tasks.unsent(project.connection(), prediction))
                .filter(prediction -> !prediction.boxes().isEmpty()).toList();
        Map<String, List<ProposedBox>> added = unsent.isEmpty() ? Map.of() : platform.send(project, unsent);
        tasks.added(project.connection(), added);
        return "pushed " + added.values().stream().mapToInt(List::size).sum() + " boxes of " + predictions.size() + " tasks";
    }
}
