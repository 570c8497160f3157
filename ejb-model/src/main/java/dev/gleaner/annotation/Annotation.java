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

    public Instant createdAt() {
        return createdAt;
    }
}
