package dev.gleaner.cvat;

import dev.gleaner.HmacSha256;
import dev.gleaner.InvalidInput;
import dev.gleaner.cvat.CvatClient.ChangedJobs;
import dev.gleaner.cvat.CvatClient.Refused;
import dev.gleaner.cvat.CvatJson.About;
import dev.gleaner.cvat.CvatJson.Event;
import dev.gleaner.cvat.CvatJson.Job;
import dev.gleaner.cvat.CvatJson.Meta;
import dev.gleaner.cvat.CvatJson.Task;
import dev.gleaner.cvat.CvatSubject.Kind;
import dev.gleaner.format.Sha256;
import dev.gleaner.platform.BoxPlatform;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * CVAT: a task of its own is many images, so that each of its frames is a task here, {@code 5/000022}.
 *
 * <p>People finish a job as a whole: then all boxes of its frames are right, those of a model and of tracks too, and there are no others. Before that
 * nothing is decided. CVAT does not say when a frame was changed, so that what is said of it is compared.
 */
@ApplicationScoped
public class CvatPlatform implements BoxPlatform {

    public static final String NAME = "cvat";

    private static final String SIGNATURE = "X-Signature-256";
    private static final String IMAGE = "image";
    private static final String FRAME_NAME = "name";

    @Inject
    private CvatClient client;

    protected CvatPlatform() {
    }

    CvatPlatform(CvatClient client) {
        this.client = client;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "CVAT";
    }

    @Override
    public Needs needs() {
        return new Needs("the address of CVAT, such as https://cvat.example", "an access token of CVAT",
                "tasks/NUMBER, projects/NUMBER, or functions/NUMBER for its annotation requests, as CVAT numbers them", "the secret of a webhook of CVAT's");
    }

    @Override
    public Described describe(PlatformAccess access, String project) throws IOException {
        String address = access.address().orElse("");
        if (!address.matches("https?://[^\\s/?#@]+(/[^\\s?#]*)?")) {
            throw new InvalidInput("url", address, needs().address());
        }
        // It is not shown, even if it is refused.
        if (!access.token().orElse("").matches("[!-~]{1,1000}")) {
            throw new InvalidInput("token", null, needs().token());
        }
        CvatSubject subject = CvatSubject.parse(project).orElseThrow(() -> new InvalidInput("remote", project, needs().project()));
        try {
            About found = client.about(access, subject);
            // Two CVATs have the same numbers, but hardly from the same second.
            String made = found.created().map(at -> String.valueOf(at.getEpochSecond()))
                    .orElseGet(() -> Sha256.of(address.getBytes(StandardCharsets.UTF_8)).substring(0, 10));
            return new Described(subject.path() + "." + made, found.name().isEmpty() ? subject.path() : found.name(), null);
        } catch (Refused e) {
            if (e.status() == 403 || e.status() == 404) {
                throw new InvalidInput("remote", project, needs().project() + "; " + e.getMessage());
            }
            throw e;
        }
    }

    /** A page is a task of CVAT's that shows anything. */
    @Override
    public List<PlatformTask> tasks(PlatformProject project, int page) throws IOException {
        List<List<PlatformTask>> pages = new ArrayList<>();
        tasks(project, pages::add);
        return page <= pages.size() ? pages.get(page - 1) : List.of();
    }

    /** Lists the tasks of a project once. */
    @Override
    public void tasks(PlatformProject project, Consumer<List<PlatformTask>> told) throws IOException {
        CvatSubject subject = CvatSubject.of(project.identity());
        for (Task task : tasks(project)) {
            try {
                Meta meta = client.meta(project.access(), task.id());
                List<PlatformTask> frames = IntStream.range(0, task.size()).filter(frame -> !meta.deleted().contains(frame))
                        .mapToObj(frame -> task(task.id(), frame, meta)).toList();
                if (!frames.isEmpty()) {
                    told.accept(frames);
                }
            } catch (Refused e) {
                if (subject.kind() == Kind.TASKS || !isGone(e)) {
                    throw e;
                }
            }
        }
    }

    /** Those that show anything: one that is being made has no frames yet. */
    private List<Task> tasks(PlatformProject project) throws IOException {
        CvatSubject subject = CvatSubject.of(project.identity());
        List<Task> all = switch (subject.kind()) {
            case TASKS -> List.of(client.task(project.access(), subject.number()));
            case PROJECTS -> client.tasks(project.access(), subject.number());
            case FUNCTIONS -> List.of();
        };
        return all.stream().filter(task -> task.size() > 0).toList();
    }

    private static PlatformTask task(long task, int frame, Meta meta) {
        return new PlatformTask(id(task, frame), Map.of(FRAME_NAME, meta.name(frame)));
    }

    private static String id(long task, int frame) {
        return "%d/%06d".formatted(task, frame);
    }

    private static long task(String id) {
        return Long.parseLong(id.substring(0, id.indexOf('/')));
    }

    private static int frame(String id) {
        return Integer.parseInt(id.substring(id.indexOf('/') + 1));
    }

    @Override
    public Map<String, String> images(PlatformProject project, PlatformTask task) {
        return Map.of(IMAGE, task.id() + "/" + task.data().getOrDefault(FRAME_NAME, "frame"));
    }

    @Override
    public byte[] image(PlatformProject project, PlatformTask task, String address) throws IOException {
        return client.frame(project.access(), task(task.id()), frame(task.id()));
    }

    @Override
    public Set<String> labels(PlatformProject project) throws IOException {
        return Set.copyOf(client.labels(project.access(), CvatSubject.of(project.identity())).values());
    }

    /** Adds boxes to frames of jobs that are not completed, where nothing of the kind is there, be it of a track; nothing that is in CVAT is changed. */
    @Override
    public Map<String, List<ProposedBox>> send(PlatformProject project, List<PlatformPrediction> predictions) throws IOException {
        Map<Long, List<PlatformPrediction>> byTask = predictions.stream()
                .collect(Collectors.groupingBy(prediction -> task(prediction.task()), TreeMap::new, Collectors.toList()));
        Map<String, List<ProposedBox>> there = new HashMap<>();
        for (Map.Entry<Long, List<PlatformPrediction>> one : byTask.entrySet()) {
            List<ProposedShape> fresh = new ArrayList<>();
            CvatState state;
            try {
                state = CvatState.of(client, project.access(), one.getKey());
            } catch (Refused e) {
                if (isGone(e)) {
                    continue;
                }
                throw e;
            }
            for (PlatformPrediction prediction : one.getValue()) {
                int frame = frame(prediction.task());
                for (ProposedBox box : state.isOpen(frame) ? prediction.boxes() : List.<ProposedBox>of()) {
                    state.place(frame, box).ifPresent(place -> {
                        if (place.isFree()) {
                            fresh.add(new ProposedShape(prediction.task(), box, place.shape()));
                        }
                        if (place.isFree() || place.isTakenByModel()) {
                            there.computeIfAbsent(prediction.task(), any -> new ArrayList<>()).add(box);
                        }
                    });
                }
            }
            if (!fresh.isEmpty()) {
                client.create(project.access(), one.getKey(), fresh.stream().map(ProposedShape::shape).toList());
            }
        }
        return there;
    }

    private record ProposedShape(String task, ProposedBox box, CvatJson.NewShape shape) {
    }

    @Override
    public List<PlatformReview> reviews(PlatformProject project) throws IOException {
        List<PlatformReview> reviews = new ArrayList<>();
        Look look = new Look(List.of(), null, true, null);
        while (look.more()) {
            look = changed(project, look.mark());
            reviews.addAll(look.reviews());
            if (look.problem() != null) {
                throw new IOException(look.problem());
            }
        }
        return reviews;
    }

    /** A look is at up to a hundred jobs, those changed first before the others; of each task with a completed one among them all is told. */
    @Override
    public Look changed(PlatformProject project, String mark) throws IOException {
        CvatSubject subject = CvatSubject.of(project.identity());
        if (subject.kind() == Kind.FUNCTIONS) {
            return new Look(List.of(), null, false, null);
        }
        CvatMark since = CvatMark.parse(mark);
        ChangedJobs changed = client.changedJobs(project.access(), subject, since);
        List<PlatformReview> reviews = new ArrayList<>();
        String problem = null;
        for (long task : changed.jobs().stream().filter(Job::isDone).mapToLong(Job::task).distinct().toArray()) {
            try {
                reviews.addAll(reviews(project.access(), task));
            } catch (Refused | CvatJson.Unreadable e) {
                if (e instanceof Refused refused && (!refused.isFinal() || refused.status() == 401)) {
                    throw e;
                } else if (!isGone(e)) {
                    problem = "task " + task + ": " + e.getMessage();
                }
            }
        }
        CvatMark next = next(changed, since);
        return new Look(reviews, next == null ? null : next.written(), changed.hasMore(), problem);
    }

    private static CvatMark next(ChangedJobs changed, CvatMark since) throws IOException {
        Job last = changed.jobs().isEmpty() ? null : changed.jobs().get(changed.jobs().size() - 1);
        CvatMark behind = last == null || last.updated() == null ? since : new CvatMark(last.updated(), last.id());
        if (changed.hasMore() && (behind == null || behind.equals(since))) {
            throw new IOException("CVAT's list of changed jobs does not go on; expected updated_date with each, and another page after this one");
        }
        return changed.hasMore() ? behind : changed.seen().map(at -> new CvatMark(at, 0)).orElse(behind);
    }

    /** Somebody has deleted the task meanwhile. */
    private static boolean isGone(IOException e) {
        return e instanceof Refused refused && refused.status() == 404;
    }

    /** What people finished in a task of CVAT's, frame by frame. */
    private List<PlatformReview> reviews(PlatformAccess access, long task) throws IOException {
        Instant asked = Instant.now();
        Map<Integer, Job> jobs = decided(client.jobs(access, task));
        Map<Long, String> labels = jobs.isEmpty() ? Map.of() : client.labels(access, new CvatSubject(Kind.TASKS, task));
        if (labels.isEmpty()) {
            return List.of();
        }
        Meta meta = client.meta(access, task);
        Map<Integer, List<CvatBox>> boxes = client.annotations(access, task, labels, meta).byFrame();
        return jobs.entrySet().stream().filter(one -> meta.shows(one.getKey()))
                .map(one -> review(task(task, one.getKey(), meta), one.getValue().assignee(), asked, boxes.getOrDefault(one.getKey(), List.of()))).toList();
    }

    /**
     * The frames that are decided about, with the job that says so: of several that share a frame, the last one. Each has boxes of its own there, which a
     * task shows together, so that all of them have to be completed.
     */
    private static Map<Integer, Job> decided(List<Job> jobs) {
        Map<Integer, Job> decided = new TreeMap<>();
        jobs.stream().filter(Job::isDone).forEach(job -> IntStream.rangeClosed(job.first(), job.last()).forEach(frame -> decided.put(frame, job)));
        jobs.stream().filter(job -> !job.isDone()).forEach(job -> decided.keySet().removeIf(job::has));
        return decided;
    }

    private static PlatformReview review(PlatformTask task, String person, Instant asked, List<CvatBox> boxes) {
        String state = Sha256.of((person + boxes.stream().map(CvatBox::toString).sorted().toList()).getBytes(StandardCharsets.UTF_8));
        List<SaidBox> said = boxes.stream().map(box -> new SaidBox(IMAGE, box.label(),
                size -> CvatBox.of(box.label(), box.xywh(), size).map(CvatBox::xywh).orElse(null))).toList();
        return new PlatformReview(task.id(), task, person, null, asked, state, false, said);
    }

    @Override
    public boolean isSigned(String secret, UnaryOperator<String> headers, byte[] body) {
        return HmacSha256.isOf(secret, body, headers.apply(SIGNATURE));
    }

    /** Of a completed job the number of its task is kept: what is in it is asked for later. */
    @Override
    public Heard hear(byte[] body) {
        Event event = CvatJson.event(body);
        return new Heard(event.name(), event.isDoneJob() && event.task() != null ? event.task().toString() : null);
    }

    @Override
    public Said event(PlatformProject project, String body) throws IOException {
        long task = Long.parseLong(body);
        CvatSubject subject = CvatSubject.of(project.identity());
        try {
            boolean isOurs = switch (subject.kind()) {
                case TASKS -> subject.number() == task;
                case PROJECTS -> client.task(project.access(), task).project().map(number -> number == subject.number()).orElse(false);
                case FUNCTIONS -> false;
            };
            return new Said(isOurs ? reviews(project.access(), task) : List.of(), List.of());
        } catch (Refused e) {
            if (isGone(e)) {
                return new Said(List.of(), List.of());
            }
            throw e;
        }
    }
}
