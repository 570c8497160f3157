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

    /** What the token is called that the installation hands to its owner. */
    static final String ADMINISTRATOR = "administrator";

    /** Between the owner and what the owner calls it; no user's name has it. */
    private static final String OWNER_END = "/";
    private static final Duration USE_IS_NOTED_EVERY = Duration.ofMinutes(1);

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private String name;
    @Column(name = "sha256")
    private String sha256;
    private String role;
    private Long userId;
    private Instant createdAt;
    private Instant lastUsedAt;

    protected ApiToken() {
    }

    /** The token that the installation itself hands to its owner. */
    static ApiToken ofAdministrator(Secret secret) {
        ApiToken token = new ApiToken();
        token.name = ADMINISTRATOR;
        token.role = Roles.ADMINISTRATOR;
        token.createdAt = Instant.now();
        token.sha256 = secret.sha256();
        return token;
    }

    /** A user's own, for programs that call in the user's name; it may do what the user may. */
    static ApiToken of(User user, String name, Secret secret, Instant now) {
        ApiToken token = new ApiToken();
        token.name = user.name() + OWNER_END + name;
        token.role = user.role();
        token.userId = user.id();
        token.createdAt = now;
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

    /** What a user calls it. */
    public String shortName() {
        return name.substring(name.indexOf(OWNER_END) + 1);
    }

    /** Of a token that is nobody's; a user's has the user's. */
    public String role() {
        return role;
    }

    /** Whose it is; empty for a machine's. */
    Optional<Long> userId() {
        return Optional.ofNullable(userId);
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** To the minute; empty when it was never used. */
    public Optional<Instant> lastUsedAt() {
        return Optional.ofNullable(lastUsedAt);
    }
}
