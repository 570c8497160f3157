package dev.gleaner.round;

import dev.gleaner.Conflict;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.evaluationrun.Evaluation;
import dev.gleaner.finetune.FineTune;
import dev.gleaner.glip.Prompt;
import dev.gleaner.job.LeasedRun;
import dev.gleaner.modelversion.ModelVersion;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * A self-training round: the champion labels images that nobody has labelled, a student learns from the best of these boxes and
 * from gold, and takes the champion's place if it is better on gold that neither has seen.
 *
 * <p>What humans had said when it began is frozen, so whatever reviewers decide later changes nothing in it. Human decisions win:
 * none of the teacher's boxes counts where a reviewer decided about one of the category, or said that nothing of it is missing. The student's training is a
 * fine-tune and what is measured are evaluations, all to be looked at by themselves. A project has one round at a time.
 */
@Entity
@Table(name = "training_rounds")
public class TrainingRound extends LeasedRun {

    static final String KIND = "training round";

    /** What it does, in this order; {@code QUEUED} while it waits for a server that has no other round at work. */
    public enum Phase { QUEUED, SNAPSHOT, TEACHING, SELECTING, TRAINING, EVALUATING, GATING, REPORTING, DONE }

    /** What the gate said: {@code PASSED} is good enough to be promoted, but nobody asked for that. */
    public enum Decision { PROMOTED, PASSED, REFUSED }

    private long projectId;
    private String name;
    private long datasetId;
    private long championId;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<Prompt> prompts;
    @JdbcTypeCode(SqlTypes.JSON)
    private RoundSettings settings;
    private String snapshotSha256;
    @Enumerated(EnumType.STRING)
    private Phase phase;
    private int gold;
    private int goldBoxes;
    private int heldOut;
    private int unlabelled;
    private int judged;
    private int captioned;
    private int grounded;
    private int taught;
    private int quarantined;
    private Double imagesPerSecond;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<CategorySelection> selection;
    private SelectingProgress selecting = new SelectingProgress();
    private int audited;
    private int toAudit;
    private Long fineTuneId;
    private Long evaluationBeforeId;
    private Long evaluationAfterId;
    private Long guardBeforeId;
    private Long guardAfterId;
    private Long candidateId;
    @JdbcTypeCode(SqlTypes.JSON)
    private SliceFigures comparison;
    @Enumerated(EnumType.STRING)
    private Decision decision;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<String> reasons;
    private Instant decidedAt;
    @JdbcTypeCode(SqlTypes.JSON)
    private ScoreHistogram scores;
    private String trigger;
    private String startedBy;

    protected TrainingRound() {
    }

    TrainingRound(String name, Dataset dataset, ModelVersion champion, List<Prompt> prompts, RoundSettings settings, String trigger,
            String startedBy) {
        this.projectId = dataset.projectId();
        this.name = name;
        this.datasetId = dataset.id();
        this.championId = champion.id();
        this.prompts = List.copyOf(prompts);
        this.settings = settings;
        this.phase = Phase.QUEUED;
        this.trigger = trigger;
        this.startedBy = startedBy;
    }

    @Override
    protected String kind() {
        return KIND;
    }

    /** How it is called where nobody gave it a name. */
    void nameByNumber() {
        name = "round " + id();
    }

    /** How many images there are of each kind, now or when it began. */
    void counts(int gold, int heldOut, int unlabelled) {
        this.gold = gold;
        this.heldOut = heldOut;
        this.unlabelled = unlabelled;
    }

    /** So many images with gold the teacher labels as well. */
    void judges(int images) {
        judged = images;
    }

    /** So many images for the teacher have captions that take part. */
    void captioned(int images) {
        captioned = images;
    }

    /** What humans have said is written down, and the champion is evaluated. */
    void froze(String snapshotSha256, int goldBoxes, Evaluation before, Evaluation guardBefore) {
        this.snapshotSha256 = snapshotSha256;
        this.goldBoxes = goldBoxes;
        evaluationBeforeId = before.id();
        guardBeforeId = guardBefore == null ? null : guardBefore.id();
    }

    @Override
    public void begin() {
        super.begin();
        imagesPerSecond = null;
    }

    void enter(Phase next) {
        phase = next;
    }

    /** The teacher has finished with images. */
    void taught(int images, int unreadable, int captions, double perSecond) {
        taught += images;
        grounded += captions;
        quarantined += unreadable;
        imagesPerSecond = perSecond;
    }

    void selected(List<CategorySelection> outcome) {
        selection = List.copyOf(outcome);
    }

    /** The teacher has looked again at so many of the images that the student learnt from. */
    void audited(int images, int of) {
        audited = images;
        toAudit = of;
    }

    void trainsIn(FineTune student) {
        fineTuneId = student.id();
    }

    /** The student is there, and its evaluations are ordered. */
    void evaluates(long candidate, long after, Evaluation guardAfter) {
        candidateId = candidate;
        evaluationAfterId = after;
        guardAfterId = guardAfter == null ? null : guardAfter.id();
    }

    void decided(Decision decision, List<String> reasons, SliceFigures comparison) {
        this.decision = decision;
        this.reasons = List.copyOf(reasons);
        this.comparison = comparison;
        decidedAt = Instant.now();
    }

    void reports(ScoreHistogram teacher) {
        scores = teacher;
        phase = Phase.DONE;
    }

    /**
     * Makes a round at rest wait for a server again; see {@link #triesUnreadAgain} for images that the teacher could not read.
     *
     * @throws Conflict if it is completed
     */
    @Override
    protected void restart() {
        if (status() == Status.COMPLETED) {
            throw new Conflict(KIND + " " + id() + " is COMPLETED; order another one to go on");
        }
        super.restart();
    }

    /**
     * Nobody trains what cannot take its place.
     *
     * @throws Conflict if the champion that the candidate is to replace is not the reigning one any more, and nothing is decided yet
     */
    void checkReplaces(Optional<ModelVersion> reigning) {
        if (settings.promote() && decision == null && reigning.isPresent() && reigning.get().id() != championId) {
            throw new Conflict("the champion is now model version " + reigning.get().id() + ", " + reigning.get().name() + "; " + KIND + " " + id()
                    + " was to replace model version " + championId + ": order another one");
        }
    }

    /** Whether a restart comes to the teacher again: later phases do not go back to it. */
    boolean triesUnreadAgain() {
        return phase.compareTo(Phase.TEACHING) <= 0;
    }

    /** Images whose failed reading was forgotten are to be taught again. */
    void retries(int images) {
        taught -= images;
        quarantined -= images;
    }

    /** When the teacher will be done at its speed of late; empty in other phases. */
    public Optional<Instant> eta(Instant now) {
        if (status() != Status.RUNNING || phase != Phase.TEACHING || imagesPerSecond == null || imagesPerSecond <= 0) {
            return Optional.empty();
        }
        return Optional.of(now.plus(Duration.ofMillis(Math.round((forTeacher() - taught) / imagesPerSecond * 1000))));
    }

    public long projectId() {
        return projectId;
    }

    /** Of the model version to make. */
    public String name() {
        return name;
    }

    public long datasetId() {
        return datasetId;
    }

    /** The teacher, which the student starts from and has to beat. */
    public long championId() {
        return championId;
    }

    /** What is looked for and learnt: each category by one phrase. */
    public List<Prompt> prompts() {
        return prompts;
    }

    public RoundSettings settings() {
        return settings;
    }

    /** SHA-256 over the ids, contents and gold of its images; empty until it has begun. */
    public Optional<String> snapshotSha256() {
        return Optional.ofNullable(snapshotSha256);
    }

    public Phase phase() {
        return phase;
    }

    /** Images to train on of which it is known what is there. */
    public int gold() {
        return gold;
    }

    public int goldBoxes() {
        return goldBoxes;
    }

    /** Images to measure on, which nobody trains on. */
    public int heldOut() {
        return heldOut;
    }

    /** Images for the teacher. */
    public int unlabelled() {
        return unlabelled;
    }

    /** Images with gold that the teacher labels as well, so that it can be seen how sure it has to be. */
    public int judged() {
        return judged;
    }

    /** All that the teacher labels. */
    public int forTeacher() {
        return unlabelled + judged;
    }

    /** Those of the images without labels with captions, where captions take part. */
    public int captioned() {
        return captioned;
    }

    /** Those whose caption the teacher found something of. */
    public int grounded() {
        return grounded;
    }

    /** Images that the teacher has finished with. */
    public int taught() {
        return taught;
    }

    /** Images that the teacher could not read. */
    public int quarantined() {
        return quarantined;
    }

    /** Of the teacher, over the last minute. */
    public Optional<Double> imagesPerSecond() {
        return Optional.ofNullable(imagesPerSecond);
    }

    /** What the teacher found and what was selected of it; none until that is decided. */
    public List<CategorySelection> selection() {
        return selection == null ? List.of() : selection;
    }

    SelectingProgress selecting() {
        return selecting;
    }

    /** How many of the images for the teacher selection is through with, as if it went through them once. */
    public int selectedImages() {
        return hasSelected() ? unlabelled : selecting.images(unlabelled, 1 + (int) settings.selection().stream().filter(SelectionRule::compares).count());
    }

    /** How many images the teacher has looked at again, see {@link LabelAudit}. */
    public int audited() {
        return audited;
    }

    /** How many it is to look at again; 0 until that is known. */
    public int toAudit() {
        return toAudit;
    }

    boolean hasSelected() {
        return selection != null;
    }

    /** The student's training. */
    public Optional<Long> fineTuneId() {
        return Optional.ofNullable(fineTuneId);
    }

    /** Of the champion on the held-out gold. */
    public Optional<Long> evaluationBeforeId() {
        return Optional.ofNullable(evaluationBeforeId);
    }

    /** Of the candidate on the same. */
    public Optional<Long> evaluationAfterId() {
        return Optional.ofNullable(evaluationAfterId);
    }

    /** Of the champion on the set from another domain. */
    public Optional<Long> guardBeforeId() {
        return Optional.ofNullable(guardBeforeId);
    }

    /** Of the candidate on the same. */
    public Optional<Long> guardAfterId() {
        return Optional.ofNullable(guardAfterId);
    }

    /** The model version it made. */
    public Optional<Long> candidateId() {
        return Optional.ofNullable(candidateId);
    }

    public Optional<SliceFigures> comparison() {
        return Optional.ofNullable(comparison);
    }

    /** Empty until the gate has decided. */
    public Optional<Decision> decision() {
        return Optional.ofNullable(decision);
    }

    /** Whole sentences. */
    public List<String> reasons() {
        return reasons == null ? List.of() : reasons;
    }

    public Optional<Instant> decidedAt() {
        return Optional.ofNullable(decidedAt);
    }

    /** How the scores of the teacher's boxes are spread; empty until it reports. */
    public Optional<ScoreHistogram> scores() {
        return Optional.ofNullable(scores);
    }

    /** Why it began, in words: somebody ordered it, or a schedule did. */
    public String trigger() {
        return trigger;
    }

    /** Whose order it was. */
    public String startedBy() {
        return startedBy;
    }
}
