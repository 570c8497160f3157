package dev.gleaner.annotation;

import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.project.Category;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * A box on an image, filed under a category: one that came with the dataset, or one that a labeling run proposed and a
 * reviewer may have decided about. The box is in upright image pixels.
 *
 * <p>Once a human decided ({@code ACCEPTED}, {@code CORRECTED}, {@code REJECTED}) no run changes it. Proposals of an earlier
 * run become {@code SUPERSEDED} when a later run labels their image.
 */
@Entity
@Table(name = "annotations")
public class Annotation {

    public enum Status {
        IMPORTED, PROPOSED, SUPERSEDED, ACCEPTED, CORRECTED, REJECTED;

        /** What counts as a label of its image: everything that neither a later run nor a reviewer took out. */
        public static final Set<Status> STANDING = Set.of(IMPORTED, PROPOSED, ACCEPTED, CORRECTED);

        /** What a human vouches for: what came with the dataset, and what a reviewer took. Models are measured by it. */
        public static final Set<Status> GOLD = Set.of(IMPORTED, ACCEPTED, CORRECTED);

        /** What a reviewer gets to see: also what one of them took out, but not what a later run did. */
        public static final Set<Status> SHOWN = Set.of(IMPORTED, PROPOSED, ACCEPTED, CORRECTED, REJECTED);
    }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long imageId;
    private long datasetId;
    private long categoryId;
    private String phrase;
    private double x;
    private double y;
    private double width;
    private double height;
    private Double score;
    @Enumerated(EnumType.STRING)
    private Status status;
    private boolean isCrowd;
    private Long modelVersionId;
    private Long labelingRunId;
    private int ordinal;
    private String decidedBy;
    private Instant decidedAt;
    @JdbcTypeCode(SqlTypes.JSON)
    private BoxState.Original original;
    private Instant createdAt;
    @Version
    private int version;

    protected Annotation() {
    }

    /**
     * A proposal of a labeling run.
     *
     * @param ordinal its place among the run's detections on this image, from 0, best first; together with run and image it
     *                names the proposal once and for all
     */
    public static Annotation proposed(Image image, Category category, Detection detection, long modelVersionId,
            long labelingRunId, int ordinal) {
        Annotation annotation = new Annotation();
        annotation.imageId = image.id();
        annotation.datasetId = image.datasetId();
        annotation.categoryId = category.id();
        annotation.phrase = detection.phrase();
        annotation.x = detection.box().x();
        annotation.y = detection.box().y();
        annotation.width = detection.box().width();
        annotation.height = detection.box().height();
        annotation.score = detection.score();
        annotation.status = Status.PROPOSED;
        annotation.modelVersionId = modelVersionId;
        annotation.labelingRunId = labelingRunId;
        annotation.ordinal = ordinal;
        annotation.createdAt = Instant.now();
        return annotation;
    }

    /**
     * A proposal that no run made: a labeling platform asked for it.
     *
     * @param ordinal its place among the detections on this image, from 0, best first
     */
    public static Annotation proposed(Image image, Category category, Detection detection, long modelVersionId, int ordinal) {
        Annotation annotation = proposed(image, category, detection, modelVersionId, 0, ordinal);
        annotation.labelingRunId = null;
        return annotation;
    }

    /** A box that a reviewer drew: no model proposed it. */
    public static Annotation drawn(Image image, long categoryId, Box box, String reviewer, Instant now) {
        Annotation annotation = new Annotation();
        annotation.imageId = image.id();
        annotation.datasetId = image.datasetId();
        annotation.categoryId = categoryId;
        annotation.place(box);
        annotation.decided(Status.ACCEPTED, reviewer, now);
        annotation.createdAt = now;
        return annotation;
    }

    /** A reviewer says that the box is right as it stands; one that was corrected stays so. */
    public void accept(String reviewer, Instant now) {
        decided(original == null ? Status.ACCEPTED : Status.CORRECTED, reviewer, now);
    }

    /** A reviewer says that there is no such thing. */
    public void reject(String reviewer, Instant now) {
        decided(Status.REJECTED, reviewer, now);
    }

    /** A reviewer puts it right; what it was at first is kept. A box that a human drew has nothing to be kept. */
    public void correct(long categoryId, Box box, String reviewer, Instant now) {
        if (original == null && (score != null || status == Status.IMPORTED)) {
            original = new BoxState.Original(this.categoryId, x, y, width, height);
        }
        this.categoryId = categoryId;
        place(box);
        decided(original == null ? Status.ACCEPTED : Status.CORRECTED, reviewer, now);
    }

    /** Makes it what it was, but for its version: that never goes back. */
    public void restore(BoxState before) {
        categoryId = before.category();
        place(before.box());
        status = before.status();
        decidedBy = before.decidedBy();
        decidedAt = before.decidedAt() == null ? null : Instant.parse(before.decidedAt());
        original = before.original();
    }

    private void place(Box box) {
        x = box.x();
        y = box.y();
        width = box.width();
        height = box.height();
    }

    private void decided(Status status, String reviewer, Instant now) {
        this.status = status;
        decidedBy = reviewer;
        decidedAt = now;
    }

    /** What it is now, to be put back later. */
    public BoxState state() {
        return new BoxState(categoryId, x, y, width, height, status, decidedBy, decidedAt == null ? null : decidedAt.toString(), original, version);
    }

    public Long id() {
        return id;
    }

    public long imageId() {
        return imageId;
    }

    public long datasetId() {
        return datasetId;
    }

    public long categoryId() {
        return categoryId;
    }

    /** The words the box was found by; empty for boxes that no model proposed. */
    public Optional<String> phrase() {
        return Optional.ofNullable(phrase);
    }

    /** In upright image pixels. */
    public Box box() {
        return Box.xywh(x, y, width, height);
    }

    /** The model's final score in [0, 1]; empty for boxes that no model proposed. */
    public Optional<Double> score() {
        return Optional.ofNullable(score);
    }

    public Status status() {
        return status;
    }

    /** COCO's {@code iscrowd}: the box holds a group rather than one thing. */
    public boolean isCrowd() {
        return isCrowd;
    }

    public Optional<Long> modelVersionId() {
        return Optional.ofNullable(modelVersionId);
    }

    public Optional<Long> labelingRunId() {
        return Optional.ofNullable(labelingRunId);
    }

    public int ordinal() {
        return ordinal;
    }

    /** Who decided about it; empty while no human did. */
    public Optional<String> decidedBy() {
        return Optional.ofNullable(decidedBy);
    }

    public Optional<Instant> decidedAt() {
        return Optional.ofNullable(decidedAt);
    }

    /** What it was before a reviewer corrected it first; empty if none did. */
    public Optional<BoxState.Original> original() {
        return Optional.ofNullable(original);
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** Counts its changes, from 0. */
    public int version() {
        return version;
    }
}
