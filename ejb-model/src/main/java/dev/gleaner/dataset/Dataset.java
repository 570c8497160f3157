package dev.gleaner.dataset;

import dev.gleaner.format.Preflight;
import dev.gleaner.project.Project;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * A set of images that a team registered, with the boxes it came with.
 *
 * <p>It is {@code IMPORTING} until its source has been read and inspected from end to end. Then it becomes {@code READY},
 * with all its images and boxes in one transaction, or {@code REJECTED}, with none. The preflight report says why, and what
 * was let pass. Images of a ready dataset never change.
 */
@Entity
@Table(name = "datasets")
public class Dataset {

    public enum Status { IMPORTING, READY, REJECTED }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long projectId;
    private String name;
    @Enumerated(EnumType.STRING)
    private Status status;
    private String sourceType;
    private String sourcePath;
    private String imagesPath;
    private String contentHash;
    private int imageCount;
    private int annotationCount;
    private int progressDone;
    private Integer progressTotal;
    @JdbcTypeCode(SqlTypes.JSON)
    private Preflight preflight;
    private Long jobExecutionId;
    private Instant createdAt;
    private Instant readyAt;

    protected Dataset() {
    }

    /** A dataset whose import is about to begin. */
    public Dataset(Project project, String name, DatasetSource source) {
        this.projectId = project.id();
        this.name = name;
        this.status = Status.IMPORTING;
        this.sourceType = source.type();
        this.sourcePath = source.path();
        this.imagesPath = source.images();
        this.createdAt = Instant.now();
    }

    /** Remembers the batch execution that imports it, so that an interrupted one can be taken up again. */
    public void importedBy(long jobExecutionId) {
        this.jobExecutionId = jobExecutionId;
    }

    public Long id() {
        return id;
    }

    public long projectId() {
        return projectId;
    }

    public String name() {
        return name;
    }

    public Status status() {
        return status;
    }

    public boolean isReady() {
        return status == Status.READY;
    }

    public DatasetSource source() {
        return new DatasetSource(sourceType, sourcePath, imagesPath);
    }

    /** SHA-256 over the annotation documents and every image's name and bytes; empty until it is known. */
    public Optional<String> contentHash() {
        return Optional.ofNullable(contentHash);
    }

    public int imageCount() {
        return imageCount;
    }

    public int annotationCount() {
        return annotationCount;
    }

    /** Images inspected so far. */
    public int progressDone() {
        return progressDone;
    }

    /** Images to inspect; empty while the source is still being read. */
    public Optional<Integer> progressTotal() {
        return Optional.ofNullable(progressTotal);
    }

    /** What the import found; empty while it runs. */
    public Optional<Preflight> preflight() {
        return Optional.ofNullable(preflight);
    }

    public Optional<Long> jobExecutionId() {
        return Optional.ofNullable(jobExecutionId);
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Optional<Instant> readyAt() {
        return Optional.ofNullable(readyAt);
    }
}
