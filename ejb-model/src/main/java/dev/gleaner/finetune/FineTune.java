package dev.gleaner.finetune;

import dev.gleaner.Conflict;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.evaluationrun.Evaluation;
import dev.gleaner.evaluationrun.Subset;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.train.TrainingStep;
import dev.gleaner.job.LeasedRun;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.StoredBundle;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * A training that makes a new model version of an old one: from what, on exactly which images and boxes, how, how far it has come,
 * and what came of it.
 *
 * <p>What counts as truth is what counts as gold in evaluations, never a proposal. It is frozen when the fine-tune is ordered, so
 * whatever reviewers decide later changes nothing in it; {@link #snapshotSha256} names it. Base, snapshot and settings decide the
 * result: on a CPU the same ones give the same weights, however often the server died on the way.
 *
 * <p>{@code step} counts the steps that are written down. A server that takes the fine-tune up again goes on from its last
 * checkpoint, which may be earlier.
 */
@Entity
@Table(name = "fine_tunes")
public class FineTune extends LeasedRun {

    static final String KIND = "fine-tune";

    /** What it does, or waits for. */
    public enum Phase { QUEUED, WAITING_FOR_DEVICE, TRAINING, REGISTERING, DONE }

    private Long familyId;
    private String name;
    private long datasetId;
    private long baseId;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<Prompt> prompts;
    @JdbcTypeCode(SqlTypes.JSON)
    private FineTuneSettings settings;
    @JdbcTypeCode(SqlTypes.JSON)
    private Subset subset;
    private String snapshotSha256;
    private int images;
    private int boxes;
    @Enumerated(EnumType.STRING)
    private Phase phase;
    private int step;
    private Double stepsPerSecond;
    @JdbcTypeCode(SqlTypes.JSON)
    private TrainingStep firstStep;
    @JdbcTypeCode(SqlTypes.JSON)
    private TrainingStep latestStep;
    private int quarantined;
    private String bundle;
    private String bundleSha256;
    private String promptDelta;
    private Long modelVersionId;
    private Long evaluationBeforeId;
    private Long evaluationAfterId;
    private String startedBy;

    protected FineTune() {
    }

    FineTune(String name, Dataset dataset, ModelVersion base, List<Prompt> prompts, FineTuneSettings settings, Subset subset, int images,
            String startedBy) {
        this.name = name;
        this.datasetId = dataset.id();
        this.baseId = base.id();
        this.prompts = List.copyOf(prompts);
        this.settings = settings;
        this.subset = subset;
        this.snapshotSha256 = "";
        this.images = images;
        this.phase = Phase.QUEUED;
        this.startedBy = startedBy;
    }

    @Override
    protected String kind() {
        return KIND;
    }

    /** Its images and their boxes are written down. */
    void froze(String snapshotSha256, int boxes) {
        this.snapshotSha256 = snapshotSha256;
        this.boxes = boxes;
    }

    /** The base is evaluated, and the result will be in the same way. */
    void compareWith(Evaluation before) {
        evaluationBeforeId = before.id();
        familyId = before.familyId().orElse(null);
    }

    void compares(Evaluation after) {
        evaluationAfterId = after.id();
    }

    @Override
    public void begin() {
        super.begin();
        stepsPerSecond = null;
    }

    void enter(Phase next) {
        phase = next;
    }

    /** Notes what steps did. */
    void took(List<TrainingStep> steps, double perSecond) {
        if (steps.isEmpty()) {
            return;
        }
        if (steps.get(0).step() == 1) {
            firstStep = steps.get(0);
        }
        latestStep = steps.get(steps.size() - 1);
        step = latestStep.step();
        stepsPerSecond = perSecond;
    }

    void quarantined(int more) {
        quarantined += more;
    }

    /** All steps are taken, and their result is stored. */
    void trained(StoredBundle result) {
        bundle = result.folder().toString();
        bundleSha256 = result.sha256();
        promptDelta = result.promptDelta() == null ? null : result.promptDelta().toString();
        phase = Phase.REGISTERING;
    }

    void became(ModelVersion version) {
        modelVersionId = version.id();
        phase = Phase.DONE;
    }

    /**
     * Makes a fine-tune at rest wait for a server again; its quarantined images are tried again.
     *
     * @throws Conflict if it is completed
     */
    @Override
    protected void restart() {
        if (status() == Status.COMPLETED) {
            throw new Conflict(KIND + " " + id() + " is COMPLETED; order another one to train more");
        }
        super.restart();
        quarantined = 0;
        if (bundle == null) {
            phase = Phase.QUEUED;
        }
    }

    /** When it will have taken all steps at its speed of late; empty unless it is training and its speed is known. */
    public Optional<Instant> eta(Instant now) {
        if (status() != Status.RUNNING || phase != Phase.TRAINING || stepsPerSecond == null || stepsPerSecond <= 0) {
            return Optional.empty();
        }
        return Optional.of(now.plus(Duration.ofMillis(Math.round((settings.steps() - step) / stepsPerSecond * 1000))));
    }

    /** The few-shot family it is one of. */
    public Optional<Long> familyId() {
        return Optional.ofNullable(familyId);
    }

    /** Of the model version to make. */
    public String name() {
        return name;
    }

    public long datasetId() {
        return datasetId;
    }

    /** The model version it starts from. */
    public long baseId() {
        return baseId;
    }

    /** What is learnt: each category by one phrase. */
    public List<Prompt> prompts() {
        return prompts;
    }

    public FineTuneSettings settings() {
        return settings;
    }

    /** Which images it trains on: those that a split does not hold out, listed ones, or all; of these a part if there are shots. */
    public Subset subset() {
        return subset;
    }

    /** SHA-256 over the ids, contents and boxes of its images. */
    public String snapshotSha256() {
        return snapshotSha256;
    }

    public int images() {
        return images;
    }

    public int boxes() {
        return boxes;
    }

    public Phase phase() {
        return phase;
    }

    /** Steps taken and written down. */
    public int step() {
        return step;
    }

    /** Over the last minute of work. */
    public Optional<Double> stepsPerSecond() {
        return Optional.ofNullable(stepsPerSecond);
    }

    public Optional<TrainingStep> firstStep() {
        return Optional.ofNullable(firstStep);
    }

    public Optional<TrainingStep> latestStep() {
        return Optional.ofNullable(latestStep);
    }

    /** Images that could not be read. */
    public int quarantined() {
        return quarantined;
    }

    /** The folder of the result's bundle, and the result's digest; empty until all steps are taken. */
    Optional<Path> bundle() {
        return Optional.ofNullable(bundle).map(Path::of);
    }

    String bundleSha256() {
        return bundleSha256;
    }

    /** The file of the tuned prompt; empty in all modes but that, and until all steps are taken. */
    Optional<Path> promptDelta() {
        return Optional.ofNullable(promptDelta).map(Path::of);
    }

    /** What it made; empty until it is registered. */
    public Optional<Long> modelVersionId() {
        return Optional.ofNullable(modelVersionId);
    }

    /** Of the base; empty if nothing is held out. */
    public Optional<Long> evaluationBeforeId() {
        return Optional.ofNullable(evaluationBeforeId);
    }

    /** Of the result, on the same images and gold. */
    public Optional<Long> evaluationAfterId() {
        return Optional.ofNullable(evaluationAfterId);
    }

    /** Whose token ordered it. */
    public String startedBy() {
        return startedBy;
    }
}
