package dev.gleaner.cvat;

import dev.gleaner.cvat.CvatJson.Annotations;
import dev.gleaner.cvat.CvatJson.Job;
import dev.gleaner.cvat.CvatJson.Meta;
import dev.gleaner.cvat.CvatJson.NewShape;
import dev.gleaner.cvat.CvatJson.Shape;
import dev.gleaner.cvat.CvatJson.Task;
import dev.gleaner.cvat.CvatService.Due;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Does what is to be done about CVAT's tasks: fetches images, makes reviews of what people finished, sends what is proposed. Any server may do any
 * of it, and it may die at any point: what it has taken is taken up again later, and nothing comes to be twice.
 *
 * <p>People finish a job as a whole: then all boxes of its frames are right, those of a model too, and there are no others. Before that nothing
 * is decided.
 */
@ApplicationScoped
public class CvatWork {

    private static final System.Logger LOG = System.getLogger(CvatWork.class.getName());
    private static final int AT_ONCE = 50;
    private static final int FRAMES_AT_ONCE = 20;
    private static final int SHAPES_AT_ONCE = 1000;

    @Inject
    private CvatService platform;
    @Inject
    private CvatClient client;

    protected CvatWork() {
    }

    CvatWork(CvatService platform, CvatClient client) {
        this.platform = platform;
        this.client = client;
    }

    /** Does what is due, for a while. @return how many tasks something was done about */
    public int handleTasks() {
        int count = 0;
        for (Optional<Due> due = platform.takeTask(); due.isPresent(); due = platform.takeTask()) {
            handleOrSay(due.get());
            if (++count == AT_ONCE) {
                return count;
            }
        }
        return count;
    }

    private void handleOrSay(Due due) {
        try {
            if (handle(due)) {
                platform.done(due);
            } else {
                platform.goesOn(due);
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.INFO, () -> "cannot handle task " + due.task() + " of CVAT: " + e.getMessage());
            platform.failed(due, String.valueOf(e.getMessage()));
        }
    }

    /** @return false if there is more to be done */
    private boolean handle(Due due) throws IOException {
        CvatAccess access = platform.access(due.connection());
        Task task = client.task(access, due.task());
        platform.described(due.connection(), task);
        Meta meta = client.meta(access, due.task());
        List<Job> done = client.jobs(access, due.task()).stream().filter(Job::isDone).toList();
        IntPredicate decided = frame -> done.stream().anyMatch(job -> frame >= job.first() && frame <= job.last());
        Map<Integer, Long> here = platform.imagesOf(due.connection(), due.task());
        List<Integer> missing = IntStream.range(0, task.size())
                .filter(frame -> !meta.deleted().contains(frame) && !here.containsKey(frame) && (due.fetch() || due.pull() && decided.test(frame)))
                .boxed().toList();
        for (int frame : missing.subList(0, Math.min(FRAMES_AT_ONCE, missing.size()))) {
            platform.keep(due.connection(), due.task(), frame, meta.name(frame), client.frame(access, due.task(), frame));
        }
        if (missing.size() > FRAMES_AT_ONCE) {
            return false;
        }
        if (due.pull() && !done.isEmpty()) {
            pull(due, access, meta, done);
        }
        if (due.push()) {
            push(due, access, meta, decided);
        }
        return true;
    }

    private void pull(Due due, CvatAccess access, Meta meta, List<Job> done) throws IOException {
        Map<Long, String> labels = client.labels(access, due.task());
        Annotations there = client.annotations(access, due.task(), labels);
        if (there.hasTracks()) {
            throw new IOException("it has tracks, whose boxes between key frames cannot be read; expected shapes only");
        }
        Map<Integer, List<CvatBox>> boxes = there.shapes().stream()
                .collect(Collectors.groupingBy(Shape::frame, Collectors.mapping(Shape::box, Collectors.toList())));
        Set<String> known = Set.copyOf(labels.values());
        // A frame that several jobs share is the last one's.
        Map<Integer, Job> jobs = new TreeMap<>();
        done.forEach(job -> IntStream.rangeClosed(job.first(), job.last()).forEach(frame -> jobs.put(frame, job)));
        for (Map.Entry<Integer, Job> one : jobs.entrySet()) {
            int frame = one.getKey();
            if (!meta.deleted().contains(frame)) {
                platform.review(due.connection(), due.task(), frame, one.getValue().assignee(), known, boxes.getOrDefault(frame, List.of()));
            }
        }
        platform.report(due.connection(), "pulled what people finished in task " + due.task(), null);
    }

    /** Adds boxes where nobody has said anything yet; nothing that is in CVAT is changed. */
    private void push(Due due, CvatAccess access, Meta meta, IntPredicate decided) throws IOException {
        Map<Integer, List<CvatBox>> proposed = platform.proposed(due.connection(), due.task());
        Map<Long, String> names = client.labels(access, due.task());
        Map<String, Long> labels = new HashMap<>();
        names.forEach((number, name) -> labels.put(name, number));
        Map<Integer, List<CvatBox>> there = client.annotations(access, due.task(), names).shapes().stream()
                .collect(Collectors.groupingBy(Shape::frame, Collectors.mapping(Shape::box, Collectors.toList())));
        List<NewShape> fresh = new ArrayList<>();
        proposed.forEach((frame, boxes) -> boxes.stream()
                .filter(box -> labels.containsKey(box.label()) && !decided.test(frame) && !meta.deleted().contains(frame)
                        && there.getOrDefault(frame, List.of()).stream().noneMatch(box::isSame))
                .forEach(box -> fresh.add(new NewShape(frame, labels.get(box.label()), box))));
        for (int from = 0; from < fresh.size(); from += SHAPES_AT_ONCE) {
            List<NewShape> some = fresh.subList(from, Math.min(fresh.size(), from + SHAPES_AT_ONCE));
            client.create(access, due.task(), some);
            platform.sent(due.connection(), due.task(), some.stream()
                    .collect(Collectors.groupingBy(NewShape::frame, Collectors.mapping(NewShape::box, Collectors.toList()))));
        }
        platform.report(due.connection(), "pushed " + fresh.size() + " boxes to task " + due.task(), null);
    }
}
