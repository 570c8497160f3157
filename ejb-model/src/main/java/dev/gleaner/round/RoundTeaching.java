package dev.gleaner.round;

import dev.gleaner.Settings;
import dev.gleaner.finetune.FineTuneWork;
import dev.gleaner.finetune.GroundedCaption;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.checkpoint.AtomicFolder;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.inference.InferenceServer;
import dev.gleaner.inference.PendingImage;
import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.inference.Throughput;
import dev.gleaner.modelversion.LoadedModel;
import dev.gleaner.modelversion.ModelRuntime;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.round.RoundWork.Lesson;
import dev.gleaner.round.RoundWork.Untaught;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The teacher labels what nobody has labelled, image by image; each image's boxes are written once, when it is through with it.
 * Stands outside any transaction.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class RoundTeaching {

    private static final int PAGE = 32;
    private static final System.Logger LOG = System.getLogger(RoundTeaching.class.getName());

    @Inject
    private RoundWork work;
    @Inject
    private FineTuneWork students;
    @Inject
    private ModelRuntime runtime;
    @Inject
    private InferenceServer server;
    @Inject
    private Settings settings;

    /**
     * Goes on with the images that are not labelled yet.
     *
     * @param stopRequested asked after each image
     * @return whether all are labelled
     * @throws SupersededAttempt if another server has taken the round up since this attempt began
     */
    public boolean run(long id, int attempt, BooleanSupplier stopRequested) throws IOException {
        if (work.untaught(id, 1).isEmpty()) {
            return true;
        }
        Lesson lesson = work.lesson(id);
        return teach(lesson, (model, teacher) -> goOn(lesson, attempt, model, teacher, stopRequested));
    }

    private interface Teaching<T> {
        T with(LoadedModel model, Teacher teacher);
    }

    private <T> T teach(Lesson lesson, Teaching<T> teaching) throws IOException {
        RoundSettings.Teaching how = lesson.round().settings().teacher();
        try (LoadedModel model = open(lesson)) {
            Teacher teacher = model.use(glip -> new Teacher(glip, lesson.round().prompts(), lesson.categories(), new Views(how.flip(), how.scales()),
                    how.least()));
            try {
                return teaching.with(model, teacher);
            } finally {
                model.use(glip -> {
                    teacher.close();
                    return null;
                });
            }
        }
    }

    private boolean goOn(Lesson lesson, int attempt, LoadedModel model, Teacher teacher, BooleanSupplier stopRequested) {
        Throughput throughput = new Throughput(Instant.now());
        for (List<Untaught> page = work.untaught(lesson.round().id(), PAGE); !page.isEmpty(); page = work.untaught(lesson.round().id(), PAGE)) {
            for (Untaught image : page) {
                label(lesson, attempt, image, model, teacher, throughput);
                if (stopRequested.getAsBoolean()) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Lets the teacher look again at some images that the student learnt from. Images that cannot be read any more are passed over, as long as
     * there are others. It begins anew after a stop.
     *
     * @param stopRequested asked before each image
     * @return empty if a stop was asked for
     * @throws SupersededAttempt as for {@link #run}
     */
    public Optional<LabelAudit> audit(long id, int attempt, BooleanSupplier stopRequested) throws IOException {
        Lesson lesson = work.lesson(id);
        List<FineTuneWork.Taught> taught = lesson.round().fineTuneId().map(student -> students.taught(student, LabelAudit.MOST_IMAGES)).orElse(List.of());
        return taught.isEmpty() ? Optional.of(LabelAudit.NONE) : teach(lesson, (model, teacher) -> {
            LabelAudit audit = LabelAudit.NONE;
            for (int i = 0; i < taught.size(); i++) {
                work.audited(id, attempt, i, taught.size());
                if (stopRequested.getAsBoolean()) {
                    return Optional.empty();
                }
                audit = lookAgain(lesson, taught.get(i), model, teacher, audit);
            }
            work.audited(id, attempt, taught.size(), taught.size());
            return Optional.of(audit);
        });
    }

    private LabelAudit lookAgain(Lesson lesson, FineTuneWork.Taught taught, LoadedModel model, Teacher teacher, LabelAudit audit) {
        long image = taught.image().id();
        try {
            RgbImage pixels = server.read(taught.image());
            LabelAudit looked = audit.and(taught.boxes().stream()
                    .map(box -> new PseudoBox(image, box.category(), Box.xywh(box.x(), box.y(), box.width(), box.height()), 0, 1)).toList(),
                    taught.boxes().isEmpty() ? List.of() : model.use(glip -> teacher.label(image, pixels)));
            return taught.caption().map(caption -> looked.and(caption, ground(caption.caption(), pixels, model, lesson.round().settings()))).orElse(looked);
        } catch (IOException e) {
            LOG.log(Level.INFO, () -> "image " + image + " of round " + lesson.round().id() + " cannot be looked at again: " + e.getMessage());
            return audit.unreadable();
        }
    }

    private void label(Lesson lesson, int attempt, Untaught untaught, LoadedModel model, Teacher teacher, Throughput throughput) {
        long id = lesson.round().id();
        PendingImage image = untaught.image();
        RgbImage pixels;
        try {
            pixels = server.read(image);
        } catch (IOException e) {
            work.taught(id, attempt, image.id(), List.of(), null, e.getMessage(), throughput.finished(1, Instant.now()));
            return;
        }
        List<PseudoBox> found = List.of();
        GroundedCaption grounding = null;
        String quarantine = null;
        try {
            found = model.use(glip -> teacher.label(image.id(), pixels));
            grounding = untaught.caption().flatMap(caption -> ground(caption, pixels, model, lesson.round().settings())).orElse(null);
        } catch (RuntimeException failure) {
            checkGrey(model, teacher, failure);
            quarantine = "the model fails on this image: " + failure.getMessage();
        }
        work.taught(id, attempt, image.id(), found, grounding, quarantine, throughput.finished(1, Instant.now()));
    }

    /** Nothing for a caption that is too long for the model, or that it finds nothing of. */
    private static Optional<GroundedCaption> ground(String caption, RgbImage pixels, LoadedModel model, RoundSettings how) {
        double least = how.teacher().grounds();
        CaptionGrounding rule = new CaptionGrounding(least, Math.min(least, CaptionGrounding.DEFAULT.hopeless()), how.pseudoWeight());
        try {
            return model.use(glip -> rule.ground(glip, pixels, caption)).map(GroundedCaption::of);
        } catch (IllegalArgumentException e) {
            LOG.log(Level.INFO, () -> "the caption \"" + caption + "\" takes no part: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** When the model fails on an image but still answers for a plain grey one, the image is to blame. */
    private static void checkGrey(LoadedModel model, Teacher teacher, RuntimeException failure) {
        byte[] grey = new byte[3 * 64 * 64];
        Arrays.fill(grey, (byte) 127);
        try {
            model.use(glip -> teacher.label(0, new RgbImage(64, 64, grey)));
        } catch (RuntimeException again) {
            failure.addSuppressed(again);
            throw failure;
        }
    }

    /** The champion, or its average with the versions that it was trained from. */
    private LoadedModel open(Lesson lesson) throws IOException {
        ModelVersion champion = lesson.lineage().get(0);
        double average = lesson.round().settings().teacher().average();
        List<Bundle> lineage = average == 0 || champion.promptDelta().isPresent() ? List.of() : alike(lesson.lineage());
        if (lineage.size() < 2) {
            return runtime.open(champion);
        }
        Path folder = folder(lesson.round().id()).resolve("teacher");
        if (!Files.exists(folder)) {
            Files.createDirectories(folder.getParent());
            AveragedTeacher.write(folder, lineage, average);
        }
        return runtime.open(folder);
    }

    /** The versions up to the first that is of another kind: their weights cannot be averaged. */
    private static List<Bundle> alike(List<ModelVersion> lineage) throws IOException {
        List<Bundle> alike = new ArrayList<>();
        GlipConfig config = null;
        for (ModelVersion version : lineage) {
            Bundle bundle = Bundle.open(version.bundle());
            if (config != null && !bundle.config().equals(config)) {
                break;
            }
            config = bundle.config();
            alike.add(bundle);
        }
        return alike;
    }

    /** Deletes what only a round at work needs. */
    public void forget(long id) {
        try {
            AtomicFolder.delete(folder(id));
        } catch (IOException e) {
            // What the round came to counts for more.
            LOG.log(Level.WARNING, () -> "cannot delete the files of round " + id, e);
        }
    }

    private Path folder(long id) {
        return settings.home().resolve("rounds").resolve(Long.toString(id));
    }
}
