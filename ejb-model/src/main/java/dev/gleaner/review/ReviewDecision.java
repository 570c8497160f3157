package dev.gleaner.review;

import dev.gleaner.dataset.Image;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hibernate.annotations.Immutable;

/** An entry of the audit log: who decided what about an image, when. It is written once and never changed; an undo is an entry of its own. */
@Entity
@Immutable
@Table(name = "review_decisions")
public class ReviewDecision {

    public enum Action { DECIDE, SKIP, UNDO }

    /**
     * Where it was made.
     *
     * @param label as the database and the API have it: the name of a labeling platform, if not one of those here
     */
    public record Origin(String label) {

        public static final Origin CONSOLE = new Origin("console");
        public static final Origin API = new Origin("api");
    }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long projectId;
    private long datasetId;
    private long imageId;
    private Long queueId;
    private Long itemId;
    @Enumerated(EnumType.STRING)
    private Action action;
    private boolean counts;
    private String reviewer;
    private String requestId;
    private String origin;
    private Instant decidedAt;
    private Double seconds;
    private String comment;
    private String reason;
    private Long undoes;
    private Integer itemVersion;
    private long[] categories;

    protected ReviewDecision() {
    }

    private ReviewDecision(ReviewQueue queue, ReviewItem item, long dataset, Action action, String reviewer, String requestId, Origin origin, Instant now) {
        this.projectId = queue.projectId();
        this.datasetId = dataset;
        this.imageId = item.imageId();
        this.queueId = queue.id();
        this.itemId = item.id();
        this.action = action;
        this.counts = item.kind().changesBoxes();
        this.reviewer = reviewer;
        this.requestId = requestId;
        this.origin = origin.label();
        this.decidedAt = now;
        this.itemVersion = item.version();
    }

    /**
     * @param item    as it is afterwards
     * @param dataset of its image
     */
    static ReviewDecision decided(ReviewQueue queue, ReviewItem item, long dataset, NewDecision wanted, String reviewer, Instant now) {
        ReviewDecision decision = new ReviewDecision(queue, item, dataset, Action.DECIDE, reviewer, wanted.requestId(), wanted.origin(), now);
        decision.seconds = wanted.seconds();
        decision.comment = wanted.comment();
        return decision;
    }

    /** As {@link #decided}. */
    static ReviewDecision skipped(ReviewQueue queue, ReviewItem item, long dataset, NewSkip wanted, String reviewer, Instant now) {
        ReviewDecision decision = new ReviewDecision(queue, item, dataset, Action.SKIP, reviewer, wanted.requestId(), wanted.origin(), now);
        decision.seconds = wanted.seconds();
        decision.comment = wanted.comment();
        decision.reason = wanted.reason();
        return decision;
    }

    /** As {@link #decided}. */
    static ReviewDecision undone(ReviewQueue queue, ReviewItem item, ReviewDecision earlier, String requestId, Origin origin, Instant now) {
        ReviewDecision decision = new ReviewDecision(queue, item, earlier.datasetId, Action.UNDO, earlier.reviewer, requestId, origin, now);
        decision.undoes = earlier.id;
        return decision;
    }

    /** A decision about boxes of an image that is no item's. */
    static ReviewDecision ofImage(long project, Image image, Double seconds, String reviewer, String requestId, Origin origin, Instant now) {
        ReviewDecision decision = ofImage(project, image.datasetId(), image.id(), Action.DECIDE, reviewer, requestId, origin, now);
        decision.seconds = seconds;
        return decision;
    }

    /**
     * All that somebody says of an image in another program.
     *
     * @param categories ids of those that the program knows: of others nothing is said
     */
    static ReviewDecision handedIn(long project, Image image, Collection<Long> categories, Double seconds, String reviewer, String requestId, Origin origin, Instant now) {
        ReviewDecision decision = ofImage(project, image, seconds, reviewer, requestId, origin, now);
        decision.categories = categories.stream().mapToLong(Long::longValue).sorted().toArray();
        return decision;
    }

    /** An image that is no item's was set aside. */
    static ReviewDecision skippedImage(long project, Image image, Double seconds, String reviewer, String requestId, Origin origin, String reason, Instant now) {
        ReviewDecision decision = ofImage(project, image.datasetId(), image.id(), Action.SKIP, reviewer, requestId, origin, now);
        decision.seconds = seconds;
        decision.reason = reason;
        return decision;
    }

    /** Takes back a decision that is no item's. */
    static ReviewDecision undone(ReviewDecision earlier, String requestId, Origin origin, Instant now) {
        ReviewDecision decision = ofImage(earlier.projectId, earlier.datasetId, earlier.imageId, Action.UNDO, earlier.reviewer, requestId, origin, now);
        decision.undoes = earlier.id;
        return decision;
    }

    private static ReviewDecision ofImage(long project, long dataset, long image, Action action, String reviewer, String requestId, Origin origin, Instant now) {
        ReviewDecision decision = new ReviewDecision();
        decision.projectId = project;
        decision.datasetId = dataset;
        decision.imageId = image;
        decision.action = action;
        decision.counts = true;
        decision.reviewer = reviewer;
        decision.requestId = requestId;
        decision.origin = origin.label();
        decision.decidedAt = now;
        return decision;
    }

    /** Whether it says of the whole image, in another program, what is there of each of some categories. */
    boolean isHandedIn(Collection<Long> about) {
        return action == Action.DECIDE && itemId == null && categories != null
                && Arrays.stream(categories).boxed().collect(Collectors.toSet()).containsAll(about);
    }

    public Long id() {
        return id;
    }

    long projectId() {
        return projectId;
    }

    long datasetId() {
        return datasetId;
    }

    public long imageId() {
        return imageId;
    }

    /** The item it is about, which may be gone by now; empty if it is no item's. */
    public Optional<Long> itemId() {
        return Optional.ofNullable(itemId);
    }

    public Action action() {
        return action;
    }

    /** Whether it changed the boxes; checks and second opinions do not. */
    public boolean counts() {
        return counts;
    }

    public String reviewer() {
        return reviewer;
    }

    public String requestId() {
        return requestId;
    }

    /** {@code console}, {@code api}, or the name of a labeling platform. */
    public String origin() {
        return origin;
    }

    public Instant decidedAt() {
        return decidedAt;
    }

    public Optional<Double> seconds() {
        return Optional.ofNullable(seconds);
    }

    public Optional<String> comment() {
        return Optional.ofNullable(comment);
    }

    /** Of a skip. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** The entry that it took back. */
    public Optional<Long> undoes() {
        return Optional.ofNullable(undoes);
    }

    /** Of the item afterwards. */
    public Optional<Integer> itemVersion() {
        return Optional.ofNullable(itemVersion);
    }
}
