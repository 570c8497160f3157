package dev.gleaner.account;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A browser in which a user, or somebody with a token, is signed in. It ends when it expires, when it is closed, when its token is replaced, and
 * when the user's password is, or the user is disabled.
 */
@Entity
@Table(name = "console_sessions")
public class ConsoleSession {

    /** How long a browser stays signed in. */
    public static final Duration LIFETIME = Duration.ofDays(14);

    @Id
    @Column(name = "sha256")
    private String sha256;
    private Long tokenId;
    private Long userId;
    private Instant expiresAt;

    protected ConsoleSession() {
    }

    private ConsoleSession(Secret secret, Instant now) {
        this.sha256 = secret.sha256();
        this.expiresAt = now.plus(LIFETIME);
    }

    static ConsoleSession of(ApiToken token, Secret secret, Instant now) {
        ConsoleSession session = new ConsoleSession(secret, now);
        session.tokenId = token.id();
        return session;
    }

    static ConsoleSession of(User user, Secret secret, Instant now) {
        ConsoleSession session = new ConsoleSession(secret, now);
        session.userId = user.id();
        return session;
    }

    /** The token it was opened with; empty when a user opened it. */
    Optional<Long> tokenId() {
        return Optional.ofNullable(tokenId);
    }

    Optional<Long> userId() {
        return Optional.ofNullable(userId);
    }

    boolean isOpenAt(Instant now) {
        return now.isBefore(expiresAt);
    }
}
