package dev.gleaner.account;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A token somebody or something calls the server with. Its text is shown once, when it is made, and kept nowhere. */
@Entity
@Table(name = "api_tokens")
public class ApiToken {

    /** The role that may do everything. */
    public static final String ADMINISTRATOR = "administrator";
    /** The role that trains, and says what is trained when. */
    public static final String ENGINEER = "engineer";

    private static final Duration USE_IS_NOTED_EVERY = Duration.ofMinutes(1);

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private String name;
    @Column(name = "sha256")
    private String sha256;
    private String role;
    private Instant createdAt;
    private Instant lastUsedAt;

    protected ApiToken() {
    }

    /** The token that the installation itself hands to its owner. */
    static ApiToken ofAdministrator(Secret secret) {
        ApiToken token = new ApiToken();
        token.name = ADMINISTRATOR;
        token.role = ADMINISTRATOR;
        token.createdAt = Instant.now();
        token.sha256 = secret.sha256();
        return token;
    }

    boolean isKnownBy(Secret secret) {
        return sha256.equals(secret.sha256());
    }

    /** From now on only the new secret opens it. */
    void replaceSecret(Secret secret) {
        sha256 = secret.sha256();
        createdAt = Instant.now();
        lastUsedAt = null;
    }

    /** Notes the use, to the minute: a write for every call would cost more than it tells. */
    void usedAt(Instant now) {
        if (lastUsedAt == null || lastUsedAt.plus(USE_IS_NOTED_EVERY).isBefore(now)) {
            lastUsedAt = now;
        }
    }

    public Long id() {
        return id;
    }

    public String name() {
        return name;
    }

    public String role() {
        return role;
    }

    /** To the minute; empty when it was never used. */
    public Optional<Instant> lastUsedAt() {
        return Optional.ofNullable(lastUsedAt);
    }
}
