package dev.gleaner.account;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;

/** A browser that signed in with a token. It ends when it expires, when it is closed, or when its token is replaced. */
@Entity
@Table(name = "console_sessions")
public class ConsoleSession {

    /** How long a browser stays signed in. */
    public static final Duration LIFETIME = Duration.ofDays(14);

    @Id
    @Column(name = "sha256")
    private String sha256;
    private long tokenId;
    private Instant expiresAt;

    protected ConsoleSession() {
    }

    ConsoleSession(Secret secret, long tokenId, Instant now) {
        this.sha256 = secret.sha256();
        this.tokenId = tokenId;
        this.expiresAt = now.plus(LIFETIME);
    }

    long tokenId() {
        return tokenId;
    }

    boolean isOpenAt(Instant now) {
        return now.isBefore(expiresAt);
    }
}
