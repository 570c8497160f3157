package dev.gleaner.webhook;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * Somebody's wish to be told of a project's events at an address. What there is to tell waits while it is paused, and comes one after the other: a
 * delivery that fails holds up those behind it until it arrives or is given up.
 */
@Entity
@Table(name = "webhooks")
@DynamicUpdate
public class Webhook {

    static final String KIND = "webhook";

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long projectId;
    private String url;
    private String secret;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<String> types;
    private boolean paused;
    private Instant dueAt;
    private Instant takenUntil;
    private String createdBy;
    private Instant createdAt;

    protected Webhook() {
    }

    /** @param secret encrypted */
    Webhook(long project, String url, String secret, List<String> types, String by, Instant now) {
        this.projectId = project;
        this.url = url;
        this.secret = secret;
        this.types = List.copyOf(types);
        this.dueAt = now;
        this.createdBy = by;
        this.createdAt = now;
    }

    void leadTo(String url) {
        this.url = url;
    }

    void tellOf(List<String> types) {
        this.types = List.copyOf(types);
    }

    void pause(boolean paused) {
        this.paused = paused;
    }

    /** Nobody else sends for it before then, unless this server says before that it is through. */
    void takenUntil(Instant then) {
        takenUntil = then;
    }

    void released() {
        takenUntil = null;
    }

    /** What waits goes on at once, or once the server that is sending is through. */
    void goOn(Instant now) {
        dueAt = now;
    }

    /** @param attempts that failed, of the delivery at the head: the pause doubles with each */
    void failed(int attempts, Instant now) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 20));
        dueAt = now.plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
    }

    public Long id() {
        return id;
    }

    public long projectId() {
        return projectId;
    }

    public String url() {
        return url;
    }

    String encryptedSecret() {
        return secret;
    }

    /** Names of {@link dev.gleaner.event.EventType event types}. */
    public List<String> types() {
        return types;
    }

    public boolean isPaused() {
        return paused;
    }

    public String createdBy() {
        return createdBy;
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** Nothing is sent before. */
    public Instant dueAt() {
        return dueAt;
    }
}
