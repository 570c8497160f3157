package dev.gleaner.cvat;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.cvat.CvatClient.Refused;
import dev.gleaner.cvat.CvatJson.Assignment;
import dev.gleaner.cvat.CvatJson.Meta;
import dev.gleaner.cvat.CvatJson.NewShape;
import dev.gleaner.cvat.CvatJson.Task;
import dev.gleaner.platform.PlatformAccess;
import dev.gleaner.platform.PlatformBusy;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Takes the annotation requests of a function in CVAT, as an agent of CVAT's own does, labels the frames with a project's champion, and gives back
 * the boxes. CVAT gives each request to one agent, so every server may have one.
 */
final class CvatAgent {

    /** Requests of somebody who waits for the answer; they go before the others, in the middle of a task, too. */
    static final String INTERACTIVE = "interactive";
    static final String BATCH = "batch";

    private static final System.Logger LOG = System.getLogger(CvatAgent.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ATTEMPTS = 5;
    /** However long CVAT asks for: somebody waits for the request. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int LONGEST_REASON = 200;

    /**
     * The function that is served.
     *
     * @param project the project whose champion labels, by its id
     */
    record Post(PlatformAccess access, long function, long project) {
    }

    /**
     * How long is waited.
     *
     * @param update between two signs of life
     * @param pause  before something is tried again that failed
     */
    record Pace(Duration update, Duration pause) {
        static final Pace USUAL = new Pace(Duration.ofSeconds(30), Duration.ofSeconds(2));
    }

    /** CVAT has taken the request back: nobody waits for the result. */
    private static final class Withdrawn extends IOException {

        private static final long serialVersionUID = 1;
    }

    /** The request at work: how far it is, and whether CVAT still wants it. */
    private static final class Progress {
        private volatile double done;
        private volatile boolean withdrawn;
    }

    private final Post post;
    private final CvatClient client;
    private final CvatFunctionService functions;
    private final ScheduledExecutorService signsOfLife;
    private final Pace pace;
    private final Consumer<String> told;
    private final String id;
    private volatile boolean interactiveWaits;
    private volatile boolean stopped;

    /** @param told takes what happened, for people to see; does not fail */
    CvatAgent(Post post, CvatClient client, CvatFunctionService functions, ScheduledExecutorService signsOfLife, Pace pace, Consumer<String> told) {
        this.post = post;
        this.client = client;
        this.functions = functions;
        this.signsOfLife = signsOfLife;
        this.pace = pace;
        this.told = told;
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        this.id = HexFormat.of().formatHex(random);
    }

    /** Somebody waits for an answer: it is given before the next frame. */
    void interactiveWaits() {
        interactiveWaits = true;
    }

    /** Gives up the request at work at its next frame, and takes no other. */
    void stop() {
        stopped = true;
    }

    /**
     * Carries out all requests that wait.
     *
     * @throws Refused     if CVAT does not let this agent serve the function
     * @throws IOException if CVAT does not answer
     */
    void work() throws IOException {
        do {
            drain(INTERACTIVE);
        } while (!stopped && carryOutOne(BATCH));
    }

    private void drain(String category) throws IOException {
        interactiveWaits = false;
        while (!stopped && carryOutOne(category)) {
            // The next one may wait already.
        }
    }

    private boolean carryOutOne(String category) throws IOException {
        Optional<Assignment> assignment = client.acquire(post.access(), post.function(), id, category);
        assignment.ifPresent(this::carryOut);
        return assignment.isPresent();
    }

    private void carryOut(Assignment assignment) {
        Progress progress = new Progress();
        ScheduledFuture<?> signs = signsOfLife.scheduleWithFixedDelay(() -> update(assignment, progress), pace.update().toMillis(), pace.update().toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            List<NewShape> shapes = label(assignment, progress);
            patiently(progress, () -> {
                client.complete(post.access(), post.function(), assignment.id(), id, shapes);
                return null;
            });
            told.accept("labeled task " + assignment.task() + " for CVAT's function " + post.function() + ": " + shapes.size() + " boxes");
        } catch (Withdrawn e) {
            told.accept("CVAT took back its request to label task " + assignment.task());
        } catch (IOException | RuntimeException e) {
            boolean isExplained = isRefusal(e) || e instanceof Refused;
            LOG.log(isExplained ? Level.INFO : Level.WARNING, "cannot carry out an annotation request of CVAT's for task " + assignment.task()
                    + (isExplained ? ": " + e.getMessage() : ""), isExplained ? null : e);
            fail(assignment, reason(e));
        } finally {
            signs.cancel(false);
        }
    }

    private void update(Assignment assignment, Progress progress) {
        try {
            client.update(post.access(), post.function(), assignment.id(), id, progress.done);
        } catch (Refused e) {
            progress.withdrawn |= e.isFinal();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "CVAT was not told of the progress", e);
        }
    }

    private void fail(Assignment assignment, String reason) {
        told.accept("could not label task " + assignment.task() + " for CVAT: " + reason);
        try {
            client.fail(post.access(), post.function(), assignment.id(), id, reason);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.INFO, () -> "CVAT cannot be told that an annotation request failed: " + e.getMessage());
        }
    }

    private static boolean isRefusal(Exception e) {
        return e instanceof InvalidInput || e instanceof Conflict || e instanceof NotFound;
    }

    /** What CVAT's users may know: nothing of this server's insides. */
    private static String reason(Exception e) {
        String reason;
        if (isRefusal(e)) {
            reason = e.getMessage();
        } else if (e instanceof PlatformBusy) {
            reason = "CVAT asks not to be asked for a while";
        } else if (e instanceof Refused refused) {
            reason = "CVAT answered " + refused.status();
        } else if (e instanceof CvatJson.Unreadable) {
            reason = "CVAT's answer could not be read";
        } else {
            reason = e instanceof IOException ? "CVAT could not be reached" : "the labeling server failed";
        }
        return reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
    }

    private List<NewShape> label(Assignment assignment, Progress progress) throws IOException {
        boolean whole = assignment.type().equals("annotate_task");
        if (!whole && !assignment.type().equals("annotate_frame")) {
            throw new InvalidInput("type", assignment.type(), "annotate_task or annotate_frame");
        }
        long number = assignment.task();
        Task task = patiently(progress, () -> client.task(post.access(), number));
        Meta meta = patiently(progress, () -> client.meta(post.access(), number));
        Map<String, Long> targets = targets(assignment, patiently(progress, () -> client.labels(post.access(), new CvatSubject(CvatSubject.Kind.TASKS, number))));
        List<Integer> frames = whole ? IntStream.range(0, task.size()).filter(frame -> !meta.deleted().contains(frame)).boxed().toList()
                : List.of(frame(assignment, task, meta));
        List<NewShape> shapes = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            int frame = frames.get(i);
            byte[] image = patiently(progress, () -> client.frame(post.access(), number, frame));
            detect(assignment, progress, frame, image, targets.keySet()).forEach(one -> shapes.add(new NewShape(frame, targets.get(one.box().label()), one.box())));
            progress.done = (i + 1.0) / frames.size();
            if (whole && interactiveWaits) {
                serveInBetween();
            }
        }
        return shapes;
    }

    private List<CvatBox.Found> detect(Assignment assignment, Progress progress, int frame, byte[] image, Set<String> labels) throws IOException {
        try {
            return patiently(progress, () -> functions.detect(post.project(), image, assignment.threshold(), labels));
        } catch (InvalidInput e) {
            throw e.within("frame " + frame);
        }
    }

    /** Trouble with another request is not this one's. */
    private void serveInBetween() {
        try {
            drain(INTERACTIVE);
        } catch (IOException e) {
            LOG.log(Level.INFO, () -> "cannot take interactive requests of CVAT's: " + e.getMessage());
        }
    }

    private static int frame(Assignment assignment, Task task, Meta meta) {
        Integer frame = assignment.frame();
        if (frame == null || frame < 0 || frame >= task.size() || meta.deleted().contains(frame)) {
            throw new InvalidInput("frame", frame, "a frame of task " + assignment.task());
        }
        return frame;
    }

    /** The number of the task's label by the function's. */
    private static Map<String, Long> targets(Assignment assignment, Map<Long, String> labels) {
        Map<String, Long> byName = new HashMap<>();
        labels.forEach((number, name) -> byName.put(name, number));
        if (assignment.mapping().isEmpty()) {
            return byName;
        }
        Map<String, Long> targets = new HashMap<>();
        assignment.mapping().forEach((own, name) -> {
            if (byName.containsKey(name)) {
                targets.put(own, byName.get(name));
            }
        });
        return targets;
    }

    /** Something that may fail now and succeed later. */
    @FunctionalInterface
    private interface Attempt<T> {
        T make() throws IOException;
    }

    /** A whole task is given back at once at its end: what passes by itself must not cost it. */
    private <T> T patiently(Progress progress, Attempt<T> attempt) throws IOException {
        for (int i = 1;; i++) {
            if (progress.withdrawn) {
                throw new Withdrawn();
            }
            if (stopped) {
                throw new Conflict("the labeling server stops");
            }
            Duration least = Duration.ZERO;
            try {
                return attempt.make();
            } catch (IOException | RuntimeException e) {
                if (i == ATTEMPTS || isRefusal(e) || e instanceof Refused refused && refused.isFinal()) {
                    throw e;
                }
                least = e instanceof PlatformBusy busy ? busy.pause() : least;
            }
            pause(i, least.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : least);
        }
    }

    /** @param least that CVAT asks for */
    private void pause(int attempt, Duration least) throws IOException {
        try {
            Thread.sleep(Math.max(least.toMillis(), pace.pause().multipliedBy(1L << attempt - 1).toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
