package dev.gleaner.review;

import dev.gleaner.Conflict;
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
 * Images whose proposals wait for a human, in the order in which they are handed out. Which images those are is settled when it is made;
 * what a reviewer sees of one is what is there at that time. A share of its items are checks, whose truth is known, and which look like
 * any other; a share of its images are seen by several reviewers.
 */
@Entity
@Table(name = "review_queues")
public class ReviewQueue {

    static final String KIND = "review queue";

    /** By what a correction is worth; by lot; or by lot with all categories alike. */
    public enum Ordering { RANKED, RANDOM, STRATIFIED }

    /** Images with open proposals, or all that a model labeled: also those where it found nothing, and those that were decided. */
    public enum Among { OPEN, LABELED }

    public enum Status { OPEN, CLOSED }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long projectId;
    private Long datasetId;
    private String name;
    @Enumerated(EnumType.STRING)
    private Ordering ordering;
    @Enumerated(EnumType.STRING)
    private Among among;
    @JdbcTypeCode(SqlTypes.JSON)
    private ReviewFilter filter;
    private double checks;
    private int consensus;
    private double consensusShare;
    private long seed;
    @Enumerated(EnumType.STRING)
    private Status status;
    private int images;
    private int items;
    private String createdBy;
    private Instant createdAt;
    private Instant closedAt;
    private Instant removedAt;

    protected ReviewQueue() {
    }

    /** @param dataset null for all of the project */
    ReviewQueue(String name, long project, Long dataset, Ordering ordering, Among among, ReviewFilter filter, double checks, int consensus,
            double consensusShare, long seed, String createdBy) {
        this.projectId = project;
        this.datasetId = dataset;
        this.name = name;
        this.ordering = ordering;
        this.among = among;
        this.filter = filter;
        this.checks = checks;
        this.consensus = consensus;
        this.consensusShare = consensusShare;
        this.seed = seed;
        this.status = Status.OPEN;
        this.createdBy = createdBy;
        this.createdAt = Instant.now();
    }

    void holds(int images, int items) {
        this.images = images;
        this.items = items;
    }

    /** Hands nothing out any more; what is held may still be decided. */
    void close() {
        if (status == Status.CLOSED) {
            throw new Conflict(KIND + " " + id + " is closed already");
        }
        status = Status.CLOSED;
        closedAt = Instant.now();
    }

    /** Nobody finds it any more; what reviewers were given may still be decided. */
    void remove() {
        status = Status.CLOSED;
        removedAt = Instant.now();
    }

    boolean isRemoved() {
        return removedAt != null;
    }

    void requireOpen() {
        if (status != Status.OPEN) {
            throw new Conflict(KIND + " " + id + " is closed");
        }
    }

    public Long id() {
        return id;
    }

    public long projectId() {
        return projectId;
    }

    /** Whose images it has; empty if they are of all datasets of the project. */
    public Optional<Long> datasetId() {
        return Optional.ofNullable(datasetId);
    }

    public String name() {
        return name;
    }

    public Ordering ordering() {
        return ordering;
    }

    public Among among() {
        return among;
    }

    public ReviewFilter filter() {
        return filter;
    }

    /** The wanted share of items whose truth is known. */
    public double checks() {
        return checks;
    }

    /** How many reviewers see each of a share of the images. */
    public int consensus() {
        return consensus;
    }

    public double consensusShare() {
        return consensusShare;
    }

    /** Of what is drawn by lot. */
    public long seed() {
        return seed;
    }

    public Status status() {
        return status;
    }

    public int images() {
        return images;
    }

    public int items() {
        return items;
    }

    public String createdBy() {
        return createdBy;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Optional<Instant> closedAt() {
        return Optional.ofNullable(closedAt);
    }
}
