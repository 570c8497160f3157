package dev.gleaner.dataset;

import dev.gleaner.format.Preflight;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.project.Project;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * A set of images that a team registered, with the boxes it came with.
 *
 * <p>It is {@code IMPORTING} until its source has been read and inspected from end to end. Then it becomes {@code READY},
 * with all its images and boxes in one transaction, or {@code REJECTED}, with none. The preflight report says why, and what
 * was let pass. Images of a ready dataset never change; one that follows a labeling platform gets more of them. Of the ready datasets of a project no two share a name or a content.
 */
@Entity
@Table(name = "datasets")
@DynamicUpdate
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
    private boolean lenient;
    private String contentHash;
    private Long duplicateOf;
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

    /**
     * A dataset whose import is about to begin.
     *
     * @param contentHash of the source; null while it is not known
     */
    public Dataset(Project project, String name, DatasetSource source, String contentHash) {
        this.projectId = project.id();
        this.name = name;
        this.status = Status.IMPORTING;
        this.sourceType = source.format().label();
        this.sourcePath = source.place();
        this.imagesPath = source.store().isPresent() ? source.place() : source.images().toString();
        this.lenient = source.lenient();
        this.contentHash = contentHash;
        this.createdAt = Instant.now();
    }

    /** Remembers the batch execution that imports it, so that an interrupted one can be taken up again. */
    public void importedBy(long jobExecutionId) {
        this.jobExecutionId = jobExecutionId;
    }

    /** Everything it holds is in place: from now on it can be seen and labeled. */
    public void publish(String contentHash, int images, int annotations, Preflight preflight) {
        requireImporting();
        this.contentHash = contentHash;
        this.imageCount = images;
        this.annotationCount = annotations;
        this.preflight = preflight;
        this.status = Status.READY;
        this.readyAt = Instant.now();
    }

    /** A labeling platform has another image. */
    public void grow() {
        imageCount++;
    }

    /** The source cannot be used, for the reasons in the report. Nothing of it is kept. */
    public void reject(Preflight preflight) {
        requireImporting();
        this.preflight = preflight;
        this.status = Status.REJECTED;
    }

    /** The project has all this already, as another dataset. */
    public void rejectAsDuplicate(Dataset original, Preflight preflight) {
        reject(preflight);
        this.duplicateOf = original.id;
    }

    private void requireImporting() {
        if (status != Status.IMPORTING) {
            throw new IllegalStateException("dataset " + id + " is " + status + "; expected it to be importing");
        }
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
        return new DatasetSource(SourceFormat.named(sourceType).orElseThrow(), Path.of(sourcePath), Path.of(imagesPath), lenient);
    }

    /** The dataset that holds the same content, where that is why this one was rejected. */
    public Optional<Long> duplicateOf() {
        return Optional.ofNullable(duplicateOf);
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
