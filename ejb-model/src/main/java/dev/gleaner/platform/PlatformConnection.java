package dev.gleaner.platform;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.DynamicUpdate;

/**
 * A project of a labeling platform that works with a project here: one that introduced itself in a call, or one that somebody connected by address
 * and token. Its images are a dataset that grows with what is labeled.
 */
@Entity
@Table(name = "platform_connections")
@DynamicUpdate
public class PlatformConnection {

    static final String KIND = "platform connection";
    /** How errors begin that end when reviews can be read again. */
    static final String UNREAD = "reviews could not be read: ";

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long projectId;
    private String platform;
    private String identity;
    private String title;
    private String hostname;
    private String url;
    private String token;
    private String secret;
    private String labelConfig;
    private Double threshold;
    private Long datasetId;
    private String lastEvent;
    private Instant lastEventAt;
    private String error;
    private Instant errorAt;
    private Instant polledAt;
    private String mark;
    private int leftOut;
    private Instant createdAt;

    protected PlatformConnection() {
    }

    PlatformConnection(long project, String platform, String identity, Instant now) {
        this.projectId = project;
        this.platform = platform;
        this.identity = identity;
        this.createdAt = now;
    }

    /**
     * The platform introduced itself. What somebody has said of its address and its token stays: it may know itself by an address that is good
     * within its own container only, and sends a token that it may not take. A token goes to the address only that it came with or somebody said:
     * whoever may introduce a platform could have it sent anywhere otherwise. An address is taken only from somebody who may connect platforms: whoever
     * else may call could have this server ask anything of its network.
     *
     * @param vouched whether somebody who may connect platforms says that it is at this address
     * @param token   encrypted; null leaves the one there was, unless the address is another one now
     */
    void introduced(String hostname, boolean vouched, String labelConfig, String token, Double threshold, Instant now) {
        this.labelConfig = labelConfig;
        this.threshold = threshold;
        happened("setup", now);
        boolean moved = hostname != null && !hostname.equals(this.hostname);
        if (moved && !vouched) {
            if (url == null) {
                failed("it says that it is at " + hostname + ", by the token of somebody who may not connect it: it is not asked there; expected an engineer's token"
                        + " in the address of its back end, or its project to be connected by its address", now);
            }
            return;
        }
        this.hostname = hostname == null ? this.hostname : hostname;
        if (url != null) {
            return;
        }
        if (token == null && moved && this.token != null) {
            failed("it says that it is at another address now, " + hostname + ", without a token for it: the token there was is forgotten", now);
        }
        this.token = token == null && !moved ? this.token : token;
    }

    /** Somebody connected it. @param token encrypted, as {@code secret} is; null if there is none */
    void connected(String url, String token, String secret, String title, String labelConfig, Instant now) {
        this.url = url;
        this.token = token;
        this.secret = secret;
        described(title, labelConfig);
        mark = null;
        happened("connected", now);
    }

    void described(String title, String labelConfig) {
        this.title = title == null ? this.title : title;
        this.labelConfig = labelConfig == null ? this.labelConfig : labelConfig;
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

    /** Predictions are to be sent. @param leftOut tasks that have none, since nothing has looked at their images */
    void pushed(int tasks, int leftOut, Instant now) {
        this.leftOut = leftOut;
        happened("push of " + tasks + " tasks", now);
    }

    /** What went wrong before works again. */
    void recovered() {
        error = null;
        errorAt = null;
    }

    /** Its reviews are being looked through. */
    void polled(Instant now) {
        polledAt = now;
    }

    /** All of its reviews are to be looked through at once. */
    void pollSoon() {
        polledAt = null;
        mark = null;
    }

    /**
     * Its reviews were looked through as far as this.
     *
     * @return false if somebody wants all of it anew meanwhile: then this look is none
     */
    boolean looked(String mark, Instant now) {
        if (polledAt == null) {
            return false;
        }
        this.mark = mark;
        polledAt = now;
        return true;
    }

    /** Looking through its reviews works, if it did not before. */
    void looked() {
        if (error != null && error.startsWith(UNREAD)) {
            recovered();
        }
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

    /** By which the platform names it. */
    public String identity() {
        return identity;
    }

    /** The name of the platform. */
    public String platform() {
        return platform;
    }

    /** Empty while the platform did not tell it. */
    public Optional<String> title() {
        return Optional.ofNullable(title);
    }

    /** Where the platform is: where somebody says, or else where it says itself. */
    public Optional<String> address() {
        return Optional.ofNullable(url == null ? hostname : url);
    }

    Optional<String> encryptedToken() {
        return Optional.ofNullable(token);
    }

    public boolean hasToken() {
        return token != null;
    }

    Optional<String> encryptedSecret() {
        return Optional.ofNullable(secret);
    }

    /** Whether events are taken that are signed with it. */
    public boolean hasSecret() {
        return secret != null;
    }

    /** Whether what it takes to call the platform is known. */
    boolean canBeCalled(LabelingPlatform.Needs needs) {
        return (needs.address() == null || address().isPresent()) && (needs.token() == null || token != null);
    }

    public Optional<String> labelConfig() {
        return Optional.ofNullable(labelConfig);
    }

    public Optional<Double> threshold() {
        return Optional.ofNullable(threshold);
    }

    /** The dataset of its images; empty before the first. */
    public Optional<Long> datasetId() {
        return Optional.ofNullable(datasetId);
    }

    /** What happened last, and what the last push left out. */
    public Optional<String> lastEvent() {
        return Optional.ofNullable(lastEvent).map(event -> leftOut == 0 ? event
                : event + "; the last push left out " + leftOut + " tasks with images that no run or predict has looked at");
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

    /** How far its reviews were looked through, as the platform tells it. */
    Optional<String> mark() {
        return Optional.ofNullable(mark);
    }

    Optional<Instant> polledAt() {
        return Optional.ofNullable(polledAt);
    }
}
