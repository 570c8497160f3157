package dev.gleaner.webhook;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;

/** An event to be told to a webhook, and how that went. {@code DEAD} is one that was given up; it can be sent again by hand. */
@Entity
@Table(name = "webhook_deliveries")
@DynamicUpdate
public class WebhookDelivery {

    public enum Status { PENDING, DELIVERED, DEAD }

    static final String KIND = "webhook delivery";
    /** Over three hours and a half, with the pauses of {@link Webhook#failed}. */
    static final int MOST_ATTEMPTS = 12;

    private static final int LONGEST_ERROR = 500;

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long webhookId;
    private UUID eventId;
    private String type;
    private String body;
    @Enumerated(EnumType.STRING)
    private Status status;
    private int attempts;
    private Instant attemptedAt;
    private Integer answer;
    private Integer millis;
    private String error;
    private Instant createdAt;

    protected WebhookDelivery() {
    }

    /**
     * What came of an attempt.
     *
     * @param answer the HTTP status; null if there was none
     * @param error  null if it arrived
     */
    public record Outcome(Integer answer, int millis, String error) {
    }

    void begin(Instant now) {
        attempts++;
        attemptedAt = now;
        answer = null;
        millis = null;
        error = null;
    }

    void ended(Outcome outcome) {
        answer = outcome.answer();
        millis = outcome.millis();
        error = outcome.error() == null || outcome.error().length() <= LONGEST_ERROR ? outcome.error() : outcome.error().substring(0, LONGEST_ERROR) + "...";
        status = outcome.error() == null ? Status.DELIVERED : attempts >= MOST_ATTEMPTS ? Status.DEAD : Status.PENDING;
    }

    /** It is sent once more, with as many attempts as a new one. */
    void replay() {
        status = Status.PENDING;
        attempts = 0;
    }

    public Long id() {
        return id;
    }

    public long webhookId() {
        return webhookId;
    }

    /** The same for all webhooks that are told of the event, and whenever it is sent again. */
    public UUID eventId() {
        return eventId;
    }

    public String type() {
        return type;
    }

    public String body() {
        return body;
    }

    public Status status() {
        return status;
    }

    public int attempts() {
        return attempts;
    }

    /** When the last attempt began. */
    public Optional<Instant> attemptedAt() {
        return Optional.ofNullable(attemptedAt);
    }

    /** The HTTP status that came back last. */
    public Optional<Integer> answer() {
        return Optional.ofNullable(answer);
    }

    /** How long the last attempt took. */
    public Optional<Integer> millis() {
        return Optional.ofNullable(millis);
    }

    /** What was wrong with the last attempt; empty if nothing was, or nobody knows: its server died. */
    public Optional<String> error() {
        return Optional.ofNullable(error);
    }

    public Instant createdAt() {
        return createdAt;
    }
}
