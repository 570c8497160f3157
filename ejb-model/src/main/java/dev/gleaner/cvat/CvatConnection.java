package dev.gleaner.cvat;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.DynamicUpdate;

/** A CVAT that works with a project here. The images of its tasks are one dataset, which grows with the tasks. */
@Entity
@Table(name = "cvat_connections")
@DynamicUpdate
public class CvatConnection {

    static final String KIND = "CVAT connection";

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long projectId;
    private String url;
    private String token;
    private String webhookSecret;
    private Long functionId;
    private Long datasetId;
    private String lastEvent;
    private Instant lastEventAt;
    private String error;
    private Instant errorAt;
    private Instant createdAt;

    protected CvatConnection() {
    }

    CvatConnection(long project, String url, Instant now) {
        this.projectId = project;
        this.url = url;
        this.createdAt = now;
    }

    /**
     * Somebody says how it is reached.
     *
     * @param token         encrypted
     * @param webhookSecret encrypted; null if no events are taken
     * @param function      whose requests are taken; null for none
     */
    void connected(String token, String webhookSecret, Long function, Instant now) {
        this.token = token;
        this.webhookSecret = webhookSecret;
        this.functionId = function;
        happened("connected", now);
        recovered();
    }

    void happened(String event, Instant now) {
        lastEvent = event;
        lastEventAt = now;
    }

    /** Something went wrong that a human may have to mend. */
    void failed(String error, Instant now) {
        this.error = error.length() > 500 ? error.substring(0, 500) + "..." : error;
        this.errorAt = now;
    }

    /** What went wrong before works again. */
    void recovered() {
        error = null;
        errorAt = null;
    }

    void filledInto(long dataset) {
        datasetId = dataset;
    }

    public Long id() {
        return id;
    }

    /** Of the project here. */
    public long projectId() {
        return projectId;
    }

    /** Where CVAT is, without a slash at its end. */
    public String url() {
        return url;
    }

    String encryptedToken() {
        return token;
    }

    Optional<String> encryptedWebhookSecret() {
        return Optional.ofNullable(webhookSecret);
    }

    /** Whether events are taken. */
    public boolean hasWebhookSecret() {
        return webhookSecret != null;
    }

    /** The function in CVAT whose annotation requests are taken; empty if none are. */
    public Optional<Long> functionId() {
        return Optional.ofNullable(functionId);
    }

    /** The dataset of its images; empty before the first. */
    public Optional<Long> datasetId() {
        return Optional.ofNullable(datasetId);
    }

    public Optional<String> lastEvent() {
        return Optional.ofNullable(lastEvent);
    }

    public Optional<Instant> lastEventAt() {
        return Optional.ofNullable(lastEventAt);
    }

    /** What went wrong last, if it still does. */
    public Optional<String> error() {
        return Optional.ofNullable(error);
    }

    public Optional<Instant> errorAt() {
        return Optional.ofNullable(errorAt);
    }
}
