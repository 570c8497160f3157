package dev.gleaner.modelversion;

import dev.gleaner.Conflict;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.checkpoint.Provenance;
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
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * A set of weights with its configuration and vocabulary, and where they came from. Its bundle never changes. A tuned prompt has
 * the bundle of its parent, and a file of what was learnt for the words beside it.
 *
 * <p>A project has at most one {@code CHAMPION}: what it labels with unless told otherwise. A version comes in as
 * {@code CANDIDATE}; promoting one retires the champion of the day. Rolling back withdraws the champion and reinstates the one
 * before it; it can be repeated down to the first.
 */
@Entity
@Table(name = "model_versions")
public class ModelVersion {

    public enum Status { CANDIDATE, CHAMPION, RETIRED, REJECTED }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long projectId;
    private String name;
    @Enumerated(EnumType.STRING)
    private Status status;
    private String architecture;
    private String bundle;
    private String sha256;
    private String promptDelta;
    @JdbcTypeCode(SqlTypes.JSON)
    private Provenance provenance;
    private Long parentId;
    private Instant createdAt;
    private Instant promotedAt;

    protected ModelVersion() {
    }

    public ModelVersion(Project project, String name, StoredBundle bundle) {
        this.projectId = project.id();
        this.name = name;
        this.status = Status.CANDIDATE;
        this.architecture = bundle.provenance().architecture();
        this.bundle = bundle.folder().toString();
        this.sha256 = bundle.sha256();
        this.promptDelta = bundle.promptDelta() == null ? null : bundle.promptDelta().toString();
        this.provenance = bundle.provenance();
        this.createdAt = Instant.now();
    }

    void trainedFrom(ModelVersion parent) {
        parentId = parent.id();
    }

    /** @throws Conflict if it was rejected, or is the champion already */
    void checkPromotable() {
        if (status == Status.CHAMPION) {
            throw new Conflict("model version " + id + " is the champion already");
        }
        if (status == Status.REJECTED) {
            throw new Conflict("model version " + id + " was rejected; only a CANDIDATE or RETIRED version can be promoted");
        }
    }

    /** @throws Conflict if it is not the champion */
    void checkChampion() {
        if (status != Status.CHAMPION) {
            throw new Conflict("model version " + id + " is " + status + ", not the champion; only the champion can be rolled back");
        }
    }

    /**
     * A gate found it not good enough.
     *
     * @throws Conflict if it is no candidate
     */
    void reject() {
        if (status != Status.CANDIDATE) {
            throw new Conflict("model version " + id + " is " + status + "; only a CANDIDATE can be rejected");
        }
        status = Status.REJECTED;
    }

    /** It becomes what its project labels with. */
    void promote() {
        checkPromotable();
        status = Status.CHAMPION;
        promotedAt = Instant.now();
    }

    /** Another version takes its place; it stays next in line for a rollback. */
    void retire() {
        checkChampion();
        status = Status.RETIRED;
    }

    /** Its promotion is taken back: no rollback leads to it. */
    void withdraw() {
        retire();
        promotedAt = null;
    }

    /** It becomes champion again because its successor was withdrawn; its place in the line stays. */
    void reinstate() {
        checkPromotable();
        status = Status.CHAMPION;
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

    /** In words: {@code GLIP-T (A)}, {@code GLIP-L}; sizes where it is none of the official ones. */
    public String architecture() {
        return architecture;
    }

    /** Whether it finds a fixed list of classes and reads no text. */
    public boolean hasFixedClasses() {
        return architecture.startsWith(GlipConfig.FIXED_CLASSES);
    }

    /** The bundle's folder, absolute. */
    public Path bundle() {
        return Path.of(bundle);
    }

    /** What it consists of. */
    public StoredBundle stored() {
        return new StoredBundle(bundle(), sha256, provenance, promptDelta().orElse(null));
    }

    /** The file of a tuned prompt, absolute; empty for a version that is its bundle and nothing else. */
    public Optional<Path> promptDelta() {
        return Optional.ofNullable(promptDelta).map(Path::of);
    }

    /** Over the bundle's weights, configuration and vocabulary, and a tuned prompt; versions of the same content have the same. */
    public String sha256() {
        return sha256;
    }

    /** What made it: the files it was read from, with their digests. */
    public Provenance provenance() {
        return provenance;
    }

    /** The version it was trained from. */
    public Optional<Long> parentId() {
        return Optional.ofNullable(parentId);
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** When it became champion; empty if it never did, or was withdrawn. */
    public Optional<Instant> promotedAt() {
        return Optional.ofNullable(promotedAt);
    }
}
