package dev.gleaner.labelstudio;

import dev.gleaner.InvalidInput;
import dev.gleaner.format.Sha256;
import dev.gleaner.labelstudio.LabelStudioJson.Annotation;
import dev.gleaner.labelstudio.LabelStudioJson.Event;
import dev.gleaner.labelstudio.LabelStudioJson.Prediction;
import dev.gleaner.labelstudio.LabelStudioJson.Stored;
import dev.gleaner.labelstudio.LabelStudioJson.Task;
import dev.gleaner.labelstudio.LabelStudioService.Due;
import dev.gleaner.labelstudio.LabelStudioService.DueTask;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Does what was put off: makes reviews of events, fetches images, labels what was deferred and sends predictions, and looks for annotations
 * whose events were lost. Any server may do any of it, and it may die at any point: what it has taken is taken up again later, and nothing
 * comes to be twice.
 */
@ApplicationScoped
public class LabelStudioWork {

    private static final System.Logger LOG = System.getLogger(LabelStudioWork.class.getName());

    @Inject
    private LabelStudioService platform;
    @Inject
    private LabelStudioPredictor predictor;
    @Inject
    private LabelStudioClient client;

    protected LabelStudioWork() {
    }

    LabelStudioWork(LabelStudioService platform, LabelStudioPredictor predictor, LabelStudioClient client) {
        this.platform = platform;
        this.predictor = predictor;
        this.client = client;
    }

    /** Handles the events that are due. @return how many */
    public int handleEvents() {
        List<Due> due = platform.takeEvents();
        for (Due one : due) {
            try {
                handle(one);
                platform.handled(one.event());
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.WARNING, "cannot handle event " + one.event() + " of Label Studio", e);
                platform.eventFailed(one.event(), "an event could not be handled: " + e.getMessage());
            }
        }
        return due.size();
    }

    private void handle(Due due) throws IOException {
        Event event = LabelStudioJson.event(due.body().getBytes(StandardCharsets.UTF_8));
        LabelStudioProject known = platform.get(due.connection());
        LabelConfig config = LabelConfig.parse(known.labelConfig().orElse(null));
        Map<Long, Task> tasks = new HashMap<>();
        event.tasks().forEach(task -> tasks.put(task.id(), task));
        for (Annotation annotation : event.annotations()) {
            review(known, config, annotation, tasks.get(annotation.task()));
        }
        for (long gone : event.deleted()) {
            platform.withdraw(known.id(), gone, config.images().keySet());
        }
    }

    private void review(LabelStudioProject known, LabelConfig config, Annotation annotation, Task task) throws IOException {
        if (platform.isKnown(known.id(), annotation)) {
            return;
        }
        if (task != null) {
            predictor.fetch(known, config, task);
        }
        platform.review(known.id(), annotation, config);
    }

    /** Looks through the annotations of projects that were not looked at for a while. */
    public void poll() {
        for (long id : platform.takePolls()) {
            LabelStudioProject known = platform.get(id);
            try {
                LabelConfig config = LabelConfig.parse(known.labelConfig().orElse(null));
                Map<Annotation, Task> there = client.annotations(platform.access(id), known.number());
                for (Map.Entry<Annotation, Task> one : there.entrySet()) {
                    review(known, config, one.getKey(), one.getValue());
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.INFO, () -> "cannot look through the annotations of Label Studio's project " + known.identity() + ": " + e.getMessage());
                platform.report(id, "poll", "annotations could not be read: " + e.getMessage());
            }
        }
    }

    /** Does what is due about tasks. @return how many tasks */
    public int handleTasks() {
        int count = 0;
        for (LabelStudioProject known : platform.all()) {
            List<DueTask> due = platform.takeTasks(known.id());
            if (!due.isEmpty()) {
                handle(known, due);
                count += due.size();
            }
        }
        return count;
    }

    private void handle(LabelStudioProject known, List<DueTask> due) {
        LabelConfig config;
        try {
            config = LabelConfig.parse(known.labelConfig().orElse(null));
        } catch (InvalidInput e) {
            platform.taskFailed(known.id(), due.stream().map(task -> task.task().id()).toList(), e.getMessage());
            return;
        }
        List<Prediction> fresh = new ArrayList<>();
        for (DueTask task : due) {
            long id = task.task().id();
            try {
                if (task.fetch()) {
                    predictor.fetch(known, config, task.task());
                    platform.fetched(known.id(), id);
                    continue;
                }
                if (task.labeling()) {
                    predictor.label(known, platform.champion(known.projectId()), config, task.task());
                }
                Prediction prediction = platform.proposed(known.id(), id, config);
                if (!settled(known, task, prediction)) {
                    fresh.add(prediction);
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.INFO, () -> "cannot handle task " + id + " of Label Studio: " + e.getMessage());
                platform.taskFailed(known.id(), List.of(id), "task " + id + ": " + e.getMessage());
            }
        }
        send(known, fresh);
    }

    /** Whether Label Studio has the prediction, or has it now in the place of an earlier one of the same model version. */
    private boolean settled(LabelStudioProject known, DueTask task, Prediction prediction) throws IOException {
        String digest = digest(prediction);
        if (digest.equals(task.sent()) && !task.doubtful()) {
            platform.sent(known.id(), Map.of(prediction.task(), digest));
            return true;
        }
        if (task.sent() == null && !task.doubtful()) {
            return false;
        }
        LabelStudioAccess access = platform.access(known.id());
        Optional<Stored> there = client.predictions(access, prediction.task()).stream()
                .filter(stored -> prediction.modelVersion().equals(stored.modelVersion())).findFirst();
        if (there.isEmpty()) {
            return false;
        }
        client.replace(access, there.get().id(), prediction);
        platform.sent(known.id(), Map.of(prediction.task(), digest));
        return true;
    }

    private void send(LabelStudioProject known, List<Prediction> fresh) {
        if (fresh.isEmpty()) {
            return;
        }
        List<Long> tasks = fresh.stream().map(Prediction::task).toList();
        platform.sending(known.id(), tasks);
        try {
            client.importPredictions(platform.access(known.id()), known.number(), fresh);
            Map<Long, String> sent = new HashMap<>();
            fresh.forEach(prediction -> sent.put(prediction.task(), digest(prediction)));
            platform.sent(known.id(), sent);
            platform.report(known.id(), "pushed predictions of " + fresh.size() + " tasks", null);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.INFO, () -> "cannot send predictions to Label Studio: " + e.getMessage());
            platform.taskFailed(known.id(), tasks, "predictions could not be sent: " + e.getMessage());
        }
    }

    private static String digest(Prediction prediction) {
        return Sha256.of(LabelStudioJson.replaced(prediction));
    }
}
